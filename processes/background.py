"""Beside the requests: the live FAQ in every process; channels, senders and the clockwork in those that work."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from bot.channels.supervisor import supervise
from bot.channels.web_chat import WebChat
from knowledge_base import officer_queue
from knowledge_base.questions.deadline import due_day
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import try_alone
from processes.officer_alerts import tell_officers
from processes.retention import keep_retention

if TYPE_CHECKING:
    from processes.server import Service

_LOG = logging.getLogger(__name__)
_CLOCKWORK_SECONDS = 60


def background(service: "Service") -> Callable[[web.Application], AsyncIterator[None]]:
    """Starts with the server, ends with it; what is in flight is finished first."""

    async def run(_app: web.Application) -> AsyncIterator[None]:
        await asyncio.gather(service.faq.refresh(), service.units.current())
        _listen(service, asyncio.get_running_loop())
        # The calendar is learned now, off the loop: else the first question waits for it, and its platform gives up.
        work = [service.faq.watch(), service.units.watch(), asyncio.to_thread(due_day, service.clock.now(), 1)]
        if service.works:
            work += [
                _clockwork(service),
                tell_officers(service.database, service.settings),
                keep_retention(service.database, service.settings),
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
        except Exception:  # noqa: BLE001 - whatever went wrong: a clockwork that ends would keep no promise any more
            _LOG.exception("the clockwork's turn failed; it is tried again")
        await asyncio.sleep(_CLOCKWORK_SECONDS)


def clockwork(tx: Transaction, settings: Settings) -> None:
    """What time brings: forgotten choices, missed promises. One process at a time."""
    if try_alone(tx.connection, "clockwork"):
        officer_queue.queue_forgotten_offers(tx, settings.answer_due_working_days)
        officer_queue.renew_missed_promises(tx, settings.answer_due_working_days)
