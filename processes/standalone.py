"""`python -m processes.standalone`: prepare the store, then serve everything in one process (`make run`, `web`)."""

import asyncio
import logging
import signal
import sys

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.settings import Settings, SettingsError, read_settings
from processes.logs import set_up_logging
from processes.release import Prepared, announce, explain, prepare
from processes.server import build_app, build_service

_LOG = logging.getLogger(__name__)
_STOP_SECONDS = 4.0  # requests under way may finish; platforms send again what was refused


async def serve(settings: Settings, prepared: Prepared) -> None:
    """Serve until SIGTERM or SIGINT."""
    app = build_app(build_service(settings, prepared.database, prepared.keys))
    # Access logs would hold what residents search for and the codes they look up.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_SECONDS)
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port)
    await site.start()
    _print_addresses(settings)
    sys.stdout.flush()
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    await stopped.wait()
    _LOG.info("stopping")
    await runner.cleanup()


def _print_addresses(settings: Settings) -> None:
    print("Hỏi–Đáp Giảm Nghèo is ready:")
    for name, path in (("Info page", "/"), ("Web chat", "/chat"), ("Console", "/admin/"), ("Health", "/healthz")):
        print(f"  {name:<10} {settings.site}{path}")


def main() -> int:
    """Read settings, prepare, serve; every fault is one clear word on stderr, exit 2."""
    try:
        settings = read_settings()
        set_up_logging(settings.log_level, settings.log_format)
        prepared = prepare(settings)
        announce(prepared.passwords)  # at once: they exist now, whether or not the start succeeds
    except (SettingsError, KnowledgeBaseError, SQLAlchemyError, OSError) as error:
        print(explain(error), file=sys.stderr)
        return 2
    try:
        asyncio.run(serve(settings, prepared))
    except OSError as error:
        print(f"HOST, PORT: {error}", file=sys.stderr)
        return 2
    finally:
        prepared.database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
