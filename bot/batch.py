"""Working on what arrives together: while one batch is being worked on, the next gathers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from knowledge_base.errors import Unavailable

T = TypeVar("T")
R = TypeVar("R")
_LOOK_SECONDS = 0.1  # how often it is looked who has waited for too long: a timer each took a third of receiving


class Batch(Generic[T, R]):
    """Hands things to `work_all` in batches of at most `most`, in order of arrival.

    A batch that fails for a reason of its own is worked on again one by one, so that a faulty thing harms only itself.
    `work_one` may try more than once. `gather`: seconds a batch waits for more where the last one held several.
    """

    def __init__(
        self,
        work_all: Callable[[Sequence[T]], Awaitable[Sequence[R]]],
        work_one: Callable[[T], Awaitable[R]],
        *,
        most: int,
        gather: float = 0.0,
    ) -> None:
        self._work_all = work_all
        self._work_one = work_one
        self._most = most
        self._gather = gather
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._working: asyncio.Task[None] | None = None
        self._deadlines: dict[asyncio.Future[R], float] = {}
        self._looking: asyncio.TimerHandle | None = None

    async def put(self, thing: T, deadline: float) -> R:
        """Have one thing worked on; returns when it is.

        Raises:
            Unavailable: it was not done by `deadline`, of the event loop's clock.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._waiting.append((thing, future))
        if self._working is None:
            self._working = loop.create_task(self._work())
        self._deadlines[future] = deadline
        if self._looking is None:
            self._looking = loop.call_later(_LOOK_SECONDS, self._look, loop)
        try:
            return await future
        finally:
            del self._deadlines[future]

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell those who have waited for too long."""
        now = loop.time()
        for future, deadline in self._deadlines.items():
            if deadline <= now:
                _fail(future, Unavailable("busy"))
        self._looking = loop.call_later(_LOOK_SECONDS, self._look, loop) if self._deadlines else None

    async def _work(self) -> None:
        try:
            batch: list[tuple[T, asyncio.Future[R]]] = []
            while self._waiting:
                if len(batch) > 1:  # those who were just answered may be about to come again
                    await asyncio.sleep(self._gather)
                taken, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                # Who has gone away meanwhile was told that nothing is kept, and will send it again.
                batch = [(thing, future) for thing, future in taken if not future.done()]
                if batch:
                    await self._together(batch)
        finally:
            self._working = None

    async def _together(self, batch: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._work_all([thing for thing, _future in batch])
        except Unavailable as error:
            for _thing, future in batch:
                _fail(future, error)
        except Exception:  # noqa: BLE001 - whose fault it is shows when each is worked on alone
            for thing, future in batch:
                await self._alone(thing, future)
        else:
            for (_thing, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)

    async def _alone(self, thing: T, future: asyncio.Future[R]) -> None:
        try:
            result = await self._work_one(thing)
        except Exception as error:  # noqa: BLE001 - belongs to who put it
            _fail(future, error)
        else:
            if not future.done():
                future.set_result(result)


def _fail(future: "asyncio.Future[R]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
