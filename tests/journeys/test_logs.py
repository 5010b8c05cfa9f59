"""At the most talkative level, with faults on every side: nothing of residents, and no secret, is printed."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.journeys.served import Served
from tests.journeys.telegram_platform import TOKEN, Platform

TEXT = "CANARYTEXT-39517"
CHAT = 739_173_917
BLOCKED = 739_173_918
SECRET = "canary-webhook-secret"


def pester(served: Served) -> list[str]:
    """What comes over the web, each with a canary in it; returns further words that must not show."""
    said = served.say(f"{TEXT} hộ nghèo có được bảo hiểm y tế không?")
    served.say(f"cho tôi hỏi {TEXT} lạ", session=said["session"])
    served.get("/chat/messages?after=0", headers={"X-Chat-Session": said["session"]})
    served.get(f"/{TEXT}")
    served.get(f"/tim?q={TEXT}")
    for path in ("/tra-cuu", "/admin/sign-in", "/chat/messages", "/hoi-dap/x/y-kien"):
        httpx.post(f"{served.url}{path}", content=f'{{"text": "{TEXT}", bad', trust_env=False)
        httpx.post(f"{served.url}{path}", data={"username": TEXT, "password": TEXT, "reference": TEXT}, trust_env=False)
    return [said["session"]]


async def talk(platform: Platform) -> None:
    """What comes over the messenger, and what goes wrong there."""
    platform.fail("sendMessage", 502, times=2)
    platform.fail("sendMessage", 0)
    await platform.post(platform.text(CHAT, f"{TEXT} vay vốn"))
    await platform.until(lambda: len(platform.to(CHAT)) >= 2, 20)
    platform.fail("sendMessage", 403, times=20, description=f"Forbidden: bot was blocked by {TEXT}")
    await platform.post(platform.text(BLOCKED, f"{TEXT} mượn đất"))
    await platform.post({"message": {"text": TEXT, "chat": {"id": TEXT}}})  # in a form nobody knows
    await platform.until(lambda: len(platform.to(BLOCKED)) >= 1, 20)
    await asyncio.sleep(1.0)


@pytest.mark.parametrize(("form", "mode"), [("text", "polling"), ("json", "webhook")])
async def test_nothing_shows(
    make_served: Callable[..., Served], tmp_path: Path, unused_tcp_port: int, form: str, mode: str
) -> None:
    platform = Platform(unused_tcp_port)
    await platform.open()
    served = make_served(
        tmp_path / "data",
        LOG_LEVEL="DEBUG",
        LOG_FORMAT=form,
        TELEGRAM_TOKEN=TOKEN,
        TELEGRAM_BASE_URL=platform.url,
        TELEGRAM_MODE=mode,
        TELEGRAM_WEBHOOK_SECRET=SECRET,
    )
    try:
        await asyncio.to_thread(served.start)
        secrets = await asyncio.to_thread(pester, served)
        await talk(platform)
        assert await asyncio.to_thread(served.stop) == 0
    finally:
        await asyncio.to_thread(served.kill)
        await platform.shut()
    printed = served.stdout + served.stderr
    for word in (TEXT, str(CHAT), str(BLOCKED), TOKEN, TOKEN.partition(":")[2], SECRET, *secrets):
        assert word not in printed, word
    assert "content: " in served.stderr  # it did log
    if form == "json":
        lines = [json.loads(line) for line in served.stderr.splitlines()]
        assert {"at", "level", "logger", "message"} <= set(lines[0])
