"""What the stand-in platforms share: a server on loopback whose door can be shut, and faults on order."""

import asyncio
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, web


@dataclass(frozen=True)
class Heard:
    """A message that reached a resident; buttons as (id, label)."""

    who: str
    text: str
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass
class StandIn:
    """A platform. `faults[path]` are (status, body) given instead of the usual answer, first come first served."""

    port: int
    site: str = ""  # where our webhooks are
    heard: list[Heard] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    faults: dict[str, deque[tuple[int, Any]]] = field(default_factory=lambda: defaultdict(deque))
    numbers: int = 0
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> web.Application:
        raise NotImplementedError

    async def open(self) -> None:
        """Let our service in."""
        app = self.app()
        app.middlewares.append(self._watch)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

    async def shut(self) -> None:
        """Nobody gets in any more."""
        if self._runner:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    @web.middleware
    async def _watch(self, request: web.Request, handler: Any) -> web.StreamResponse:
        name = request.path.rpartition("/")[2]
        self.called.append(name)
        if self.faults[name]:
            status, body = self.faults[name].popleft()
            if status == 0:  # taken, but the answer is lost
                await handler(request)
                assert request.transport
                request.transport.abort()
            return web.json_response(body, status=status or 500)
        return await handler(request)

    def number(self) -> int:
        """A fresh number, for ids."""
        self.numbers += 1
        return self.numbers

    def to(self, who: str) -> list[str]:
        """The texts that reached one resident."""
        return [message.text for message in self.heard if message.who == who]

    async def post(self, path: str, raw: bytes, headers: dict[str, str]) -> int:
        """Push something to our webhook; returns the status."""
        return await push(self.site + path, raw, headers)


async def push(url: str, raw: bytes, headers: dict[str, str], tries: int = 300) -> int:
    """Push as platforms do: again for as long as the answer is "busy"; returns the status."""
    async with ClientSession() as client:
        while True:
            async with client.post(url, data=raw, headers=headers) as answer:
                tries -= 1
                if answer.status != 503 or not tries:
                    return answer.status
            await asyncio.sleep(0.1)


async def until(condition: Any, seconds: float = 10.0, what: str = "it did not happen in time") -> None:
    """Wait for something that happens on the other side."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        await asyncio.sleep(0.02)
