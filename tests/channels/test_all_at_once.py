"""All channels at once over one store, with platforms that refuse, fail and forget: everything is answered, in order.

`FAULTS=full` (make faults): 200 residents a channel, 5,000 messages; else a short walk.
"""

import asyncio
import os
import random
import re
import time
from contextlib import AsyncExitStack
from datetime import timedelta

from knowledge_base.storage import tables
from tests.channels.conftest import Line, MakeLine

FULL = os.environ.get("FAULTS") == "full"
RESIDENTS, MESSAGES = (200, 5) if FULL else (10, 3)
WAYS = ("web_chat", "zalo_oa", "zalo_bot_webhook", "telegram_webhook", "sms")
QUESTIONS = {
    "T25": "hộ nghèo có được phát thẻ bảo hiểm y tế không",
    "T49": "tiền điện hộ nghèo nhận ở đâu",
    "T43": "vay hộ nghèo có phải cắm sổ đỏ không",
    "": "làm sao để đăng ký kết hôn với người ở xã bên cạnh",  # an officer's
}
SECONDS = 900 if FULL else 90


def _walk(chance: random.Random) -> list[str]:
    """What one resident asks: never the same twice in a row, so that the order of the answers shows."""
    walk = [chance.choice(list(QUESTIONS))]
    while len(walk) < MESSAGES:
        walk.append(chance.choice([key for key in QUESTIONS if key != walk[-1]]))
    return walk


async def _ask(line: Line, who: str, walk: list[str], chance: random.Random) -> None:
    for key in walk:
        said = await line.driver.say(who, QUESTIONS[key])
        if chance.random() < 0.05:
            await line.driver.again(said)
        if line.driver.pushed and chance.random() < 0.04:
            line.driver.fail(chance.choice(["limited", "broken", "cut"]))
        await asyncio.sleep(chance.random() * 0.05)


async def _answers(line: Line, who: str) -> list[str]:
    """The entries whose words reached a resident, in order; what came again for sure or perhaps counts once."""
    words = " ".join(" ".join(one.text for one in await line.driver.hear(who)).split())
    found = re.findall(r"Trả lời thử của (T\d+)\.", words)
    return [key for number, key in enumerate(found) if number == 0 or key != found[number - 1]]


async def test_all_channels_at_once(make_line: MakeLine, clock) -> None:
    chance = random.Random(20261126)
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(make_line(name)) for name in WAYS]
        walks = {
            f"{number + 1}{resident:04}": (line, _walk(chance))
            for number, line in enumerate(lines)
            for resident in range(RESIDENTS)
        }
        hurry = asyncio.create_task(_hurry(clock))
        try:
            gate = asyncio.Semaphore(50)

            async def ask(who: str, line: Line, walk: list[str]) -> None:
                async with gate:
                    await _ask(line, who, walk, chance)

            await asyncio.gather(*(ask(who, line, walk) for who, (line, walk) in walks.items()))
            assert await lines[0].count(tables.inbox) == len(walks) * MESSAGES
            await _settled(lines)
        finally:
            hurry.cancel()
        assert await lines[0].count(tables.questions) >= len(walks)
        waiting = tables.questions.c.state.not_in(["answered_by_bot", "queued", "closed"])
        assert await lines[0].count(tables.questions, waiting) == 0
        for who, (line, walk) in walks.items():
            for _page in range(3):  # a page fetches a hundred at most
                heard = await _answers(line, who)
            wanted = [key for key in walk if key]
            wanted = [key for number, key in enumerate(wanted) if number == 0 or key != wanted[number - 1]]
            assert heard == wanted, (line.channel.name, who)
        for line in lines:
            if line.driver.pushed:
                strangers = {getattr(one, "who", None) or str(one.chat) for one in _heard(line)} - set(walks)
                assert not strangers
                mine = {who for who, (own, _walk) in walks.items() if own is line}
                assert {getattr(one, "who", None) or str(one.chat) for one in _heard(line)} == mine


def _heard(line: Line) -> list:
    platform = line.driver.platform
    return getattr(platform, "heard", None) or platform.sent


async def _hurry(clock) -> None:
    """Let time pass quickly: what waits for a second try waits minutes."""
    while True:
        await asyncio.sleep(0.05)
        clock.advance(timedelta(seconds=2))


async def _settled(lines: list[Line]) -> None:
    """Until everything that is pushed has been sent."""
    deadline = time.monotonic() + SECONDS
    left = tables.outbox.c.state.in_(["pending", "sending", "retry_at", "held"]) & (
        tables.outbox.c.channel != "web_chat"
    )
    while await lines[0].count(tables.outbox, left):
        assert time.monotonic() < deadline, await lines[0].count(tables.outbox, left)
        await asyncio.sleep(0.2)
    assert await lines[0].count(tables.outbox, tables.outbox.c.state == "failed") == 0
