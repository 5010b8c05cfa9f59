"""Running a server until it is told to stop, and the words for a start that fails."""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.settings import Settings, SettingsError, read_settings
from processes.logs import set_up_logging
from processes.release import Prepared, announce, explain

_LOG = logging.getLogger(__name__)
_STOP_SECONDS = 4.0  # requests under way may finish; platforms send again what was refused


async def serve(app: web.Application, host: str, port: int | None, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; without a port only what runs beside requests."""
    # Access logs would hold what residents search for and the codes they look up.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_SECONDS)
    await runner.setup()
    if port:
        await web.TCPSite(runner, host, port).start()
    _spare_the_collector()
    ready()
    sys.stdout.flush()
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    await stopped.wait()
    _LOG.info("stopping")
    await runner.cleanup()


def _spare_the_collector() -> None:
    """Look for cycles less often, and not among what was made for good.

    Under load a fifth of the processor time went there: each message makes hundreds of objects, and hardly a cycle.
    A start leaves a thousand objects in cycles, in 145,000: to look for them first would take a tenth of a second.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def run(prepare: Callable[[Settings], Prepared], start: Callable[[Settings, Prepared], None]) -> int:
    """Read settings, prepare the store, run; every fault is one clear word on stderr, exit 2."""
    try:
        settings = read_settings()
        set_up_logging(settings.log_level, settings.log_format)
        prepared = prepare(settings)
        announce(prepared.passwords)  # at once: they exist now, whether or not the start succeeds
    except (SettingsError, KnowledgeBaseError, SQLAlchemyError, OSError) as error:
        print(explain(error), file=sys.stderr)
        return 2
    try:
        start(settings, prepared)
    except OSError as error:
        print(f"HOST, PORT: {error}", file=sys.stderr)
        return 2
    finally:
        prepared.close()
    return 0
