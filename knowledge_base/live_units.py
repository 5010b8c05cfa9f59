"""The register of units in memory: an index for people's words, read anew whenever units or owners change."""

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from knowledge_base.clock import Clock, vietnam_day
from knowledge_base.storage import unit_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.unit_store import Register
from knowledge_base.units.gazetteer import EMPTY, Gazetteer

_LOG = logging.getLogger(__name__)
_POLL_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class UnitSnapshot:
    """The register on a day, and which topics have an owner where."""

    gazetteer: Gazetteer = EMPTY
    owned: Collection[tuple[str, str]] = frozenset()  # (topic, unit)


_Read = tuple[Register, Collection[tuple[str, str]]]


def _read(tx: Transaction) -> _Read:
    return unit_store.register(tx), unit_store.owned(tx)


class LiveUnits:
    """Holds the snapshot; `watch` keeps it current with the store."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._snapshot = UnitSnapshot()
        self._seen: tuple[str, date] | None = None
        self._lock = asyncio.Lock()

    @property
    def snapshot(self) -> UnitSnapshot:
        """The units as they are now; none before the first load."""
        return self._snapshot

    async def loaded(self) -> UnitSnapshot:
        """The units as they were seen last; the first who ask after a start wait until they are read."""
        return self._snapshot if self._seen else await self.current()

    async def current(self) -> UnitSnapshot:
        """The units as they are in the store at this moment; costs one small query when nothing changed."""
        async with self._lock:
            # The stamp first: what changes while the rest is read is seen the next time.
            seen = await self._database.read(unit_store.stamp), vietnam_day(self._clock.now())
            if seen != self._seen:
                register, owned = await self._database.read(_read)
                self._snapshot = await asyncio.to_thread(_built, register, owned, seen[1])
                self._seen = seen
            return self._snapshot

    async def watch(self) -> None:
        """Follow the store; runs until cancelled."""
        while True:
            try:
                await self.current()
            except Exception:  # noqa: BLE001 - whatever went wrong: a watch that ends would never see a change again
                _LOG.exception("the units could not be read; the former ones stay")
            await asyncio.sleep(_POLL_SECONDS)


def _built(register: Register, owned: Collection[tuple[str, str]], day: date) -> UnitSnapshot:
    return UnitSnapshot(Gazetteer(register.units, register.successors, day), owned)
