"""The connection to the platform ends at any byte: what may have arrived is never taken for lost, nor the other way."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.channels.protocol import DeliveryFailed
from bot.channels.telegram import Telegram
from bot.conversation.message import Reply
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database
from tests.conftest import FixedClock
from tests.faults.counts import PROFILE
from tests.faults.deployment import free_port
from tests.faults.in_process import open_inbox
from tests.faults.messenger import SECRET, TOKEN, Misbehaviour, Platform
from tests.faults.proxy import Proxy

QUICK = Misbehaviour(latency=(0.0, 0.001))
LONGEST = 600  # bytes; a request and its answer are shorter


@pytest.fixture
async def platform(platform_port: int) -> AsyncIterator[Platform]:
    async with Platform(platform_port, misbehaviour=QUICK) as running:
        yield running


@pytest.fixture
async def proxy(platform: Platform) -> AsyncIterator[Proxy]:
    async with Proxy(free_port(), platform.port) as running:
        yield running


@pytest.fixture
async def channel(
    database: Database, proxy: Proxy, clock: FixedClock, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Telegram]:
    """The channel itself, its calls through the proxy."""
    chosen = Settings(
        data_dir=tmp_path,
        telegram_token=TOKEN,
        telegram_base_url=f"http://127.0.0.1:{proxy.port}",
        telegram_mode="webhook",
        telegram_webhook_secret=SECRET,
    )
    inbox = await open_inbox(database, clock, tmp_path_factory.getbasetemp())
    telegram = Telegram(inbox, database, chosen)
    await telegram.start()
    yield telegram
    await telegram.close()


async def send(channel: Telegram, number: int) -> DeliveryFailed | None:
    """One message to one chat; how it failed, or None."""
    try:
        await channel.send("1", Reply(f"Tin thử số {number}", "notice"))
    except DeliveryFailed as failure:
        return failure
    return None


@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", ["cut_up", "cut_down"])
async def test_cut_at_every_byte(
    platform: Platform, proxy: Proxy, channel: Telegram, way: str, figures: dict[str, Any]
) -> None:
    doubts = whole = 0
    for size in range(1, LONGEST, PROFILE.cut_step):
        await proxy.drop()
        setattr(proxy, way, size)
        before, cuts = len(platform.arrivals), proxy.cuts
        failure = await send(channel, size)
        arrived = len(platform.arrivals) > before
        if failure is None:
            assert arrived  # never called sent without having arrived
            whole += 1
        else:
            assert not failure.permanent
            assert failure.in_doubt or not arrived  # never called lost when it had arrived
            doubts += failure.in_doubt
        # The first answer that comes whole is cut right behind its last byte, and longer ones not at all.
        assert failure is not None or proxy.cuts == cuts or way == "cut_up" or whole == 1
    assert whole  # the longest cuts cut nothing: the range covers all
    assert doubts
    figures.update(cuts=proxy.cuts, in_doubt=doubts, whole=whole)


async def test_refused_before_a_byte_left(platform: Platform, proxy: Proxy, channel: Telegram) -> None:
    proxy.refuse = True
    await proxy.drop()
    failure = await send(channel, 1)
    assert failure
    assert not failure.permanent
    assert not platform.arrivals


async def test_nobody_there(platform: Platform, proxy: Proxy, channel: Telegram) -> None:
    assert proxy._server
    await proxy.drop()
    proxy._server.close()
    failure = await send(channel, 1)
    assert failure
    assert not failure.permanent
    assert not failure.in_doubt  # it certainly did not arrive: it may go again without a word
    assert not platform.arrivals
