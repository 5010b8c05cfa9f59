"""After an erasure: it is put on the list, and what it left in the database's files is overwritten.

The erasure itself was one transaction with the resident's word. What follows is done again from its row until it is
through, also by the next process when this one dies: each step may be repeated.
"""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

from knowledge_base import erasing
from knowledge_base.clock import VIETNAM, Clock
from knowledge_base.crash_points import crash_point
from knowledge_base.erasure_list import append_to_list, read_list
from knowledge_base.settings import Settings
from knowledge_base.storage import erasure_store
from knowledge_base.storage.database import Database
from knowledge_base.storage.dialect import is_sqlite
from knowledge_base.storage.sqlite_dump import database_path

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 5.0
_LIST_SECONDS = 60.0  # how often another process's erasures are added to this one's list
_AT_ONCE_BYTES = 256 * 1024 * 1024  # a larger file is rewritten at night, when nobody waits
_NIGHT = range(1, 5)  # o'clock, in Viet Nam
_PAUSE = timedelta(minutes=5)  # between two rewritings


class Erasures:
    """What this process does for the erasures of all."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._list = settings.erasures
        self._file = database_path(settings.database) if is_sqlite(settings.database) else None
        self._clock = clock
        self._not_before = clock.now()

    async def finish(self) -> int:
        """List and overwrite what is due, if now is a time for it; returns how many erasures are through."""
        due = await self._database.read(erasure_store.unscrubbed)
        if not due:
            return 0
        await self.list_all()
        crash_point("erasure:listed")
        if not self._is_time() or not await self._database.scrub():
            return 0
        crash_point("erasure:scrubbed")
        await self._database.write(erasure_store.mark_scrubbed, due)
        self._not_before = self._clock.now() + _PAUSE
        return len(due)

    async def list_all(self) -> None:
        """Add to the list what it doesn't have."""
        known = {one.id for one in await asyncio.to_thread(read_list, self._list)}
        new = await self._database.read(erasing.unlisted, known)
        await asyncio.to_thread(append_to_list, self._list, new)

    def _is_time(self) -> bool:
        """Small stores at once, but not all the time; large ones in the night that follows."""
        now = self._clock.now()
        if self._file is None:
            return True
        small = self._file.stat().st_size <= _AT_ONCE_BYTES
        return now >= self._not_before and (small or now.astimezone(VIETNAM).hour in _NIGHT)

    async def keep(self) -> None:
        """Look until cancelled."""
        listed_at = -_LIST_SECONDS
        loop = asyncio.get_running_loop()
        while True:
            try:
                if loop.time() - listed_at >= _LIST_SECONDS:
                    await self.list_all()
                    listed_at = loop.time()
                if done := await self.finish():
                    _LOG.info("erasures: %d through", done)
            except Exception:  # noqa: BLE001 - whatever went wrong: what is to be erased must not be forgotten
                _LOG.exception("an erasure could not be finished; it is tried again")
            await asyncio.sleep(_LOOK_SECONDS)


def replay_list(database: Database, path: Path) -> int:
    """Before a store is served: erase what a restore of any kind brought back; returns how many erasures that were."""
    listed = read_list(path)
    if not listed or not database.read_now(erasing.missing, listed):
        return 0
    return database.write_now(erasing.replay, listed)
