"""`python -m processes.worker`: sends, polls, keeps the clock's promises; several copies, on PostgreSQL."""

import asyncio
import sys

from knowledge_base.settings import Settings
from processes.release import Prepared, attach
from processes.server import build_service, build_worker_app
from processes.serving import run, serve


def _start(settings: Settings, prepared: Prepared) -> None:
    app = build_worker_app(build_service(settings, prepared.database, prepared.keys))
    asyncio.run(serve(app, settings.host, settings.status_port, lambda: print("Worker is ready.")))


if __name__ == "__main__":
    sys.exit(run(attach, _start))
