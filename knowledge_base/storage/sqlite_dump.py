"""A whole SQLite store as one file, taken beside a running server; and such a file put in a store's place."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from knowledge_base.errors import InvalidInput, NotFound

_PAGES = 2_000  # copied at once; between them a writer in the same process may go on
_SIDE_FILES = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What is compared between a store and its copy: the schema's revision and the number of rows by table."""

    schema: str | None
    rows: dict[str, int]


def database_path(url: str) -> Path:
    """The file of a `sqlite:///…` URL."""
    return Path(make_url(url).database or "")


def _read(connection: sqlite3.Connection) -> StoreFacts:
    query = r"SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'"
    names = sorted(name for (name,) in connection.execute(query))
    rows = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608
    found = (
        connection.execute("SELECT version_num FROM alembic_version").fetchone() if "alembic_version" in rows else None
    )
    return StoreFacts(found[0] if found else None, rows)


@contextlib.contextmanager
def _reader(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can't write and, above all, never checkpoints: not by itself, and not when it closes."""
    if not path.exists():
        raise NotFound("store", file=str(path))
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("PRAGMA busy_timeout=30000")
        yield connection


def copy_out(path: Path, target: Path) -> StoreFacts:
    """Copy a store, as it is at one moment, into a new file; returns what that moment held.

    The counts are taken in the same read transaction from which the pages are copied, so that they prove the copy.
    """
    with _reader(path) as source, closing(sqlite3.connect(target, isolation_level=None)) as copy:
        source.execute("BEGIN")
        facts = _read(source)
        source.backup(copy, pages=_PAGES)
        source.execute("ROLLBACK")
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    return facts


def check_copy(path: Path, expected: StoreFacts) -> None:
    """Prove a copy: SQLite's own check, foreign keys, the rows of every table, the schema's revision.

    Raises:
        InvalidInput: `backup_unsound`, with what is wrong.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            said = [line for (line,) in connection.execute("PRAGMA integrity_check(5)")]
            if said != ["ok"]:
                raise InvalidInput("backup_unsound", reason=said[0])
            if connection.execute("PRAGMA foreign_key_check").fetchone():
                raise InvalidInput("backup_unsound", reason="a foreign key leads nowhere")
            found = _read(connection)
    except sqlite3.DatabaseError as error:
        raise InvalidInput("backup_unsound", reason=str(error)) from error
    if found != expected:
        raise InvalidInput("backup_unsound", reason=f"expected {expected}, found {found}")


def make_single(path: Path) -> None:
    """Take what a store's WAL holds into its file, so that the file can be moved alone."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")


def install(ready: Path, target: Path, now: datetime) -> Path | None:
    """Put a finished file (in the same folder) in a store's place; returns where the old store went, if there was one.

    The caller holds the store. The old file and its WAL go aside together: a WAL left behind would be played into
    the new file. A stop between the steps leaves no store, and the next try finds the same way.
    """
    aside = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%SZ}")
    had_one = target.exists()
    for ending in ("", *_SIDE_FILES):
        with contextlib.suppress(FileNotFoundError):
            target.with_name(target.name + ending).rename(aside.with_name(aside.name + ending))
    sync(ready)
    sync(target.parent)
    ready.rename(target)
    sync(target.parent)
    return aside if had_one else None


def sync(path: Path) -> None:
    """Have a file's bytes, or a folder's names, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
