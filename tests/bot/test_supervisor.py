"""How often a channel that fails is tried again."""

import asyncio
from datetime import timedelta

import pytest

from bot.channels import supervisor
from bot.channels.protocol import Health


class Refused(Exception):
    pass


class Unsteady:
    """Starts well, and fails at once."""

    name = "unsteady"
    health = Health.STARTING

    async def start(self) -> None:
        return

    async def run(self) -> None:
        raise Refused


@pytest.mark.parametrize(("steady_after", "attempts"), [(20.0, [1, 2, 3, 4]), (0.0, [1, 1, 1, 1])])
async def test_a_start_alone_does_not_make_it_steady(monkeypatch, steady_after: float, attempts: list[int]) -> None:
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
    task = asyncio.create_task(supervisor.supervise(Unsteady()))  # type: ignore[arg-type]
    await asyncio.wait_for(enough.wait(), 5)
    task.cancel()
    assert tried == attempts
