"""One program writes a SQLite store at a time: a lock the system takes back when its holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge_base.errors import Unavailable

LOCK_NAME = "server.lock"


def lock_file(place: Path) -> Path:
    """The lock of a store: in its folder, whether the folder is given or the database file in it."""
    return (place if place.is_dir() else place.parent) / LOCK_NAME


@contextmanager
def hold_store(place: Path) -> Iterator[None]:
    """Hold the store in a folder (or the folder of a database file) against other writers until the block ends.

    Raises:
        Unavailable: `store_in_use` with the holder's `pid` (None when it can't be told), or `store_lock` where the
            folder can't be written or its file system knows no locks.
    """
    path = lock_file(place)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Never deleted: who opens a file that is then removed would hold a lock nobody else can see.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unavailable("store_lock", file=str(path), reason=error.strerror) from error
    try:
        _take(descriptor, path)
        yield
    finally:
        os.close(descriptor)  # lets go of the lock as well


def holder(place: Path) -> int | None:
    """The process that holds the store now; None when nobody does. For messages: it may change the next moment."""
    try:
        with hold_store(place):
            return None
    except Unavailable as error:
        return error.data.get("pid")


def _take(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Unavailable("store_in_use", pid=_read_pid(descriptor)) from error
    except OSError as error:
        raise Unavailable("store_lock", file=str(path), reason=error.strerror) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _read_pid(descriptor: int) -> int | None:
    words = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
    return int(words) if words.isdecimal() else None
