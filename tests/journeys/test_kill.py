"""`kill -9` between receipt and reply, again and again: nothing is lost, nothing is twice in the record."""

import asyncio
import json
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.served import Served
from tests.journeys.telegram_platform import TOKEN, Platform

SESSIONS, EACH = 12, 5  # 60 questions; tests/faults has the large counts
KILLS = 3
SECRET = "a-secret_1"


def rows(served: Served, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{served.data_dir / 'store.sqlite3'}?mode=ro", uri=True)) as store:
        return store.execute(query).fetchall()


def one(served: Served, query: str) -> Any:
    return rows(served, query)[0][0]


def question(session: int, number: int) -> str:
    return f"xin hỏi chuyện lạ thứ {session * 100 + number}: nuôi voi trong vườn nhà có được không?"


@dataclass
class Residents:
    """Those who ask; who gets no answer sends the same message again."""

    served: Served
    sessions: list[str]
    answered: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    again: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask_all(self, session: int) -> None:
        with httpx.Client(base_url=self.served.url, trust_env=False, timeout=5) as client:
            for number in range(EACH):
                self.ask(client, self.sessions[session], f"m{number}", question(session, number))

    def ask(self, client: httpx.Client, session: str, message: str, text: str) -> None:
        body = {"session": session, "message_id": message, "text": text}
        while True:
            try:
                answer = client.post("/chat/messages", json=body)
            except httpx.TransportError as error:
                if not isinstance(error, httpx.ConnectError):  # it had left: it may have been taken
                    with self.lock:
                        self.again += 1
                time.sleep(0.05)
                continue
            if answer.status_code == 200:
                with self.lock:
                    self.answered[session, message] = answer.json()["replies"]
                return
            assert answer.status_code in (429, 503), answer.text
            time.sleep(0.5)


def kill_now_and_then(served: Served, residents: Residents, chance: random.Random) -> int:
    """Kill after a few answers more, while others are on their way; start again. Returns how often."""
    kills, total = 0, SESSIONS * EACH
    marks = sorted(chance.sample(range(5, total - 5), KILLS))
    for mark in marks:
        while len(residents.answered) < mark:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.02)
        served.restart()
        kills += 1
    return kills


@pytest.mark.timeout(400)
def test_questions_survive_kill_after_kill(make_served: Callable[..., Served], tmp_path: Path) -> None:
    chance = random.Random(20261122)
    served = make_served(tmp_path / "data").start()
    sessions = [served.say("chào bạn")["session"] for _ in range(SESSIONS)]
    residents = Residents(served, sessions)
    with ThreadPoolExecutor(6) as threads:
        asking = [threads.submit(residents.ask_all, session) for session in range(SESSIONS)]
        kills = kill_now_and_then(served, residents, chance)
        for done in asking:
            done.result(timeout=60)
    assert kills == KILLS
    assert residents.again  # some died between receipt and reply, or the test proves nothing
    sent = SESSIONS * EACH
    texts = [question(session, number) for session in range(SESSIONS) for number in range(EACH)]
    assert len(residents.answered) == sent
    # In the record: each once, none lost.
    assert one(served, "SELECT count(*) FROM inbox WHERE external_id LIKE '%:m%'") == sent
    assert one(served, "SELECT count(DISTINCT external_id) FROM inbox WHERE external_id LIKE '%:m%'") == sent
    assert sorted(text for (text,) in rows(served, "SELECT text FROM questions")) == sorted(texts)
    ledger = json.loads(served.run_cli("ledger").stdout)
    assert ledger["total"] == sent
    # What each was told is what the record says, also when asked again.
    references = {reference for (reference,) in rows(served, "SELECT reference FROM questions")}
    told = [reply["reference"] for replies in residents.answered.values() for reply in replies if reply["reference"]]
    assert sorted(told) == sorted(references)
    body = {"session": sessions[0], "message_id": "m0", "text": question(0, 0)}
    repeated = httpx.post(f"{served.url}/chat/messages", json=body, trust_env=False, timeout=10).json()["replies"]
    assert repeated == residents.answered[sessions[0], "m0"]
    # Every reply is in the outbox once.
    double = "SELECT count(*) FROM (SELECT 1 FROM outbox GROUP BY idempotency_key HAVING count(*) > 1)"
    assert one(served, double) == 0
    unreplied = "SELECT count(*) FROM inbox WHERE id NOT IN (SELECT inbox_id FROM outbox WHERE inbox_id IS NOT NULL)"
    assert one(served, unreplied) == 0
    assert one(served, "PRAGMA integrity_check") == "ok"
    assert served.stop() == 0
    print(
        f"\nkills {kills}, sent again {residents.again}, restart median {sorted(served.seconds[1:])[kills // 2]:.1f} s"
    )


