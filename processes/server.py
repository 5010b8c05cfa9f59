"""The parts of the service and how they are put together. Only composition; no rules."""

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from admin.app import build_app as build_console
from bot.channels.protocol import Channel
from bot.channels.registry import Parts, build_channels
from bot.channels.web_chat import WebChat
from bot.delivery import Delivery
from bot.inbox import Inbox
from bot.web.pages import add_routes as add_chat_pages
from info_page.app import build_app as build_info_page
from knowledge_base.clock import Clock, SystemClock
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.keys import Keys
from knowledge_base.live_faq import LiveFaq
from knowledge_base.live_units import LiveUnits
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database
from knowledge_base.storage.faq_store import publication_number
from knowledge_base.storage.sending_store import channel_states
from processes.background import background
from processes.command_socket import add_commands
from processes.proxies import trust_proxies
from processes.status import add_status

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Service:
    """Everything that runs in this process. `works`: it also sends, polls and keeps the clock's promises."""

    settings: Settings
    database: Database
    keys: Keys
    clock: Clock
    faq: LiveFaq
    units: LiveUnits
    works: bool
    channels: list[Channel] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)

    async def channel_states(self) -> dict[str, str]:
        """How each channel is doing, here or in the workers."""
        here = {channel.name: str(channel.health) for channel in self.channels}
        if self.works:
            return here
        elsewhere = await self.database.read(channel_states)
        pulled = {channel.name for channel in self.channels if channel.pulled}
        return {name: state if name in pulled else elsewhere.get(name, "down") for name, state in here.items()}

    async def fetch_media(self, channel_name: str, reference: str) -> tuple[bytes, str]:
        """A file a resident sent over a channel."""
        for channel in self.channels:
            if channel.name == channel_name:
                return await channel.fetch_media(reference)
        raise KnowledgeBaseError("media_unavailable")


def build_service(
    settings: Settings, database: Database, keys: Keys, clock: Clock | None = None, *, works: bool = True
) -> Service:
    """Put the parts together."""
    clock = clock or SystemClock()
    faq = LiveFaq(database, clock, settings.data_dir / "cache")
    units = LiveUnits(database, clock)
    inbox = Inbox(database, faq, settings, clock, units)
    channels = build_channels(Parts(inbox, database, faq, settings, clock))
    pushed = [channel for channel in channels if works and not channel.pulled]
    deliveries = [Delivery(database, channel, faq, settings, clock) for channel in pushed]
    return Service(settings, database, keys, clock, faq, units, works, channels, deliveries)


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
        service.units,
    )
    app.add_subapp("/admin", console)
    for channel in service.channels:
        channel.add_routes(app)
        if isinstance(channel, WebChat):
            add_chat_pages(app, channel, settings)
    return _completed(app, service)


def build_worker_app(service: Service) -> web.Application:
    """A worker's server: only how it is doing."""
    return _completed(web.Application(), service)


def _completed(app: web.Application, service: Service) -> web.Application:
    app.router.add_get("/healthz", _health(service))
    add_status(app, service)
    add_commands(app, service.database, service.settings)
    trust_proxies(app, service.settings.trusted_proxies)
    app.cleanup_ctx.append(background(service))
    return app


def _health(service: Service) -> Callable[[web.Request], Coroutine[Any, Any, web.Response]]:
    """200 when HTTP, database and index are ready; channels don't count."""

    async def health(_request: web.Request) -> web.Response:
        try:
            number = await service.database.read(publication_number)
            states = await service.channel_states()
        except KnowledgeBaseError:
            return web.json_response({"status": "database unavailable"}, status=503)
        if not service.faq.ready:
            return web.json_response({"status": "index not ready"}, status=503)
        return web.json_response({"status": "ok", "publication": number, "channels": states})

    return health
