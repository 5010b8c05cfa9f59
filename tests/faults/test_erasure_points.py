"""The process dies while an erasure is on its way to the disk: after the next start all of it is gone all the same."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from knowledge_base.crash_points import ERASURE_POINTS
from knowledge_base.erasure_list import read_list
from tests.faults.deployment import DIED, Deployment, Process
from tests.faults.record import rows

WAIT_SECONDS = 120.0


def say(client: httpx.Client, session: str | None, number: int, text: str) -> dict[str, Any]:
    """What the chat says to it; asked again while the index is not ready."""
    own = {"session": session, "message_id": str(number)} if session else {}
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        answer = client.post("/chat/messages", json={**own, "text": text})
        if answer.status_code == 200:
            said: dict[str, Any] = answer.json()
            return said
        time.sleep(0.2)
    raise AssertionError(answer.text)


def erase_and_die(process: Process, point: str, canary: str) -> str:
    """A resident asks and has all erased; the process dies at the point. Returns his session."""
    process.stop()
    process.launch(CRASH_AT=point)
    process.await_ready()
    with httpx.Client(base_url=f"http://127.0.0.1:{process.port}", trust_env=False, timeout=10) as client:
        session = str(say(client, None, 0, "chào bạn")["session"])
        say(client, session, 1, f"trồng cây {canary} thì hỏi ai ở xã?")
        say(client, session, 2, "/xoa")
        told = say(client, session, 3, "xoá hết")
    assert told["replies"][0]["decision"] == "erased"
    until = time.monotonic() + WAIT_SECONDS
    while process.exit_code is None:
        assert time.monotonic() < until, f"{point} was never passed"
        time.sleep(0.05)
    assert process.exit_code == DIED, process.tail()
    return session


def held(deployment: Deployment, marks: list[str]) -> list[str]:
    """Which of these stand in a file of the store."""
    data = Path(deployment.folder) / "data"
    raw = b"".join(one.read_bytes() for one in data.rglob("*") if one.is_file())
    return [mark for mark in marks if mark.encode() in raw]


@pytest.mark.timeout(600)
async def test_all_is_erased_after_a_death(deploy: Callable[..., Deployment]) -> None:
    deployment = deploy()
    (process,) = deployment.processes
    await asyncio.to_thread(deployment.release)
    await asyncio.to_thread(deployment.start)
    marks = []
    for number, point in enumerate(ERASURE_POINTS, 1):
        marks += [f"kanari{number}z", await asyncio.to_thread(erase_and_die, process, point, f"kanari{number}z")]
        left = "SELECT count(*), count(scrubbed_at) FROM erasures"
        assert rows(deployment.database_url, left) == [(number, number - 1)]
        process.launch()
        await asyncio.to_thread(process.await_ready)
        until = time.monotonic() + WAIT_SECONDS
        while rows(deployment.database_url, left) != [(number, number)]:
            assert time.monotonic() < until, "it was never finished"
            await asyncio.sleep(0.2)
        assert held(deployment, marks) == []
        assert len(read_list(deployment.folder / "data" / "erasures.jsonl")) == number
