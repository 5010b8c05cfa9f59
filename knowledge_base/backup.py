"""Backups of a whole store: taken while it serves, proven, sealed, written whole or not at all, rotated.

SQLite is copied by a reader that never checkpoints; PostgreSQL is dumped by its own program. Each file is read back
from the disk, opened and compared before older ones are let go.
"""

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from knowledge_base.errors import InvalidInput, Unavailable
from knowledge_base.rotation import DEFAULT, Keep, kept
from knowledge_base.sealed_file import read_header, read_sealed, write_sealed
from knowledge_base.storage import postgresql_dump, sqlite_dump
from knowledge_base.storage.dialect import is_sqlite
from knowledge_base.storage.lock import hold_store
from knowledge_base.storage.sqlite_dump import StoreFacts, sync

_PIECE = 256 * 1024
_NAME = re.compile(r"store-(\d{8}T\d{6}Z)\.backup")
_STAMP = "%Y%m%dT%H%M%SZ"
_SCRATCH = ".backup-"


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup: its file, what it holds, bytes on disk, seconds it took, older ones removed."""

    path: Path
    facts: StoreFacts
    size: int
    seconds: float
    removed: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """What a backup's header says of it."""

    kind: str  # sqlite | postgresql
    facts: StoreFacts
    made_at: datetime
    sealed: bool
    secret_mark: str

    def as_json(self) -> dict[str, Any]:
        """As the header holds it."""
        return {
            "kind": self.kind,
            "schema": self.facts.schema,
            "rows": self.facts.rows,
            "made_at": self.made_at.strftime(_STAMP),
            "sealed": self.sealed,
            "secret_mark": self.secret_mark,
        }


def read_label(file: BinaryIO) -> Label:
    """What a backup says of itself; believed only once the whole file has been opened."""
    header = read_header(file)
    try:
        made_at = datetime.strptime(header["made_at"], _STAMP).replace(tzinfo=UTC)
        facts = StoreFacts(header["schema"], dict(header["rows"]))
        return Label(header["kind"], facts, made_at, bool(header["sealed"]), header["secret_mark"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput("backup_damaged") from error


def make_backup(
    url: str,
    folder: Path,
    scratch: Path,
    secret: str,
    secret_mark: str,
    now: datetime,
    keep: Keep = DEFAULT,
    oldest: datetime | None = None,
) -> Made:
    """Back a store up into a folder; `secret` empty: not encrypted, only protected against damage.

    Those made before `oldest` go, whatever `keep` says: they hold what residents have had erased since.

    `scratch` is a folder as well guarded as the store: SQLite's plain copy lies there until it is sealed.

    Raises:
        NotFound: there is no store. Unavailable: a program or the database is missing, another backup is being made,
            the folder can't be written. InvalidInput: the copy does not prove sound; nothing is kept of it.
    """
    began = time.monotonic()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with hold_store(folder):  # two at once would count each other's leftovers as their own
            _clear_leftovers(folder, scratch)
            path = folder / f"store-{now.strftime(_STAMP)}.backup"
            with _source(url, scratch) as (kind, facts, pieces):
                label = Label(kind, facts, now, bool(secret), secret_mark)
                _write_whole(path, lambda part: _seal_and_prove(part, secret, label, pieces))
            removed = _rotate(folder, keep, oldest)
    except OSError as error:
        raise Unavailable(
            "backup_not_written", reason=f"{error.strerror or error}: {error.filename or folder}"
        ) from error
    return Made(path, facts, path.stat().st_size, time.monotonic() - began, removed)


@contextlib.contextmanager
def _source(url: str, scratch: Path) -> Iterator[tuple[str, StoreFacts, Iterable[bytes]]]:
    """The store as a stream, with what it holds."""
    if not is_sqlite(url):
        with postgresql_dump.dump(url) as (facts, pieces):
            yield "postgresql", facts, pieces
        return
    with tempfile.TemporaryDirectory(dir=scratch, prefix=_SCRATCH) as place:
        copy = Path(place) / "copy.sqlite3"
        facts = sqlite_dump.copy_out(sqlite_dump.database_path(url), copy)
        sqlite_dump.check_copy(copy, facts)
        yield "sqlite", facts, packed(pieces_of(copy))


def pieces_of(path: Path) -> Iterator[bytes]:
    """A file's bytes."""
    with path.open("rb") as file:
        yield from iter(lambda: file.read(_PIECE), b"")


def packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A stream made smaller (zlib)."""
    packer = zlib.compressobj()
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What `packed` made, as it was; never more than a piece at once, whatever the stream claims."""
    opener = zlib.decompressobj()
    try:
        for piece in pieces:
            waiting = piece
            while waiting:
                yield opener.decompress(waiting, _PIECE)
                waiting = opener.unconsumed_tail
        yield opener.flush()
    except zlib.error as error:
        raise InvalidInput("backup_damaged") from error
    if not opener.eof:
        raise InvalidInput("backup_damaged")


def _seal_and_prove(part: Path, secret: str, label: Label, pieces: Iterable[bytes]) -> None:
    """Write the sealed file, then read it back from the disk and prove that it holds what went in."""
    went_in = hashlib.sha256()

    def counted() -> Iterator[bytes]:
        for piece in pieces:
            went_in.update(piece)
            yield piece

    with part.open("xb") as sink:
        os.fchmod(sink.fileno(), 0o600)
        write_sealed(sink, secret, label.as_json(), counted())
        sink.flush()
        os.fsync(sink.fileno())
    came_out = hashlib.sha256()

    def read_back() -> Iterator[bytes]:
        with part.open("rb") as file:
            for piece in read_sealed(file, secret):
                came_out.update(piece)
                yield piece

    if label.kind == "postgresql":
        postgresql_dump.check_dump(read_back(), label.facts)
    for _piece in read_back() if label.kind == "sqlite" else ():
        pass
    if came_out.digest() != went_in.digest():
        raise InvalidInput("backup_unsound", reason="what was read back is not what was written")


def _write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """A file that is there complete, on the disk, or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        write(part)
        if path.exists():
            raise Unavailable("backup_exists", file=str(path))
        part.rename(path)
        sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _clear_leftovers(folder: Path, scratch: Path) -> None:
    """What a backup that was killed left behind; a plain copy of the store must not lie about."""
    for part in folder.glob(".store-*.backup.part"):
        part.unlink(missing_ok=True)
    for place in scratch.glob(f"{_SCRATCH}*"):
        shutil.rmtree(place, ignore_errors=True)


def backups_in(folder: Path) -> dict[datetime, Path]:
    """The backups in a folder by the moment they show; nothing else in it is ours."""
    found = ((path, _NAME.fullmatch(path.name)) for path in folder.glob("store-*.backup"))
    return {datetime.strptime(name.group(1), _STAMP).replace(tzinfo=UTC): path for path, name in found if name}


def _rotate(folder: Path, keep: Keep, oldest: datetime | None) -> tuple[Path, ...]:
    made = backups_in(folder)
    old = sorted(at for at in set(made) if at not in kept(made, keep) or (oldest is not None and at < oldest))
    for at in old:
        made[at].unlink(missing_ok=True)
    sync(folder)
    return tuple(made[at] for at in old)
