"""What systemd is told, by its own protocol."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from processes.systemd import keep_telling, tell, watchdog_seconds


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listener


async def test_ready_signs_of_life_stopping(heard: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "60000")
    answers = iter([False, False, True])

    async def ready() -> bool:
        return next(answers)

    task = asyncio.create_task(keep_telling(ready))
    said = [await asyncio.to_thread(heard.recv, 100) for _ in range(4)]
    assert said == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]
    task.cancel()
    while said[-1] == b"WATCHDOG=1":
        said.append(await asyncio.to_thread(heard.recv, 100))
    assert said[-1] == b"STOPPING=1"
    await asyncio.gather(task, return_exceptions=True)


def test_only_the_watched_process_gives_signs(heard: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_PID", "1")  # meant for another process
    monkeypatch.setenv("WATCHDOG_USEC", "60000")
    assert watchdog_seconds() is None
    tell("STATUS=test")
    assert heard.recv(100) == b"STATUS=test"


def test_without_systemd_nothing_happens() -> None:
    tell("READY=1", {})
    tell("READY=1", {"NOTIFY_SOCKET": "/nowhere/at/all"})
    assert watchdog_seconds({"WATCHDOG_USEC": "2000000"}) == 2.0
