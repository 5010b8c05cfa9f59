"""`python -m processes.web`: faces and webhooks; as many copies as are wanted, on PostgreSQL. Workers do the rest."""

import asyncio
import sys

from knowledge_base.settings import Settings
from processes.release import Prepared, attach
from processes.server import build_app, build_service
from processes.serving import run, serve
from processes.standalone import print_addresses


def _start(settings: Settings, prepared: Prepared) -> None:
    app = build_app(build_service(settings, prepared.database, prepared.keys, works=False))
    asyncio.run(serve(app, settings.host, settings.port, lambda: print_addresses(settings)))


if __name__ == "__main__":
    sys.exit(run(attach, _start))
