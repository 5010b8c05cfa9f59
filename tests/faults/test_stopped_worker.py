"""A worker is stopped for longer than its lease, and wakes: the other has taken over, it must not interfere."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from knowledge_base.keys import Keys
from tests.faults.counts import PROFILE
from tests.faults.deployment import SECRET_KEY, Deployment
from tests.faults.invariants import IN_FLIGHT, check
from tests.faults.messenger import Misbehaviour, Platform
from tests.faults.questions import asked
from tests.faults.record import read_record, waiting

SLOW = Misbehaviour(latency=(0.2, 0.4))  # so that messages are on their way when it is stopped
MODULES = ("processes.web", "processes.worker", "processes.worker")


@pytest.mark.timeout(600)
@pytest.mark.skipif(PROFILE.name != "full", reason="part of make faults: leases must run out")
@pytest.mark.parametrize("policy", ["resend", "quarantine"])
async def test_a_worker_wakes_after_its_lease(
    deploy: Callable[..., Deployment], postgresql_url: str, platform_port: int, figures: dict[str, Any], policy: str
) -> None:
    deployment = deploy(postgresql_url, modules=MODULES, settings={"SEND_IN_DOUBT": policy})
    told, stops = asked(90), 0
    await asyncio.to_thread(deployment.release)
    await asyncio.to_thread(deployment.start)
    async with Platform(platform_port, targets=deployment.webhooks, misbehaviour=SLOW) as platform:
        for number, worker in enumerate(deployment.processes[1:]):
            share = told[number * 45 : (number + 1) * 45]
            platform.post(*(item.update for item in share))
            await _until(partial(_came, platform, len(platform.arrivals) + 10))
            assert worker.running
            os.kill(worker.running.pid, signal.SIGSTOP)
            stops += 1
            try:
                await _until(lambda: platform.delivered and waiting(deployment.database_url) == 0)
            finally:
                os.kill(worker.running.pid, signal.SIGCONT)
        await asyncio.sleep(3)  # the woken one may do what it has in mind
    record = read_record(deployment.database_url)
    keys = Keys.from_secret(SECRET_KEY)
    verdict = check(record, platform, told, keys, doubts_allowed=IN_FLIGHT * stops, policy=policy)
    figures.update(stops=stops, **verdict.figures())
    assert verdict.faults == []


def _came(platform: Platform, number: int) -> bool:
    return len(platform.arrivals) >= number


async def _until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
