"""How work reaches the store: `write(verb, …)` and `read(verb, …)` run synchronous verbs, whole or not at all.

A verb is a function of (transaction, input). It never opens or commits a transaction and does no I/O besides.
SQLite: one writer thread groups many verbs into one COMMIT, each in a savepoint of its own (`on_sqlite.py`).
PostgreSQL: a pool; a unit of work that meets a passing fault is run again, whole (`on_postgresql.py`).
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Executable
from sqlalchemy.exc import DBAPIError

from knowledge_base.clock import Clock
from knowledge_base.errors import Unavailable
from knowledge_base.keys import Keys
from knowledge_base.questions.deadline import Calendar
from knowledge_base.storage.dialect import insert_for, may_retry

if TYPE_CHECKING:
    from sqlalchemy.engine import CursorResult

P = ParamSpec("P")
T = TypeVar("T")
_LOG = logging.getLogger(__name__)
TRIES = 5
_PAUSE_SECONDS = 0.1


@dataclass(slots=True)
class Transaction:
    """What a verb works with: the open transaction, the moment, the keys, and whom to wake after COMMIT."""

    connection: Connection
    now: datetime
    keys: Keys
    signals: set[str] = field(default_factory=set)
    calendar: Calendar | None = None  # read once a transaction, by `calendar_store`

    def execute(self, statement: Executable, parameters: Any = None) -> "CursorResult[*tuple[Any, ...]]":
        """Run one statement in this transaction."""
        return self.connection.execute(statement, parameters)

    def insert(self, table: Any) -> Any:
        """An INSERT that knows ON CONFLICT on both databases."""
        return insert_for(self.connection.dialect.name)(table)

    def signal(self, name: str) -> None:
        """Wake whoever listens for `name` ("outbox", "publication") once this is committed."""
        self.signals.add(name)


Verb = Callable[Concatenate[Transaction, P], T]
Listener = Callable[[set[str]], None]


class Database(Protocol):
    """The storage contract; the same for both databases."""

    engine: Engine

    async def write(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb that changes things; returns after COMMIT.

        Raises:
            Unavailable: the database is out of order, or more is waiting than may wait ("busy"). Nothing is known to
                be kept; the caller may run the same thing again if its effect has a key of its own.
        """
        ...

    async def read(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb that only reads."""
        ...

    def write_now(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`write` for callers without an event loop (command line)."""
        ...

    def read_now(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`read` for callers without an event loop."""
        ...

    async def scrub(self) -> bool:
        """Overwrite what blanked rows left in the database's files; False: try again, others are in the way."""
        ...

    def listen(self, listener: Listener) -> None:
        """Call `listener` with the signals of every committed write (from any thread)."""
        ...

    def close(self) -> None:
        """Finish what is under way and let go of the database."""
        ...


def unavailable(error: Exception) -> Unavailable:
    """A driver's error in our words."""
    return Unavailable("database", reason=str(getattr(error, "orig", error)))


def pause(attempt: int) -> None:
    """Wait before trying again, twice as long each time: a server that crashed needs a second or two."""
    time.sleep(_PAUSE_SECONDS * 2 ** (attempt - 1))


def name_of(verb: Callable[..., Any]) -> str:
    """What a verb is called, in crash points."""
    return getattr(verb, "__name__", "write")


class Base:
    """What both databases share: readers in a thread pool, listeners."""

    def __init__(self, readers: Engine, clock: Clock, keys: Keys, threads: int) -> None:
        self._readers = readers
        self._clock = clock
        self._keys = keys
        self._listeners: list[Listener] = []
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="database")

    def listen(self, listener: Listener) -> None:
        """See `Database`."""
        self._listeners.append(listener)

    def _transaction(self, connection: Connection) -> Transaction:
        return Transaction(connection, self._clock.now(), self._keys)

    def _tell(self, signals: set[str]) -> None:
        if signals:
            for listener in self._listeners:
                try:
                    listener(signals)
                except Exception:  # noqa: BLE001 - a listener's fault must not end the writer
                    _LOG.exception("a listener failed")

    def read_now(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Database`."""
        for attempt in range(1, TRIES + 1):
            try:
                with self._readers.connect() as connection, connection.begin():
                    return verb(self._transaction(connection), *args, **kwargs)
            except DBAPIError as error:
                if attempt == TRIES or not may_retry(error):
                    raise unavailable(error) from error
                pause(attempt)
        raise AssertionError  # pragma: no cover - the loop returns or raises

    async def read(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Database`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self.read_now(verb, *args, **kwargs))
