"""The store on PostgreSQL: a pool of connections, and a listener for what other processes committed.

Each write is a transaction with a key of its own. Passing faults are met by running it again, whole; where a COMMIT was
sent and no answer came, the key tells whether it had been kept, so that nothing is done twice.
"""

import asyncio
import contextlib
import logging
import secrets
import threading
from typing import Any, ParamSpec, TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError

from knowledge_base.clock import Clock
from knowledge_base.crash_points import crash_point
from knowledge_base.keys import Keys
from knowledge_base.storage.database import TRIES, Base, Transaction, Verb, name_of, pause, unavailable
from knowledge_base.storage.dialect import (
    SIGNALS,
    announce,
    is_out_of_order,
    libpq_url,
    may_retry,
    postgresql_engine,
)
from knowledge_base.storage.scrubbing import vacuum
from knowledge_base.storage.tables import writes

P = ParamSpec("P")
T = TypeVar("T")
_LOG = logging.getLogger(__name__)
_LISTEN_SECONDS = 0.5  # how long one look for notices lasts


class PostgresqlDatabase(Base):
    """See `Database`."""

    def __init__(self, url: str, clock: Clock, keys: Keys) -> None:
        self.engine = postgresql_engine(url)
        super().__init__(self.engine, clock, keys, threads=10)
        self._name = secrets.token_hex(4)
        self._closing = threading.Event()
        self._listener = threading.Thread(target=self._listen_forever, args=(url,), name="listener", daemon=True)
        self._listener.start()

    def write_now(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Database`."""
        key, name = secrets.token_hex(16), name_of(verb)
        ran: list[tuple[T, set[str]]] = []  # of tries whose COMMIT was sent, or was about to be
        for attempt in range(1, TRIES + 1):
            try:
                with self.engine.connect() as connection, connection.begin():
                    transaction = self._transaction(connection)
                    if _is_kept(transaction, key):
                        break
                    result = verb(transaction, *args, **kwargs)
                    announce(connection, transaction.signals, self._name)
                    ran.append((result, transaction.signals))
                    crash_point(f"{name}:before_commit")
            except DBAPIError as error:
                if may_retry(error) and attempt < TRIES:
                    pause(attempt)
                    continue
                if may_retry(error) or is_out_of_order(error):
                    raise unavailable(error) from error
                raise
            break
        crash_point(f"{name}:after_commit")
        result, signals = ran[-1]
        self._tell(signals)
        return result

    async def write(self, verb: Verb[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See `Database`."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self.write_now(verb, *args, **kwargs))

    async def scrub(self) -> bool:
        """See `Database`."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, vacuum, self.engine)

    def close(self) -> None:
        """See `Database`."""
        self._closing.set()
        with contextlib.suppress(DBAPIError), self.engine.begin() as connection:
            announce(connection, {SIGNALS[0]}, self._name)  # so that the listener looks up at once
        self._listener.join(timeout=5)
        self._threads.shutdown()
        self.engine.dispose()

    # --- what others committed --------------------------------------------------------------------

    def _listen_forever(self, url: str) -> None:
        """Pass other processes' signals on. After a break all signals are told: some may have been missed."""
        while not self._closing.is_set():
            try:
                with psycopg.connect(libpq_url(url), autocommit=True) as connection:
                    for signal in SIGNALS:
                        connection.execute(f"LISTEN {signal}")
                    self._tell(set(SIGNALS))
                    self._pass_on(connection)
            except psycopg.Error:
                _LOG.warning("no notices from the database; those who wait look by themselves meanwhile")
                self._closing.wait(1.0)

    def _pass_on(self, connection: "psycopg.Connection[Any]") -> None:
        while not self._closing.is_set():
            for notice in connection.notifies(timeout=_LISTEN_SECONDS):
                if self._closing.is_set():
                    return
                if notice.payload != self._name:  # our own are told at once
                    self._tell({notice.channel})


def _is_kept(tx: Transaction, key: str) -> bool:
    """Whether an earlier try of this write was committed after all. Waits for one that is still committing."""
    statement = tx.insert(writes).values(key=key, at=tx.now).on_conflict_do_nothing().returning(writes.c.key)
    return tx.execute(statement).first() is None
