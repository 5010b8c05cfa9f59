"""How commands reach the store: reading beside a server, writing through it, or alone when there is none.

With SQLite a file has one writer. A command that writes takes the store's lock and writes alone; if a server holds it,
the server is asked to carry the command out. PostgreSQL has many writers, so commands write to it directly.
"""

import argparse
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from knowledge_base.cli_io import Terminal
from knowledge_base.cli_remote import Answer, Request, ask_server
from knowledge_base.clock import SystemClock
from knowledge_base.errors import Unavailable
from knowledge_base.keys import Keys
from knowledge_base.settings import Settings, secret_key
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.dialect import is_sqlite
from knowledge_base.storage.lock import hold_store
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import migrate, schema_seen
from knowledge_base.storage.sqlite_dump import database_path

Command = Callable[[argparse.Namespace, Settings], int]
Work = Callable[[argparse.Namespace, Database, Terminal], int]
_PATIENCE_SECONDS = 15.0  # with a server that is starting, or another command that writes
_PAUSE_SECONDS = 0.1


def _seen(tx: Transaction) -> str:
    return schema_seen(tx.connection)


@contextmanager
def _open(settings: Settings) -> Iterator[Database]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.database, SystemClock(), Keys.from_secret(secret_key(settings)))
    try:
        yield database
    finally:
        database.close()


@contextmanager
def to_read(settings: Settings) -> Iterator[Database]:
    """The store for a command that only reads; runs beside a server. An older store is brought up to date first."""
    if is_sqlite(settings.database) and not database_path(settings.database).exists():
        with to_write_alone(settings):
            pass
    with _open(settings) as database:
        state = database.read_now(_seen)
        if state == "newer":
            raise Unavailable("schema_newer")
        if state == "current":
            yield database
            return
    with to_write_alone(settings) as database:
        yield database


@contextmanager
def to_write_alone(settings: Settings) -> Iterator[Database]:
    """The store for a command that writes to it itself.

    Raises:
        Unavailable: `store_in_use` (SQLite).
    """
    if not is_sqlite(settings.database):
        with _open(settings) as database:
            migrate(database.engine)
            yield database
        return
    with hold_store(database_path(settings.database).absolute()), _open(settings) as database:
        migrate(database.engine)
        yield database


def reading(work: Work) -> Command:
    """A command that only reads."""

    def command(arguments: argparse.Namespace, settings: Settings) -> int:
        with to_read(settings) as database:
            return work(arguments, database, Terminal())

    return command


def writing(work: Work, typed: Callable[[argparse.Namespace], bool] = lambda _arguments: False) -> Command:
    """A command that writes; `typed` tells whether it wants a line from stdin."""

    def command(arguments: argparse.Namespace, settings: Settings) -> int:
        terminal = Terminal()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        line = ""
        while True:
            try:
                with to_write_alone(settings) as database:
                    return work(arguments, database, replace(terminal, stdin=io.StringIO(line)) if line else terminal)
            except Unavailable as error:
                if error.key != "store_in_use":
                    raise
                in_use = error
            if typed(arguments) and not line:
                line = terminal.stdin.readline()
            answer = ask_server(_folder(settings), Request(arguments.typed_arguments, str(Path.cwd()), line))
            if answer is not None:
                return _tell(answer, terminal)
            if time.monotonic() > deadline:
                raise in_use
            time.sleep(_PAUSE_SECONDS)

    return command


def _folder(settings: Settings) -> Path:
    return database_path(settings.database).absolute().parent


def _tell(answer: Answer, terminal: Terminal) -> int:
    terminal.stdout.write(answer.stdout)
    terminal.stderr.write(answer.stderr)
    return answer.code
