"""How work reaches the store: `write(verb, …)` and `read(verb, …)` run synchronous verbs, whole or not at all.

A verb is a function of (transaction, input). It never opens or commits a transaction and does no I/O besides.
SQLite: one writer thread groups many verbs into one COMMIT, each in a savepoint of its own.
PostgreSQL: a pool; a unit of work that meets a passing fault is run again, whole.
"""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Executable
from sqlalchemy.exc import DBAPIError

from knowledge_base.clock import Clock
from knowledge_base.errors import Unavailable
from knowledge_base.keys import Keys
from knowledge_base.storage.dialect import (
    insert_for,
    is_out_of_order,
    is_sqlite,
    may_retry,
    postgresql_engine,
    sqlite_engine,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import CursorResult

P = ParamSpec("P")
T = TypeVar("T")
_LOG = logging.getLogger(__name__)
_GROUP = 256  # verbs in one COMMIT at most
_TRIES = 5


@dataclass(slots=True)
class Transaction:
    """What a verb works with: the open transaction, the moment, the keys, and whom to wake after COMMIT."""

    connection: Connection
    now: datetime
    keys: Keys
    signals: set[str] = field(default_factory=set)

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
        """Run a verb that changes things; returns after COMMIT."""
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

    def listen(self, listener: Listener) -> None:
        """Call `listener` with the signals of every committed write (from any thread)."""
        ...

    def close(self) -> None:
        """Finish what is under way and let go of the database."""
        ...


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable("database", reason=str(getattr(error, "orig", error)))


@dataclass(slots=True)
class _Operation:
    run: Callable[[Transaction], Any]
    future: Future[Any]
    signals: set[str] = field(default_factory=set)
    result: Any = None


class _Base:
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

    def _tell(self, signals: set[str]) -> None:
        if signals:
            for listener in self._listeners:
                try:
                    listener(signals)
                except Exception:  # noqa: BLE001 - a listener's fault must not end the writer
                    _LOG.exception("a listener failed")

    def read_now(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Database`."""
        try:
            with self._readers.connect() as connection, connection.begin():
                return verb(Transaction(connection, self._clock.now(), self._keys), *args, **kwargs)
        except DBAPIError as error:
            raise _unavailable(error) from error

    async def read(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Database`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self.read_now(verb, *args, **kwargs))


class SqliteDatabase(_Base):
    """One writer thread with group commit; readers beside it."""

    def __init__(self, url: str, clock: Clock, keys: Keys) -> None:
        super().__init__(sqlite_engine(url, read_only=True), clock, keys, threads=4)
        self.engine = sqlite_engine(url, read_only=False)
        self._operations: queue.SimpleQueue[_Operation | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_forever, name="database-writer", daemon=True)
        self._writer.start()

    def _submit(self, run: Callable[[Transaction], Any]) -> Future[Any]:
        operation = _Operation(run, Future())
        self._operations.put(operation)
        return operation.future

    async def write(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Database`."""
        # Shielded: a caller who goes away must not make a committed write look cancelled to the writer.
        future = asyncio.wrap_future(self._submit(lambda tx: verb(tx, *args, **kwargs)))
        result: T = await asyncio.shield(future)
        return result

    def write_now(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Database`."""
        result: T = self._submit(lambda tx: verb(tx, *args, **kwargs)).result()
        return result

    def close(self) -> None:
        """See `Database`."""
        self._operations.put(None)
        self._writer.join(timeout=10)
        self._threads.shutdown()
        self._readers.dispose()
        self.engine.dispose()

    def _write_forever(self) -> None:
        while (batch := self._next_batch()) is not None:
            done: list[_Operation] = []
            try:
                with self.engine.connect() as connection, connection.begin():
                    done = [operation for operation in batch if self._run_one(connection, operation)]
            except Exception as error:  # noqa: BLE001 - whatever it is: a writer that ends leaves every caller waiting
                failure = _unavailable(error)
                for operation in batch:
                    if not operation.future.done():
                        operation.future.set_exception(failure)
                continue
            self._tell(set().union(*(operation.signals for operation in done)))
            for operation in done:
                if not operation.future.cancelled():
                    operation.future.set_result(operation.result)

    def _next_batch(self) -> list[_Operation] | None:
        batch = [self._operations.get()]
        while len(batch) < _GROUP and not self._operations.empty():
            batch.append(self._operations.get())
        operations = [operation for operation in batch if operation is not None]
        if len(operations) < len(batch):  # closing: finish what came before, then stop
            self._operations.put(None)
        return operations or None

    def _run_one(self, connection: Connection, operation: _Operation) -> bool:
        """Run one verb in a savepoint; False when it failed alone and its caller has been told."""
        savepoint = connection.begin_nested()
        try:
            transaction = Transaction(connection, self._clock.now(), self._keys)
            operation.result = operation.run(transaction)
            operation.signals = transaction.signals
            savepoint.commit()
        except Exception as error:  # noqa: BLE001 - whatever a verb raises belongs to its caller, not to the writer
            savepoint.rollback()
            operation.future.set_exception(_unavailable(error) if is_out_of_order(error) else error)
            return False
        return True


class PostgresqlDatabase(_Base):
    """A pool of connections; each write is a transaction, retried whole on passing faults."""

    def __init__(self, url: str, clock: Clock, keys: Keys) -> None:
        self.engine = postgresql_engine(url)
        super().__init__(self.engine, clock, keys, threads=10)

    def write_now(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Database`."""
        for attempt in range(1, _TRIES + 1):
            try:
                with self.engine.connect() as connection, connection.begin():
                    transaction = Transaction(connection, self._clock.now(), self._keys)
                    result = verb(transaction, *args, **kwargs)
            except DBAPIError as error:
                if may_retry(error) and attempt < _TRIES:
                    continue
                if may_retry(error) or is_out_of_order(error):
                    raise _unavailable(error) from error
                raise
            else:
                self._tell(transaction.signals)
                return result
        raise AssertionError  # pragma: no cover - the loop returns or raises

    async def write(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Database`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self.write_now(verb, *args, **kwargs))

    def close(self) -> None:
        """See `Database`."""
        self._threads.shutdown()
        self.engine.dispose()


def open_database(url: str, clock: Clock, keys: Keys) -> Database:
    """The database a URL names: `sqlite:///path` or `postgresql://…`."""
    return SqliteDatabase(url, clock, keys) if is_sqlite(url) else PostgresqlDatabase(url, clock, keys)
