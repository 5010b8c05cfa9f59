"""The console for officers, editors and administrators: one aiohttp application, mounted at /admin."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from admin.console import CONSOLE, ChannelStates, Console, FetchMedia
from admin.errors import in_words
from admin.guard import guard
from admin.headers import secure
from admin.policy import ROUTES
from knowledge_base.clock import Clock
from knowledge_base.keys import Keys
from knowledge_base.live_faq import LiveFaq
from knowledge_base.live_units import LiveUnits
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database
from knowledge_base.trials import Trials

_STATIC = Path(__file__).parent / "static"


async def _close(app: web.Application) -> None:
    app[CONSOLE].password_threads.shutdown(wait=False, cancel_futures=True)
    app[CONSOLE].trials.close()


async def _questions_at_hand(app: web.Application) -> AsyncIterator[None]:
    """While editors are at work, what residents asked is read beside all else, so that an edit can be tried on it."""
    reading = asyncio.create_task(app[CONSOLE].trials.asked.keep_up())
    yield
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


def build_app(
    database: Database,
    faq: LiveFaq,
    settings: Settings,
    keys: Keys,
    clock: Clock,
    fetch_media: FetchMedia | None = None,
    channel_states: ChannelStates | None = None,
    units: LiveUnits | None = None,
) -> web.Application:
    """The console as an application; `fetch_media(channel, ref)` opens what residents sent, where a channel can."""
    app = web.Application(middlewares=[secure, in_words, guard])
    trials = Trials(database, faq)
    app[CONSOLE] = Console(
        database, faq, settings, keys, clock, units or LiveUnits(database, clock), trials, fetch_media, channel_states
    )
    for route in ROUTES:
        app.router.add_resource(route.path, name=route.name).add_route(route.method, route.handler)
    app.router.add_static("/static", _STATIC, name="static", append_version=True)
    app.cleanup_ctx.append(_questions_at_hand)
    app.on_cleanup.append(_close)
    return app
