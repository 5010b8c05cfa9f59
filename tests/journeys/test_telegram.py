"""The whole service with a messenger: `lo-bot-api-emulator` on loopback, by polling and by webhook."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.channels.stand_in import push
from tests.journeys.served import Served, within
from tests.journeys.telegram_platform import TOKEN, Platform

SURE = "Người thuộc hộ nghèo có được cấp thẻ bảo hiểm y tế miễn phí không?"
UNSURE = "gieo hạt giống hoa sen ở ao nhà thì có được hỗ trợ cây giống không?"
SECRET = "a-secret_1"


@asynccontextmanager
async def running(make: Callable[..., Served], folder: Path, mode: str, port: int) -> AsyncIterator[Any]:
    platform = Platform(port)
    await platform.open()
    settings = {
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_BASE_URL": platform.url,
        "TELEGRAM_MODE": mode,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
    }
    served = make(folder / "data", **settings)
    try:
        await asyncio.to_thread(served.start)
        await asyncio.to_thread(channels, served, "up")
        yield served, platform
        assert await asyncio.to_thread(served.stop) == 0
        assert TOKEN not in served.stderr
        assert "Traceback" not in served.stderr
    finally:
        await asyncio.to_thread(served.kill)
        await platform.shut()


def channels(served: Served, state: str) -> None:
    within(12, lambda: served.get("/healthz").json()["channels"]["telegram"] == state, f"telegram {state}")
    assert served.get("/healthz").status_code == 200


def count(served: Served, query: str) -> int:
    with closing(sqlite3.connect(f"file:{served.data_dir / 'store.sqlite3'}?mode=ro", uri=True)) as store:
        number: int = store.execute(query).fetchone()[0]
        return number


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_message_button_and_the_platform_gone(
    make_served: Callable[..., Served], tmp_path: Path, unused_tcp_port: int, mode: str
) -> None:
    async with running(make_served, tmp_path, mode, unused_tcp_port) as (served, platform):
        await platform.post(platform.text(7, SURE))
        await platform.until(lambda: len(platform.to(7)) == 2)
        assert "188/2025/NĐ-CP" in platform.to(7)[0]
        unclear = next(data for _label, data in platform.sent[0].buttons if data.startswith("unclear:"))
        await platform.post(platform.press(7, unclear))
        await platform.until(lambda: len(platform.to(7)) == 4)
        assert await asyncio.to_thread(count, served, "SELECT count(*) FROM questions WHERE state = 'queued'") == 1

        await platform.shut()
        if mode == "polling":
            await asyncio.to_thread(channels, served, "down")
        else:  # it pushes, though it can't be reached: taken all the same
            await platform.post(platform.text(8, UNSURE))
            assert await asyncio.to_thread(count, served, "SELECT count(*) FROM inbox") == 3
        said = await asyncio.to_thread(served.say, SURE)
        assert said["replies"][0]["decision"] == "confident"
        await platform.open()
        if mode == "polling":
            await platform.post(platform.text(8, UNSURE))
        await platform.until(lambda: len(platform.to(8)) >= 2, 25, "answers when it is back")
        assert len(set(platform.to(8))) == 2


async def test_who_does_not_know_the_secret(
    make_served: Callable[..., Served], tmp_path: Path, unused_tcp_port: int
) -> None:
    async with running(make_served, tmp_path, "webhook", unused_tcp_port) as (served, platform):
        update = {"update_id": 1, **platform.text(9, SURE)}
        async with httpx.AsyncClient(base_url=served.url, trust_env=False) as client:
            header = "X-Telegram-Bot-Api-Secret-Token"
            for headers in ({}, {header: "wrong"}, {header: TOKEN}):
                answer = await client.post("/webhooks/telegram", json=update, headers=headers)
                assert answer.status_code == 403
            assert count(served, "SELECT count(*) FROM inbox") == 0
            for _again in range(3):
                raw, headers = json.dumps(update).encode(), {header: SECRET}
                assert await push(f"{served.url}/webhooks/telegram", raw, headers) == 200
            assert count(served, "SELECT count(*) FROM inbox") == 1
        await platform.until(lambda: len(platform.to(9)) == 2)
        await asyncio.sleep(0.3)
        assert len(platform.to(9)) == 2
