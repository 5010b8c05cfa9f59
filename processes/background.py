"""Beside the requests: the live FAQ in every process; channels, senders and the clockwork in those that work."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from bot.channels.supervisor import supervise
from bot.channels.web_chat import WebChat
from knowledge_base import neighbours, promises, publishing
from knowledge_base.clock import vietnam_day
from knowledge_base.kinds import Kinds
from knowledge_base.questions.deadline import Calendar
from knowledge_base.settings import Settings
from knowledge_base.storage import gap_store, sketch_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.dialect import try_alone
from processes.erasures import Erasures
from processes.officer_alerts import tell_officers
from processes.retention import keep_retention

if TYPE_CHECKING:
    from processes.server import Service

_LOG = logging.getLogger(__name__)
_CLOCKWORK_SECONDS = 60
_SKETCH_SECONDS = 5
_ALL_SKETCHES_SECONDS = 60


def background(service: "Service") -> Callable[[web.Application], AsyncIterator[None]]:
    """Starts with the server, ends with it; what is in flight is finished first."""

    async def run(_app: web.Application) -> AsyncIterator[None]:
        await service.faq.refresh()  # the units' index takes longer to build: the first messages wait for it
        _listen(service, asyncio.get_running_loop())
        # The calendar is learned now, off the loop: else the first question waits for it, and its platform gives up.
        today = vietnam_day(service.clock.now())
        work = [service.faq.watch(), service.units.watch(), asyncio.to_thread(Calendar().due_day, today, 1)]
        if service.works:
            work += [
                _clockwork(service),
                tell_officers(service.database, service.settings),
                keep_retention(service.database, service.settings),
                Erasures(service.database, service.settings, service.clock).keep(),
                _sketching(service),
            ]
            work += [supervise(channel, service.database) for channel in service.channels]
            work += [delivery.run() for delivery in service.deliveries]
        tasks = [asyncio.create_task(item) for item in work]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for channel in service.channels:
            await channel.close()

    return run


def _listen(service: "Service", loop: asyncio.AbstractEventLoop) -> None:
    """Committed writes wake those who wait for them; called from the database's threads."""
    chats = [channel for channel in service.channels if isinstance(channel, WebChat)]
    running: set[asyncio.Task[object]] = set()  # the loop itself holds tasks only weakly

    def wake(signals: set[str]) -> None:
        if "outbox" in signals:
            for delivery in service.deliveries:
                delivery.wake()
            for chat in chats:
                start(loop.create_task(chat.tell()))
        if "publication" in signals:
            start(loop.create_task(service.faq.refresh()))
        if "units" in signals:
            start(loop.create_task(service.units.current()))

    def start(task: "asyncio.Task[object]") -> None:
        running.add(task)
        task.add_done_callback(running.discard)

    def from_thread(signals: set[str]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(wake, signals)

    service.database.listen(from_thread)


async def _clockwork(service: "Service") -> None:
    while True:
        try:
            await service.database.write(clockwork, service.settings)
            await follow_calendar(service.database)
        except Exception:  # noqa: BLE001 - whatever went wrong: a clockwork that ends would keep no promise any more
            _LOG.exception("the clockwork's turn failed; it is tried again")
        await asyncio.sleep(_CLOCKWORK_SECONDS)


async def _sketching(service: "Service") -> None:
    """Sketches and kinds of new questions, made off the loop soon after they came: intake doesn't wait for them.

    What came since the last look is looked at each time; everything only now and then, for an older question may have
    come to the officers since, and many have a sketch already.
    """
    kinds = Kinds()
    seen, whole_at = 0, 0.0
    while True:
        made = 0
        if time.monotonic() >= whole_at:
            seen, whole_at = 0, time.monotonic() + _ALL_SKETCHES_SECONDS
        try:
            missing = await service.database.read(sketch_store.unsketched, neighbours.AT_ONCE, after=seen)
            if missing:
                seen = max(0, missing[-1][0] - neighbours.AT_ONCE)  # on PostgreSQL a lower one may be committed later
                found = await asyncio.to_thread(neighbours.sketched, missing)
                await service.database.write(sketch_store.put, found)
                made = len(found)
            if alike := await service.database.read(kinds.find):
                await service.database.write(gap_store.put_kin, alike)
                made += len(alike)
        except Exception:  # noqa: BLE001 - as above; like questions are found without one too
            _LOG.exception("sketches could not be made; it is tried again")
        await asyncio.sleep(0.2 if made else _SKETCH_SECONDS)


async def follow_calendar(database: Database) -> None:
    """Move the promises that a change of the calendar has moved. Several processes may: none is moved twice."""
    while (left := await database.read(promises.walk)) is not None:
        for promised in left.writes:
            began = time.monotonic()
            await database.write(promises.move_promises, promised)
            await asyncio.sleep(time.monotonic() - began)  # whoever else writes has half of the time
        if not left.writes:
            await database.write(promises.settle_walk, left.mark, left.hash)


def clockwork(tx: Transaction, settings: Settings) -> None:
    """What time brings: forgotten choices, missed promises. One process at a time."""
    if try_alone(tx.connection, "clockwork"):
        if settings.consent == "ask":
            promises.drop_forgotten_offers(tx)
        else:
            promises.queue_forgotten_offers(tx, settings.answer_due_working_days)
        promises.renew_missed_promises(tx, settings.answer_due_working_days)
        publishing.publish_due(tx)
