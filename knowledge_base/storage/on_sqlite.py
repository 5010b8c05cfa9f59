"""The store on SQLite: one writer thread with group commit, readers beside it.

The writer's connection is the only one that writes and the only one that checkpoints. Many waiting verbs share one
COMMIT (one fsync); each has a savepoint, so that one which fails takes only itself back.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection

from knowledge_base.clock import Clock
from knowledge_base.crash_points import crash_point
from knowledge_base.errors import Unavailable
from knowledge_base.figures import FIGURES
from knowledge_base.keys import Keys
from knowledge_base.storage.database import Base, Transaction, Verb, name_of, unavailable
from knowledge_base.storage.dialect import is_out_of_order, sqlite_engine
from knowledge_base.storage.scrubbing import merge_words, rewrite

P = ParamSpec("P")
T = TypeVar("T")
_GROUP = 256  # verbs in one COMMIT at most
_MOST_WAITING = 5_000  # verbs; who comes when more wait is told so at once instead of filling the memory


@dataclass(slots=True)
class _Operation:
    name: str
    run: Callable[[Transaction], Any] | None  # None: rewrite the file, with no transaction open
    future: Future[Any]
    signals: set[str] = field(default_factory=set)
    result: Any = None


class SqliteDatabase(Base):
    """See `Database`."""

    def __init__(self, url: str, clock: Clock, keys: Keys) -> None:
        super().__init__(sqlite_engine(url, read_only=True), clock, keys, threads=4)
        self.engine = sqlite_engine(url, read_only=False)
        self._operations: queue.SimpleQueue[_Operation | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_forever, name="database-writer", daemon=True)
        self._writer.start()

    def _submit(self, name: str, run: Callable[[Transaction], Any] | None) -> Future[Any]:
        if self._operations.qsize() >= _MOST_WAITING:
            raise Unavailable("busy")
        operation = _Operation(name, run, Future())
        self._operations.put(operation)
        return operation.future

    async def write(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Database`."""
        # Shielded: a caller who goes away must not make a committed write look cancelled to the writer.
        future = asyncio.wrap_future(self._submit(name_of(verb), lambda tx: verb(tx, *args, **kwargs)))
        result: T = await asyncio.shield(future)
        return result

    def write_now(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Database`."""
        result: T = self._submit(name_of(verb), lambda tx: verb(tx, *args, **kwargs)).result()
        return result

    async def scrub(self) -> bool:
        """See `Database`."""
        while await self.write(merge_words):
            pass
        return bool(await asyncio.shield(asyncio.wrap_future(self._submit("scrub", None))))

    def close(self) -> None:
        """See `Database`."""
        self._operations.put(None)
        self._writer.join(timeout=10)
        self._threads.shutdown()
        self._readers.dispose()
        self.engine.dispose()

    def _write_forever(self) -> None:
        while (batch := self._next_batch()) is not None:
            batch = self._rewritten(batch)
            done: list[_Operation] = []
            began = time.perf_counter()
            try:
                with self.engine.connect() as connection, connection.begin():
                    done = [operation for operation in batch if self._run_one(connection, operation)]
                    for operation in done:
                        crash_point(f"{operation.name}:before_commit")
            except Exception as error:  # noqa: BLE001 - whatever it is: a writer that ends leaves every caller waiting
                failure = unavailable(error)
                for operation in batch:
                    if not operation.future.done():
                        operation.future.set_exception(failure)
                continue
            FIGURES.measured("commit_seconds", time.perf_counter() - began)
            FIGURES.measured("commit_group", len(batch))
            self._tell(set().union(*(operation.signals for operation in done)))
            for operation in done:
                crash_point(f"{operation.name}:after_commit")
                if not operation.future.cancelled():
                    operation.future.set_result(operation.result)

    def _rewritten(self, batch: list[_Operation]) -> list[_Operation]:
        """Rewrite the file for those who want it; returns the others."""
        waiting = [operation for operation in batch if operation.run is None]
        for operation in waiting:
            try:
                operation.future.set_result(rewrite(self.engine))
            except Exception as error:  # noqa: BLE001 - belongs to who waits, not to the writer
                operation.future.set_exception(error)
        return [operation for operation in batch if operation.run is not None]

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
        # By the driver: SQLAlchemy's own savepoints cost as much as a small verb.
        driver: Any = connection.connection.driver_connection
        driver.execute("SAVEPOINT verb")
        try:
            transaction = self._transaction(connection)
            assert operation.run is not None  # noqa: S101 - narrows the type
            operation.result = operation.run(transaction)
            operation.signals = transaction.signals
            driver.execute("RELEASE verb")
        except Exception as error:  # noqa: BLE001 - whatever a verb raises belongs to its caller, not to the writer
            driver.execute("ROLLBACK TO verb")
            driver.execute("RELEASE verb")
            operation.future.set_exception(unavailable(error) if is_out_of_order(error) else error)
            return False
        return True
