"""Telling systemd how it goes: ready, stopping, still alive (`Type=notify`, `WatchdogSec`; sd_notify(3)).

Without systemd (no NOTIFY_SOCKET) nothing is told and nothing is missed.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable, Mapping

_LOOK_SECONDS = 0.25
_PARTS = 3  # signs of life in one WatchdogSec: one or two may be late


def tell(words: str, environment: Mapping[str, str] = os.environ) -> None:
    """Send words to systemd, if it started us and listens."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection:
        connection.connect("\0" + address[1:] if address.startswith("@") else address)
        connection.send(words.encode())


def watchdog_seconds(environment: Mapping[str, str] = os.environ) -> float | None:
    """How long systemd waits for a sign of life; None: it doesn't watch this process."""
    microseconds = environment.get("WATCHDOG_USEC", "")
    mine = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return int(microseconds) / 1_000_000 if microseconds.isdecimal() and mine else None


async def keep_telling(ready: Callable[[], Awaitable[bool]]) -> None:
    """Say READY once it is so, then give signs of life until cancelled: a loop that hangs gives none."""
    while not await ready():  # noqa: ASYNC110 - readiness is looked at; nothing announces it
        await asyncio.sleep(_LOOK_SECONDS)
    tell("READY=1")
    seconds = watchdog_seconds()
    try:
        while seconds:
            tell("WATCHDOG=1")
            await asyncio.sleep(seconds / _PARTS)
        await asyncio.Event().wait()
    finally:
        tell("STOPPING=1")