# --- the same through a messenger -----------------------------------------------------------------


async def deliver(client: httpx.AsyncClient, update: dict[str, Any]) -> int:
    """As the platform does: again until 200. Returns how often it took."""
    for attempt in range(1, 2000):
        try:
            answer = await client.post(
                "/webhooks/telegram", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}
            )
            if answer.status_code == 200:
                return attempt
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError("never taken")


@pytest.mark.timeout(400)
async def test_a_messengers_questions_survive_too(make_served: Callable[..., Served], tmp_path: Path) -> None:
    chance = random.Random(7)
    base = make_served(tmp_path / "data")
    platform = Platform(base.port + 1 if base.port < 65000 else base.port - 1)
    await platform.open()
    base.settings |= {
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_BASE_URL": platform.url,
        "TELEGRAM_MODE": "webhook",
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
    }
    chats, each, kills = range(1000, 1008), 3, 2
    updates = [
        {"update_id": 10_000 + n, **platform.text(chats[n % len(chats)], question(n % len(chats), n))}
        for n in range(len(chats) * each)
    ]
    taken: list[int] = []
    try:
        await asyncio.to_thread(base.start)
        async with httpx.AsyncClient(base_url=base.url, trust_env=False, timeout=5) as client:

            async def feed(chat: int) -> None:
                for update in updates:
                    if update["message"]["chat"]["id"] == chat:
                        await asyncio.sleep(chance.random() * 0.3)
                        taken.append(await deliver(client, update))

            feeding = [asyncio.create_task(feed(chat)) for chat in chats]
            for life in range(kills):
                mark = (life + 1) * len(updates) // (kills + 1)
                while len(taken) < mark:  # noqa: ASYNC110 - others count
                    await asyncio.sleep(0.002)
                await asyncio.to_thread(base.restart)
            await asyncio.gather(*feeding)
            for update in chance.sample(updates, 10):  # the platform's own doubts
                assert await deliver(client, update) == 1
        assert one(base, "SELECT count(*) FROM inbox") == len(updates)
        assert one(base, "SELECT count(*) FROM questions") == len(updates)

        def quiet() -> bool:
            return one(base, "SELECT count(*) FROM outbox WHERE state <> 'sent'") == 0

        deadline = time.monotonic() + 30
        while not await asyncio.to_thread(quiet):
            states = rows(base, "SELECT state, count(*) FROM outbox GROUP BY state")
            assert time.monotonic() < deadline, states
            await asyncio.sleep(0.2)
        recorded = rows(base, "SELECT idempotency_key, attempt FROM outbox")
        assert len({key for key, _attempt in recorded}) == len(recorded)
        # Every answer arrived; one more only where the machine died inside a call, and then it says so.
        extra = [message for message in platform.sent if "Gửi lại" in message.text or "gửi lại" in message.text]
        assert len(recorded) <= len(platform.sent) <= len(recorded) + 4 * kills
        assert len(extra) <= 4 * kills
        plain = [(message.chat, message.text) for message in platform.sent if message not in extra]
        assert len(set(plain)) == len(plain)
        assert one(base, "PRAGMA integrity_check") == "ok"
        assert await asyncio.to_thread(base.stop) == 0
    finally:
        await asyncio.to_thread(base.kill)
        await platform.shut()
