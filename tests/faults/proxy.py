"""A TCP proxy that makes a connection slow, cuts it after so many bytes, or refuses it."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Self


@dataclass
class Proxy:
    """Listens on `port`, forwards to `target_port`; its faults may be changed while it runs.

    `latency` in seconds a chunk each way; `cut_up` and `cut_down` end a connection once so many bytes went to the
    server or came back from it; with `refuse` connections are closed before a byte is read.
    """

    port: int
    target_port: int
    latency: float = 0.0
    cut_up: int | None = None
    cut_down: int | None = None
    refuse: bool = False
    connections: int = 0
    cuts: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        assert self._server
        self._server.close()
        await self.drop()

    async def drop(self) -> None:
        """End all connections there are."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.refuse:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._join(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        ways = [self._pump(reader, back, self.cut_up), self._pump(there, writer, self.cut_down)]
        pumps = [asyncio.create_task(way) for way in ways]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            for end in (writer, back):
                end.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, limit: int | None) -> None:
        """Carry bytes until the end, or until `limit` of them have passed."""
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                if self.latency:
                    await asyncio.sleep(self.latency)
                data = data if limit is None else data[:limit]
                sink.write(data)
                await sink.drain()
                if limit is not None:
                    limit -= len(data)
                    if limit <= 0:
                        self.cuts += 1
                        await asyncio.sleep(0.01)  # what was passed on shall be read before the end
                        return
