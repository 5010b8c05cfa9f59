"""A store brought back from a backup: proven first, then put in place whole; never over a store that is in use."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url

from knowledge_base.backup import Label, read_label, unpacked
from knowledge_base.erasing import replay
from knowledge_base.erasure_list import Erasure
from knowledge_base.errors import Conflict, InvalidInput, NotFound, Unavailable
from knowledge_base.keys import Keys
from knowledge_base.sealed_file import read_sealed
from knowledge_base.storage import postgresql_dump, sqlite_dump
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import is_sqlite, postgresql_engine, sqlite_engine
from knowledge_base.storage.lock import hold_store
from knowledge_base.storage.repair_store import doubt_unsettled
from knowledge_base.storage.schema import knows, migrate, schema_state
from knowledge_base.storage.scrubbing import overwrite
from knowledge_base.storage.sqlite_dump import database_path

_SCRATCH = ".restore-"


@dataclass(frozen=True, slots=True)
class Restored:
    """A store that is back: what the backup says of itself, what was done to it, where an old store went."""

    label: Label
    migrated: bool
    doubtful: int  # messages that may have been sent since the backup was made
    aside: Path | None
    seconds: float
    erased: int = 0  # residents who had their data erased since the backup was made, and here again


@dataclass(frozen=True, slots=True)
class Erasures:
    """Who had his data erased, and the keys that such a list is written with."""

    listed: Sequence[Erasure]
    keys: Keys


def restore_backup(
    file: Path,
    url: str,
    secret: str,
    secret_mark: str | None,
    now: datetime,
    *,
    force: bool = False,
    plain: bool = False,
    quarantine: bool = False,
    erasures: Erasures | None = None,
) -> Restored:
    """Bring a store back from `file` to the database `url`; a store there is replaced only with `force`.

    `secret_mark` None: whether this SECRET_KEY opens the residents' addresses isn't asked. `plain`: a file that isn't
    sealed is taken too, though anybody could have made it. `quarantine`: messages that may have been sent since the
    backup was made wait for a human; else they are sent, marked as repeats. `erasures`: who is to be erased again, and
    the keys by which he is known; without them the next start does it.

    Raises:
        NotFound, InvalidInput: no such file, or it is not sound, or not sealed; nothing was changed.
        Conflict: `store_not_empty`, `backup_kind` (of the other database), `secret_differs`.
        Unavailable: `store_in_use`, `schema_newer`, `program_missing`.
    """
    began = time.monotonic()
    try:
        with file.open("rb") as source:
            label = read_label(source)
    except OSError as error:
        raise NotFound("backup", file=str(file), reason=error.strerror) from error
    _check_label(label, url, secret_mark, plain)
    task = _Task(file, label, secret if label.sealed else "", now, force, quarantine, erasures)
    if is_sqlite(url):
        done, aside = _restore_sqlite(task, database_path(url))
    else:
        done, aside = _restore_postgresql(task, url), None
    return Restored(label, done.migrated, done.doubtful, aside, time.monotonic() - began, done.erased)


@dataclass(frozen=True, slots=True)
class _Done:
    migrated: bool
    doubtful: int
    erased: int


@dataclass(frozen=True, slots=True)
class _Task:
    file: Path
    label: Label
    secret: str
    now: datetime
    force: bool
    quarantine: bool
    erasures: Erasures | None

    def opened(self) -> Iterator[bytes]:
        """What the backup holds, each piece proven; a cut shows at the end."""
        with self.file.open("rb") as source:
            yield from read_sealed(source, self.secret)


def _check_label(label: Label, url: str, secret_mark: str | None, plain: bool) -> None:
    kind = "sqlite" if is_sqlite(url) else "postgresql"
    if label.kind != kind:
        raise Conflict("backup_kind", backup=label.kind, target=kind)
    # What is not sealed was sealed with no secret: that shows damage, not who made it.
    if not label.sealed and not plain:
        raise InvalidInput("backup_plain")
    if not knows(label.facts.schema):
        raise Unavailable("schema_newer")
    if secret_mark is not None and secret_mark != label.secret_mark:
        raise Conflict("secret_differs")


def _restore_sqlite(task: _Task, target: Path) -> tuple[_Done, Path | None]:
    target.parent.mkdir(parents=True, exist_ok=True)
    with hold_store(target):
        for leftover in target.parent.glob(f"{_SCRATCH}*"):  # of a restore that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        if target.exists() and target.stat().st_size and not task.force:
            raise Conflict("store_not_empty", store=str(target))
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=_SCRATCH) as place:
            ready = Path(place) / target.name
            with ready.open("xb") as sink:
                os.fchmod(sink.fileno(), 0o600)
                sink.writelines(unpacked(task.opened()))
            sqlite_dump.check_copy(ready, task.label.facts)
            done = _finish(sqlite_engine(f"sqlite:///{ready}", read_only=False), task)
            sqlite_dump.make_single(ready)
            return done, sqlite_dump.install(ready, target, task.now)


def _restore_postgresql(task: _Task, url: str) -> _Done:
    if others := postgresql_dump.other_clients(url):
        raise Unavailable("store_in_use", connections=others)
    if postgresql_dump.table_names(url) and not task.force:
        raise Conflict("store_not_empty", store=make_url(url).database)
    postgresql_dump.check_dump(task.opened(), task.label.facts)  # all of it, before anything is let go
    postgresql_dump.drop_tables(url)
    postgresql_dump.play_in(url, task.opened(), task.label.facts)
    return _finish(postgresql_engine(url), task)


def _finish(engine: Engine, task: _Task) -> _Done:
    """Bring the store to the schema of this program; erase again; doubt what may have been sent since."""
    try:
        older = schema_state(engine) != "current"
        if older:
            migrate(engine)
        with engine.connect() as connection, connection.begin():
            erased = _erase_again(connection, task)
            doubtful = doubt_unsettled(connection, task.now, quarantine=task.quarantine)
        if erased:
            overwrite(engine)
        return _Done(older, doubtful, erased)
    finally:
        engine.dispose()


def _erase_again(connection: Connection, task: _Task) -> int:
    if task.erasures is None:
        return 0
    return replay(Transaction(connection, task.now, task.erasures.keys), task.erasures.listed)
