"""`/livez`, `/readyz`, `/metrics`: for watchdogs, proxies and whoever runs the place. Figures and states only."""

import asyncio
import math
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from knowledge_base.clock import Clock
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.live_faq import LiveFaq
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database
from knowledge_base.storage.dialect import is_sqlite
from knowledge_base.storage.sqlite_dump import database_path
from knowledge_base.storage.status_store import StoreStatus, store_status
from processes.systemd import keep_telling
from processes.vital_signs import VitalSigns

_LONGEST_LAG = 1.0  # seconds the event loop may be late
_LONGEST_SILENCE = 5.0  # seconds without a write that was kept
_LEAST_DISK = 0.05  # of the disk that holds DATA_DIR
_LARGE_WAL = 64 * 1024**2  # bytes; a long reader keeps the WAL from starting over
_HUGE_WAL = 1024**3
_LONG_WAIT = 3600.0  # seconds a message to a resident may wait before it is worth a warning
_COUNTED_SECONDS = 10.0  # how long counts of the store are good for: they read whole tables
_BEAT = 1.0  # a store that could not be read is looked at again after so long
_PATIENCE_SECONDS = 1.5  # with a store that doesn't answer


class _Service(Protocol):
    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def faq(self) -> LiveFaq: ...
    async def channel_states(self) -> dict[str, str]:
        """How each channel is doing, here or in other processes."""
        ...


@dataclass(slots=True)
class _Report:
    """What is wrong (not ready), what deserves a look (still ready), and the figures behind it."""

    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    figures: dict[str, float | None] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)


class Status:
    """Answers the three addresses from what was measured and counted."""

    def __init__(self, service: _Service) -> None:
        self.signs = VitalSigns(service.database)
        self._service = service
        self._store: StoreStatus | None = None
        self._counted_at = -math.inf
        self._counting: asyncio.Task[None] | None = None

    async def live(self, _request: web.Request) -> web.Response:
        """200 while the event loop keeps up; a watchdog may restart a process that doesn't, time after time."""
        lag = self.signs.lag
        return web.json_response({"lag_s": round(lag, 3)}, status=200 if lag < _LONGEST_LAG else 503)

    async def ready(self, _request: web.Request) -> web.Response:
        """200 when residents can be served; 503 with the reasons otherwise. Channels are shown and don't count."""
        report = await self._report()
        body: dict[str, Any] = {
            "ready": not report.reasons,
            "reasons": report.reasons,
            "warnings": report.warnings,
            **{name: value if value is None else round(value, 3) for name, value in report.figures.items()},
            "channels": report.channels,
        }
        return web.json_response(body, status=503 if report.reasons else 200)

    async def metrics(self, _request: web.Request) -> web.Response:
        """Everything as numbers."""
        from processes.metrics import Seen, exposition  # noqa: PLC0415 - a start must not wait for what it doesn't use

        report, store = await self._report(), await self._count()
        gauges = {name: (name.replace("_", " "), value) for name, value in report.figures.items()}
        gauges["ready"] = ("1: residents can be served", float(not report.reasons))
        gauges["publication"] = ("the FAQ that is published", store.publication if store else None)
        page = await asyncio.to_thread(exposition, Seen(store, gauges, report.channels))
        return web.Response(body=page, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    async def is_ready(self) -> bool:
        """Whether residents can be served."""
        return not (await self._report()).reasons

    # --- looking ----------------------------------------------------------------------------------

    async def _report(self) -> _Report:
        report = _Report(channels=await self._channels())
        store = await self._count()
        beat_age = self.signs.beat_age
        disk, wal = await asyncio.to_thread(self._disk)
        oldest = (self._service.clock.now() - store.oldest).total_seconds() if store and store.oldest else 0.0
        report.figures = {
            "heartbeat_age_seconds": beat_age,
            "loop_lag_seconds": self.signs.lag,
            "disk_free_ratio": disk,
            "wal_bytes": wal,
            "oldest_pending_seconds": max(oldest, 0.0) if store else None,
            "publication_served": float(self._service.faq.snapshot.number) if self._service.faq.ready else None,
        }
        report.reasons = [
            name
            for name, wrong in (
                ("stopping", self.signs.stopping),
                ("writer_silent", beat_age is None or beat_age > _LONGEST_SILENCE),
                ("database_unreadable", store is None),
                (f"schema_{store.schema}" if store else "", store is not None and store.schema != "current"),
                ("index_not_ready", not self._service.faq.ready),
                ("disk_full", disk < _LEAST_DISK),
                ("wal_huge", (wal or 0) >= _HUGE_WAL),
            )
            if wrong
        ]
        report.warnings = [
            name
            for name, wrong in (
                ("wal_large", (wal or 0) >= _LARGE_WAL),
                ("messages_wait_long", oldest >= _LONG_WAIT),
                ("channel_down", bool({"down", "no_consent"} & set(report.channels.values()))),
                ("consent_needed", bool(store and store.consents)),
            )
            if wrong
        ]
        return report

    async def _count(self) -> StoreStatus | None:
        """The store's counts, at most some seconds old; None when it can't be read, or not in time."""
        if time.monotonic() - self._counted_at > (_COUNTED_SECONDS if self._store else _BEAT):
            if self._counting is None or self._counting.done():  # never a second one after a first that hangs
                self._counting = asyncio.create_task(self._read())
            await asyncio.wait([self._counting], timeout=_PATIENCE_SECONDS)
            if not self._counting.done():
                return None
        return self._store

    async def _channels(self) -> dict[str, str]:
        """How each channel is doing; nothing when that can't be known in time."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                return await self._service.channel_states()
        except (KnowledgeBaseError, SQLAlchemyError, TimeoutError):
            return {}

    async def _read(self) -> None:
        try:
            self._store = await self._service.database.read(store_status)
        except (KnowledgeBaseError, SQLAlchemyError):
            self._store = None
        self._counted_at = time.monotonic()

    def _disk(self) -> tuple[float, float | None]:
        """The free part of DATA_DIR's disk; bytes of the WAL (SQLite)."""
        usage = shutil.disk_usage(self._service.settings.data_dir)
        wal = None
        if is_sqlite(self._service.settings.database):
            path = database_path(self._service.settings.database)
            wal = float(_size(path.with_name(path.name + "-wal")))
        return usage.free / usage.total, wal


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def add_status(app: web.Application, service: _Service) -> Status:
    """Give the app the three addresses; measuring starts and stops with it."""
    status = Status(service)
    app.router.add_get("/livez", status.live)
    app.router.add_get("/readyz", status.ready)
    app.router.add_get("/metrics", status.metrics)

    async def measure(_app: web.Application) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(status.signs.run()), asyncio.create_task(keep_telling(status.is_ready))]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def stop(_app: web.Application) -> None:
        status.signs.stopping = True

    app.cleanup_ctx.append(measure)
    app.on_shutdown.append(stop)
    return status
