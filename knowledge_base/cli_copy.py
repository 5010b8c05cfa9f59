"""`copy --to URL`: a store moved from one database to the other, counted and compared."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from knowledge_base.cli_backup import REFUSED, explain
from knowledge_base.errors import KnowledgeBaseError, NotFound, Unavailable
from knowledge_base.settings import Settings
from knowledge_base.storage import postgresql_dump
from knowledge_base.storage.copying import Sum, copy_store
from knowledge_base.storage.dialect import is_sqlite, postgresql_engine, sqlite_engine
from knowledge_base.storage.lock import hold_store
from knowledge_base.storage.sqlite_dump import database_path

WORDS = {
    "schema_not_current": "{side}: its schema is not this program's; run `python -m processes.release` on it",
    "target_not_empty": "the target holds something already (table {table}); copy into an empty database",
    "copy_differs": "table {table}: what arrived is not what was sent ({sent}, {arrived}); nothing was kept",
}


def add_copy_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `copy`."""
    parser.add_argument("--to", required=True, type=_url, metavar="URL", help="postgresql://… or sqlite:///path, empty")


def _url(words: str) -> str:
    with contextlib.suppress(ArgumentError):
        if make_url(words).get_backend_name() in ("sqlite", "postgresql"):
            return words
    raise argparse.ArgumentTypeError("expected postgresql://user@host/name or sqlite:///path")


def copy_command(arguments: argparse.Namespace, settings: Settings) -> int:
    """Copy the store of DATABASE_URL to another database; prints rows and checksum of every table."""
    try:
        with ExitStack() as held:
            source = held.enter_context(_held(settings.database, writes=False))
            target = held.enter_context(_held(arguments.to, writes=True))
            sums = copy_store(source, target, _tell)
    except KnowledgeBaseError as error:
        words = WORDS.get(error.key)
        print(words.format_map(error.data) if words else explain(error), file=sys.stderr)
        return REFUSED
    print(f"copied {sum(one.rows for one in sums.values())} rows in {len(sums)} tables; all are equal on both sides")
    print("Set DATABASE_URL to the new place, keep SECRET_KEY, start; then delete the old store.")
    return 0


def _tell(table: str, found: Sum) -> None:
    print(f"{table:<20} {found.rows:>9} rows  {found.checksum}", flush=True)


@contextmanager
def _held(url: str, *, writes: bool) -> Iterator[Engine]:
    """One side's engine, while nobody else uses the store."""
    if not is_sqlite(url):
        if others := postgresql_dump.other_clients(url):
            raise Unavailable("store_in_use", connections=others)
        engine = postgresql_engine(url)
        try:
            yield engine
        finally:
            engine.dispose()
        return
    path = database_path(url)
    if not writes and not path.exists():
        raise NotFound("store", file=str(path))
    with hold_store(path):
        engine = sqlite_engine(url, read_only=not writes)
        try:
            yield engine
        finally:
            engine.dispose()
