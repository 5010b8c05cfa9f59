"""python-telegram-bot's own receiver in the same loop of kills: how much is lost when 200 comes before the work."""

import asyncio
import os
import random
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.faults.counts import PROFILE
from tests.faults.deployment import ROOT, free_port
from tests.faults.messenger import Platform
from tests.faults.questions import asked

pytestmark = pytest.mark.skipif(
    PROFILE.peer_questions == 0, reason="part of make faults only: it proves nothing of ours"
)


LONGEST_LIFE = 0.4  # seconds between ready and dead


class Peer:
    """The peer's process."""

    def __init__(self, port: int, platform_url: str) -> None:
        self.port = port
        self.command = [sys.executable, "-m", "tests.faults.peer_ptb", str(port), platform_url]
        self.running: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        environment = {"PATH": os.environ["PATH"]}
        quiet = subprocess.DEVNULL
        self.running = subprocess.Popen(self.command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)  # noqa: ASYNC220
        deadline = time.monotonic() + 60
        while True:
            assert time.monotonic() < deadline
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return

    def kill(self) -> None:
        if self.running:
            self.running.kill()
            self.running.wait()


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kills", [0, PROFILE.peer_kills])
async def test_python_telegram_bots_own_webhook(platform_port: int, figures: dict[str, Any], kills: int) -> None:
    chance = random.Random(20261125)
    peer = Peer(free_port(), f"http://127.0.0.1:{platform_port}")
    told = asked(PROFILE.peer_questions)
    shares = max(1, kills)
    async with Platform(platform_port) as platform:
        platform.targets = [f"http://127.0.0.1:{peer.port}/webhooks/telegram"]
        try:
            await peer.start()
            for life in range(shares):
                platform.post(
                    *(item.update for item in told[life * len(told) // shares : (life + 1) * len(told) // shares])
                )
                if kills:
                    await asyncio.sleep(chance.random() * LONGEST_LIFE)
                    peer.kill()
                    await peer.start()
            await _rest(platform)
        finally:
            peer.kill()
    arrived = {(arrival.chat, arrival.text) for arrival in platform.arrivals}
    lost = sum((item.chat, item.text) not in arrived for item in told if platform.acked[item.update_id])
    figures.update(asked=len(told), kills=kills, acked=len(platform.acked), acked_and_never_answered=lost)
    assert len(platform.acked) == len(told)
    if not kills:
        assert lost == 0  # or the comparison would be of something else than kills


async def _rest(platform: Platform) -> None:
    """Until nothing has arrived for a while."""
    seen, since = -1, time.monotonic()
    while not platform.delivered or time.monotonic() - since < 3:
        if len(platform.arrivals) != seen:
            seen, since = len(platform.arrivals), time.monotonic()
        await asyncio.sleep(0.1)
