"""Writing what arrives together: while one batch is on its way to the store, the next gathers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from knowledge_base.errors import Unavailable

T = TypeVar("T")
R = TypeVar("R")
_MOST = 64  # things in one batch
_GATHER_SECONDS = 0.003  # how long a batch waits for more where the last one held several


class Batch(Generic[T, R]):
    """Hands things to `write_all` in batches, in order of arrival.

    A batch that fails for a reason of its own is written again one by one, so that a faulty thing harms only itself.
    `write_one` may try more than once.
    """

    def __init__(
        self,
        write_all: Callable[[Sequence[T]], Awaitable[Sequence[R]]],
        write_one: Callable[[T], Awaitable[R]],
    ) -> None:
        self._write_all = write_all
        self._write_one = write_one
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def put(self, thing: T) -> R:
        """Have one thing written; returns when it is."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((thing, future))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await future

    async def _write(self) -> None:
        try:
            batch: list[tuple[T, asyncio.Future[R]]] = []
            while self._waiting:
                if len(batch) > 1:  # those who were just answered may be about to come again
                    await asyncio.sleep(_GATHER_SECONDS)
                taken, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                # Who has gone away meanwhile was told that nothing is kept, and will send it again.
                batch = [(thing, future) for thing, future in taken if not future.done()]
                await self._together(batch)
        finally:
            self._writing = None

    async def _together(self, batch: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._write_all([thing for thing, _future in batch])
        except Unavailable as error:
            for _thing, future in batch:
                _fail(future, error)
        except Exception:  # noqa: BLE001 - whose fault it is shows when each is written alone
            for thing, future in batch:
                await self._alone(thing, future)
        else:
            for (_thing, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)

    async def _alone(self, thing: T, future: asyncio.Future[R]) -> None:
        try:
            result = await self._write_one(thing)
        except Exception as error:  # noqa: BLE001 - belongs to who put it
            _fail(future, error)
        else:
            if not future.done():
                future.set_result(result)


def _fail(future: "asyncio.Future[R]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
