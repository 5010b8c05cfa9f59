"""Signs of life, measured all the time: how late the event loop is, and when the store last took a write."""

import asyncio
import contextlib
import logging
import secrets
import time

from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.figures import FIGURES
from knowledge_base.storage.database import Database
from knowledge_base.storage.status_store import beat

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 0.25
_BEAT_SECONDS = 1.0


class VitalSigns:
    """Runs beside the service; whoever asks reads what was measured last."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._name = secrets.token_hex(8)
        self._beat_at: float | None = None
        self._looked_at = time.monotonic()
        self._late = 0.0
        self.stopping = False

    @property
    def lag(self) -> float:
        """Seconds by which the event loop is late: at its last look, or now if the next look is overdue by more."""
        return max(self._late, time.monotonic() - self._looked_at - _LOOK_SECONDS)

    @property
    def beat_age(self) -> float | None:
        """Seconds since the store last kept a write; None before the first."""
        return None if self._beat_at is None else time.monotonic() - self._beat_at

    async def run(self) -> None:
        """Measure until cancelled."""
        beating = asyncio.create_task(self._beat_forever())
        try:
            while True:
                self._looked_at = time.monotonic()
                await asyncio.sleep(_LOOK_SECONDS)
                self._late = max(0.0, time.monotonic() - self._looked_at - _LOOK_SECONDS)
        finally:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating

    async def _beat_forever(self) -> None:
        while True:
            began = time.monotonic()
            try:
                await self._database.write(beat, self._name)
            except KnowledgeBaseError:
                pass  # /readyz says so; the log would be filled with it
            except Exception:  # noqa: BLE001 - a pulse that ends would look like a store that stopped
                _LOG.exception("the pulse failed; it is tried again")
            else:
                self._beat_at = time.monotonic()
                FIGURES.measured("write_seconds", self._beat_at - began)
            await asyncio.sleep(_BEAT_SECONDS)
