"""The whole service in one process: faces, channels, delivery, clockwork. Only composition; no rules."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from admin.app import build_app as build_console
from bot.channels.protocol import Channel
from bot.channels.registry import Parts, build_channels
from bot.channels.supervisor import supervise
from bot.channels.web_chat import WebChat
from bot.delivery import Delivery
from bot.inbox import Inbox
from bot.web.pages import add_routes as add_chat_pages
from info_page.app import build_app as build_info_page
from knowledge_base import officer_queue
from knowledge_base.clock import Clock, SystemClock
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.keys import Keys
from knowledge_base.live_faq import LiveFaq
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.faq_store import publication_number
from knowledge_base.storage.retention_store import sweep
from processes.proxies import trust_proxies

_LOG = logging.getLogger(__name__)
_CLOCKWORK_SECONDS = 60


@dataclass(slots=True)
class Service:
    """Everything that runs, and how to wake it."""

    settings: Settings
    database: Database
    keys: Keys
    clock: Clock
    faq: LiveFaq
    channels: list[Channel] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)

    def channel_states(self) -> dict[str, str]:
        """How each channel is doing."""
        return {channel.name: str(channel.health) for channel in self.channels}

    async def fetch_media(self, channel_name: str, reference: str) -> tuple[bytes, str]:
        """A file a resident sent over a channel."""
        for channel in self.channels:
            if channel.name == channel_name:
                return await channel.fetch_media(reference)
        raise KnowledgeBaseError("media_unavailable")


def build_service(settings: Settings, database: Database, keys: Keys, clock: Clock | None = None) -> Service:
    """Put the parts together."""
    clock = clock or SystemClock()
    faq = LiveFaq(database, clock, settings.data_dir / "cache")
    inbox = Inbox(database, faq, settings, clock)
    channels = build_channels(Parts(inbox, database, faq, settings, clock))
    pushed = [channel for channel in channels if not channel.pulled]
    deliveries = [Delivery(database, channel, faq, settings, clock) for channel in pushed]
    return Service(settings, database, keys, clock, faq, channels, deliveries)


def build_app(service: Service) -> web.Application:
    """All faces on one server; background work starts and stops with it."""
    settings = service.settings
    app = build_info_page(service.database, service.faq, settings, service.clock)
    console = build_console(
        service.database,
        service.faq,
        settings,
        service.keys,
        service.clock,
        service.fetch_media,
        service.channel_states,
    )
    app.add_subapp("/admin", console)
    for channel in service.channels:
        channel.add_routes(app)
        if isinstance(channel, WebChat):
            add_chat_pages(app, channel, settings)
    app.router.add_get("/healthz", _health(service))
    trust_proxies(app, settings.trusted_proxies)
    app.cleanup_ctx.append(_background(service))
    return app


def _health(service: Service) -> Callable[[web.Request], Coroutine[Any, Any, web.Response]]:
    """200 when HTTP, database and index are ready; channels don't count."""

    async def health(_request: web.Request) -> web.Response:
        try:
            number = await service.database.read(publication_number)
        except KnowledgeBaseError:
            return web.json_response({"status": "database unavailable"}, status=503)
        if not service.faq.ready:
            return web.json_response({"status": "index not ready"}, status=503)
        return web.json_response({"status": "ok", "publication": number, "channels": service.channel_states()})

    return health


def _background(service: Service) -> Callable[[web.Application], AsyncIterator[None]]:
    async def run(_app: web.Application) -> AsyncIterator[None]:
        await service.faq.refresh()
        _listen(service, asyncio.get_running_loop())
        work = [service.faq.watch(), _clockwork(service)]
        work += [supervise(channel) for channel in service.channels]
        work += [delivery.run() for delivery in service.deliveries]
        tasks = [asyncio.create_task(item) for item in work]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for channel in service.channels:
            await channel.close()

    return run


def _listen(service: Service, loop: asyncio.AbstractEventLoop) -> None:
    """Committed writes wake those who wait for them; called from the database's threads."""
    chats = [channel for channel in service.channels if isinstance(channel, WebChat)]

    def wake(signals: set[str]) -> None:
        if "outbox" in signals:
            for delivery in service.deliveries:
                delivery.wake()
            for chat in chats:
                loop.create_task(chat.tell())
        if "publication" in signals:
            loop.create_task(service.faq.refresh())

    def from_thread(signals: set[str]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(wake, signals)

    service.database.listen(from_thread)


async def _clockwork(service: Service) -> None:
    """What time brings: forgotten choices, missed promises, words kept long enough."""
    settings = service.settings

    def work(tx: Transaction) -> None:
        officer_queue.queue_forgotten_offers(tx, settings.answer_due_working_days)
        officer_queue.renew_missed_promises(tx, settings.answer_due_working_days)
        sweep(tx, settings.retention_months)

    while True:
        try:
            await service.database.write(work)
        except Exception:  # noqa: BLE001 - whatever went wrong: a clockwork that ends would keep no promise any more
            _LOG.exception("the clockwork's turn failed; it is tried again")
        await asyncio.sleep(_CLOCKWORK_SECONDS)
