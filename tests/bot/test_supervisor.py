"""How often a channel that fails is tried again."""

import asyncio
from datetime import timedelta

import pytest

from bot.channels import supervisor
from bot.channels.protocol import Health
from knowledge_base.storage import sending_store
from knowledge_base.storage.database import Database


class Refused(Exception):
    pass


class Unsteady:
    """Starts well, and fails at once."""

    name = "unsteady"
    polls = False
    health = Health.STARTING

    async def start(self) -> None:
        return

    async def run(self) -> None:
        raise Refused


@pytest.mark.parametrize(("steady_after", "attempts"), [(20.0, [1, 2, 3, 4]), (0.0, [1, 1, 1, 1])])
async def test_a_start_alone_does_not_make_it_steady(
    monkeypatch, database: Database, steady_after: float, attempts: list[int]
) -> None:
    tried: list[int] = []
    enough = asyncio.Event()

    def back_off(attempt: int) -> timedelta:
        tried.append(attempt)
        if len(tried) < len(attempts):
            return timedelta()
        enough.set()
        return timedelta(hours=1)

    monkeypatch.setattr(supervisor, "back_off", back_off)
    monkeypatch.setattr(supervisor, "_STEADY_SECONDS", steady_after)
    task = asyncio.create_task(supervisor.supervise(Unsteady(), database))  # type: ignore[arg-type]
    await asyncio.wait_for(enough.wait(), 5)
    task.cancel()
    assert tried == attempts


class Poller:
    """Polls for ever, and tells whether it does."""

    name = "poller"
    polls = True
    health = Health.STARTING

    def __init__(self) -> None:
        self.polling = asyncio.Event()

    async def start(self) -> None:
        return

    async def run(self) -> None:
        self.polling.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.polling.clear()


async def test_one_process_polls_and_another_takes_over_when_it_is_gone(
    postgresql_database: Database, monkeypatch
) -> None:
    monkeypatch.setattr(supervisor, "_ASK_SECONDS", 0.1)
    monkeypatch.setattr(sending_store, "LEASE_SECONDS", 1.0)
    channels = [Poller(), Poller()]
    tasks = [asyncio.create_task(supervisor.supervise(channel, postgresql_database)) for channel in channels]  # type: ignore[arg-type]
    try:
        await asyncio.wait([asyncio.create_task(one.polling.wait()) for one in channels], return_when="FIRST_COMPLETED")
        first = next(number for number, one in enumerate(channels) if one.polling.is_set())
        await asyncio.sleep(1.5)  # longer than a lease: it is renewed
        assert [one.polling.is_set() for one in channels].count(True) == 1
        assert all(one.health == Health.UP for one in channels)  # both may send
        tasks[first].cancel()
        await asyncio.wait_for(channels[1 - first].polling.wait(), 10)
        assert not channels[first].polling.is_set()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
