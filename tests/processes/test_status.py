"""What watchdogs, proxies and whoever runs the place are told; and that nothing of a resident is among it."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from knowledge_base.figures import FIGURES
from knowledge_base.live_faq import LiveFaq
from knowledge_base.settings import Settings
from knowledge_base.storage import contact_store, outbox_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.tables import questions
from processes import status as status_module
from processes.status import Status, add_status

CANARY = "CANARY-7391"


@dataclass
class Service:
    settings: Settings
    database: Database
    clock: Any
    faq: LiveFaq
    channels: dict[str, str] = field(default_factory=lambda: {"web_chat": "up", "telegram": "down"})

    async def channel_states(self) -> dict[str, str]:
        return self.channels


@dataclass
class Place:
    client: TestClient[web.Request, web.Application]
    status: Status
    service: Service

    async def get(self, path: str) -> tuple[int, Any]:
        response = await self.client.get(path)
        words = await response.text()
        return response.status, json.loads(words) if path != "/metrics" else words

    async def ready(self) -> tuple[int, Any]:
        self.status._counted_at = -1e9  # look afresh
        return await self.get("/readyz")

    async def metrics(self) -> dict[str, float]:
        self.status._counted_at = -1e9
        _code, words = await self.get("/metrics")
        samples = [sample for family in text_string_to_metric_families(words) for sample in family.samples]
        return {
            sample.name + "".join(f"[{value}]" for value in sample.labels.values()): sample.value for sample in samples
        }


@pytest.fixture
async def place(both_databases: Database, clock: Any, tmp_path: Path) -> AsyncIterator[Place]:
    path = tmp_path / "both.sqlite3"
    url = f"sqlite:///{path}" if path.exists() else "postgresql://nobody@127.0.0.1/none"
    settings = Settings(data_dir=tmp_path, database_url=url)
    faq = LiveFaq(both_databases, clock, tmp_path / "cache")
    await faq.refresh()
    service = Service(settings, both_databases, clock, faq)
    app = web.Application()
    status = add_status(app, service)
    client = TestClient(TestServer(app))
    await client.start_server()
    # What tells systemd has then seen it too, and looks no more.
    while not await status.is_ready():  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    yield Place(client, status, service)
    await client.close()


def fill(tx: Transaction) -> None:
    for channel in ("telegram", "web_chat"):
        ref = contact_store.ensure_contact(tx, channel, CANARY)
        to = contact_store.contact(tx, ref)
        assert to
        outbox_store.enqueue(tx, f"key {CANARY} {channel}", to, {"text": CANARY})
        values = {"reference": channel, "contact_ref": ref, "channel": channel, "unit_code": "0", "candidates": []}
        said = {"text": CANARY, "folded": CANARY, "state": "received", "received_at": tx.now, "updated_at": tx.now}
        tx.execute(questions.insert().values(**values, **said))


async def test_ready_though_channels_are_down(place: Place) -> None:
    code, told = await place.ready()
    assert (code, told["ready"], told["reasons"]) == (200, True, [])
    assert told["warnings"] == ["channel_down"]
    assert told["channels"] == {"web_chat": "up", "telegram": "down"}
    assert told["heartbeat_age_seconds"] < 5


async def test_a_silent_writer_is_not_ready(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_arguments: Any) -> None:
        raise status_module.KnowledgeBaseError("database")

    monkeypatch.setattr(place.service.database, "write", refused)
    place.status.signs._beat_at = time.monotonic() - 5.1
    code, told = await place.ready()
    assert code == 503
    assert told["reasons"] == ["writer_silent"]


async def test_a_store_that_hangs_is_said_so_in_time(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    async def hang(*_arguments: Any) -> None:
        nonlocal asked
        asked += 1
        await asyncio.sleep(3600)

    monkeypatch.setattr(place.service.database, "read", hang)
    monkeypatch.setattr(status_module, "_PATIENCE_SECONDS", 0.1)
    began = time.monotonic()
    for _ in range(3):
        code, told = await place.ready()
        assert (code, told["reasons"]) == (503, ["database_unreadable"])
    assert time.monotonic() - began < 5
    assert asked == 1
    assert place.status._counting
    place.status._counting.cancel()


async def test_disk_wal_schema_and_index(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place.status, "_disk", lambda: (0.04, 100 * 1024.0**2))
    _code, told = await place.ready()
    assert told["reasons"] == ["disk_full"]
    assert "wal_large" in told["warnings"]
    monkeypatch.setattr(place.status, "_disk", lambda: (0.5, 2.0 * 1024**3))
    _code, told = await place.ready()
    assert told["reasons"] == ["wal_huge"]
    monkeypatch.setattr(place.status, "_disk", lambda: (0.5, None))

    def newer(tx: Transaction) -> None:
        tx.execute(text("UPDATE alembic_version SET version_num = 'from the future'"))

    await place.service.database.write(newer)
    _code, told = await place.ready()
    assert told["reasons"] == ["schema_newer"]


async def test_a_late_loop_is_not_live(place: Place) -> None:
    code, _told = await place.get("/livez")
    assert code == 200
    time.sleep(1.5)  # noqa: ASYNC251 - this is what it is to find
    code, told = await place.get("/livez")
    assert code == 503
    assert told["lag_s"] > 1
    await asyncio.sleep(0.6)
    assert (await place.get("/livez"))[0] == 200


async def test_a_long_wait_is_a_warning_but_not_of_pages_that_fetch(place: Place, clock: Any) -> None:
    await place.service.database.write(fill)
    clock.advance(timedelta(hours=2))
    code, told = await place.ready()
    assert code == 200
    assert "messages_wait_long" in told["warnings"]
    assert told["oldest_pending_seconds"] == 7200


async def test_metrics_have_the_figures(place: Place) -> None:
    await place.service.database.write(fill)
    FIGURES.message("duplicate", 3)
    FIGURES.measured("match_seconds", 0.004)
    seen = await place.metrics()
    assert seen["hdgn_outbox[telegram][pending]"] == 1
    assert seen["hdgn_questions[received]"] == 2
    assert seen["hdgn_repeats_total"] == 0
    assert seen["hdgn_messages_total[duplicate]"] >= 3
    assert seen["hdgn_match_seconds_count"] >= 1
    assert seen["hdgn_match_seconds_bucket[0.005]"] >= 1
    assert seen["hdgn_write_seconds_count"] >= 1
    assert seen["hdgn_channel_up[telegram]"] == 0
    assert seen["hdgn_ready"] == 1
    assert seen["process_resident_memory_bytes"] > 1e6
    assert "hdgn_publication" in seen


async def test_nothing_of_a_resident_is_told(place: Place) -> None:
    await place.service.database.write(fill)
    for path in ("/livez", "/readyz", "/metrics"):
        _code, told = await place.get(path)
        words = json.dumps(told)
        assert CANARY not in words
        assert contact_store_ref(place) not in words


def contact_store_ref(place: Place) -> str:
    ref: str = place.service.database.read_now(lambda tx: tx.keys.contact_ref("telegram", CANARY))
    return ref


def test_figures_from_many_threads_are_all_counted() -> None:
    before = FIGURES.messages()["received"]

    def work() -> None:
        for _ in range(2000):
            FIGURES.message("received")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert FIGURES.messages()["received"] - before == 8000
