"""`python -m processes.standalone`: prepare the store, then serve everything in one process (`make run`)."""

import asyncio
import sys

from knowledge_base.settings import Settings
from processes.release import Prepared, prepare
from processes.server import build_app, build_service
from processes.serving import run, serve


def _start(settings: Settings, prepared: Prepared) -> None:
    app = build_app(build_service(settings, prepared.database, prepared.keys))
    asyncio.run(serve(app, settings.host, settings.port, lambda: print_addresses(settings)))


def print_addresses(settings: Settings) -> None:
    """Where everything is now."""
    print("Hỏi–Đáp Giảm Nghèo is ready:")
    for name, path in (("Info page", "/"), ("Web chat", "/chat"), ("Console", "/admin/"), ("Health", "/healthz")):
        print(f"  {name:<10} {settings.site}{path}")


if __name__ == "__main__":
    sys.exit(run(prepare, _start))
