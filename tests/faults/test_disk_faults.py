"""Writes and fsyncs that fail under the real server: no 200 without a row, not ready meanwhile, and it heals."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.faults.counts import PROFILE
from tests.faults.deployment import Deployment
from tests.faults.disk import SYNC, WRITE, Faults, lift_limit, limit_files
from tests.faults.messenger import Platform
from tests.faults.questions import Asked, asked
from tests.faults.record import read_record, rows

pytestmark = [
    pytest.mark.skipif(not shutil.which("fiu-run"), reason="needs Debian's fiu-utils: make test-system"),
    pytest.mark.timeout(900),
]
SHARE = PROFILE.faulty_messages // 3  # of the messages, for each kind of fault


async def until(condition: Callable[[], Awaitable[bool]], seconds: float, what: str) -> None:
    """Wait for something; a generous bound, for the machine may be busy."""
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.1)


async def all_delivered(platform: Platform) -> None:
    async def delivered() -> bool:
        return platform.delivered

    await until(delivered, 120, "updates were never taken")


def kept(deployment: Deployment) -> set[int]:
    """The updates in the inbox."""
    found = rows(deployment.database_url, "SELECT external_id FROM inbox")
    return {int(row.external_id.split(":")[1]) for row in found}


async def deliver_under_faults(platform: Platform, told: list[Asked], deployment: Deployment) -> None:
    """Deliver all; at no moment is there a 200 without its row."""
    platform.post(*(item.update for item in told))
    while not platform.delivered:
        answered = set(platform.acked)  # before the look into the database, or the order would excuse a gap
        assert answered <= await asyncio.to_thread(kept, deployment)
        await asyncio.sleep(0.05)


async def test_faults_of_the_disk(
    deploy: Callable[..., Deployment], platform_port: int, figures: dict[str, Any], tmp_path: Any
) -> None:
    faults = Faults(tmp_path)
    deployment = deploy(wrapper=faults.wrapper)
    (process,) = deployment.processes
    told = asked(3 * SHARE)
    await asyncio.to_thread(deployment.release)
    await asyncio.to_thread(deployment.start)
    async with Platform(platform_port, targets=deployment.webhooks) as platform:
        # --- now and then
        for number, names in enumerate((SYNC, WRITE)):
            faults.fail(process, names, probability=0.02 if names is SYNC else 0.01)
            await deliver_under_faults(platform, told[number * SHARE : (number + 1) * SHARE], deployment)
            faults.heal(process, names)
        refused = platform.posts - sum(platform.acked.values())
        # --- always: nothing is taken, the service says so, and heals by itself
        faults.fail(process, SYNC)
        last = told[2 * SHARE :]
        platform.post(*(item.update for item in last))
        await until(lambda: _not_ready(deployment), 30, "ready in spite of a disk that keeps nothing")
        assert not set(platform.acked) & {item.update_id for item in last}
        faults.heal(process, SYNC)
        await all_delivered(platform)
        await until(lambda: _ready(deployment), 30, "not ready with a healthy disk")
    record = read_record(deployment.database_url)
    assert process.exit_code is None
    assert sorted(row.update_id for row in record.inbox) == sorted(item.update_id for item in told)
    assert set(platform.acked) == {row.update_id for row in record.inbox}
    assert record.integrity == "ok"
    assert refused > 0  # or no fault was met, and the test shows nothing
    figures.update(acked=len(platform.acked), rows=len(record.inbox), refused_meanwhile=refused)


async def test_a_full_disk(deploy: Callable[..., Deployment], platform_port: int, figures: dict[str, Any]) -> None:
    deployment = deploy()
    (process,) = deployment.processes
    told = asked(60)
    await asyncio.to_thread(deployment.release)
    await asyncio.to_thread(deployment.start)
    async with Platform(platform_port, targets=deployment.webhooks) as platform:
        await deliver_under_faults(platform, told[:20], deployment)
        log = deployment.folder / "data" / "store.sqlite3-wal"
        limit_files(process, log.stat().st_size + 20_000)
        platform.post(*(item.update for item in told[20:]))
        await until(lambda: _not_ready(deployment), 30, "ready in spite of a full disk")
        assert set(platform.acked) <= kept(deployment)
        full = len(platform.acked)
        lift_limit(process)
        await all_delivered(platform)
        await until(lambda: _ready(deployment), 30, "not ready with room again")
    record = read_record(deployment.database_url)
    assert sorted(row.update_id for row in record.inbox) == sorted(item.update_id for item in told)
    assert record.integrity == "ok"
    assert full < len(told)
    figures.update(acked_before_full=full, acked=len(platform.acked), rows=len(record.inbox))


async def _ready(deployment: Deployment) -> bool:
    return await asyncio.to_thread(deployment.processes[0].ready)


async def _not_ready(deployment: Deployment) -> bool:
    return not await _ready(deployment)
