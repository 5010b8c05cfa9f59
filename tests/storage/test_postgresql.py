"""What only PostgreSQL can meet: connections that die at the worst moment, other processes, restarts."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import func, select, text

from knowledge_base.errors import Unavailable
from knowledge_base.keys import Keys
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.dialect import libpq_url
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.staff_store import ensure_unit
from knowledge_base.storage.tables import events, units, writes


def count_units(tx: Transaction) -> int:
    return tx.execute(select(func.count()).select_from(units)).scalar_one()


def count_writes(tx: Transaction) -> int:
    return tx.execute(select(func.count()).select_from(writes)).scalar_one()


def happen(tx: Transaction) -> int:
    """A verb that shows when it is done twice."""
    tx.execute(events.insert().values(actor="test", action="happened", data={}, at=tx.now))
    return tx.execute(select(func.count()).select_from(events)).scalar_one()


def pid(tx: Transaction) -> int:
    return tx.execute(text("SELECT pg_backend_pid()")).scalar_one()


def kill(url: str, backend: int) -> None:
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", (backend,))


def test_a_write_whose_connection_dies_under_it_is_run_again_whole(
    postgresql_database: Database, migrated_url: str
) -> None:
    died: list[int] = []

    def verb(tx: Transaction) -> int:
        count = happen(tx)
        if not died:
            died.append(pid(tx))
            kill(migrated_url, died[0])
        tx.execute(text("SELECT 1"))
        return count

    assert postgresql_database.write_now(verb) == 1
    assert died


@pytest.mark.parametrize("kept", [True, False])
def test_a_commit_without_an_answer_is_looked_up_and_never_done_twice(
    postgresql_database: Database, monkeypatch, kept: bool
) -> None:
    """The answer to COMMIT is lost: once it had been kept, once it had not."""
    lost: list[bool] = []
    dialect = postgresql_database.engine.dialect
    commit = dialect.do_commit

    def lose_the_answer(connection) -> None:
        if lost:
            commit(connection)
            return
        lost.append(True)
        if kept:
            commit(connection)
        connection.dbapi_connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(dialect, "do_commit", lose_the_answer)
    assert postgresql_database.write_now(happen) == 1
    assert lost
    assert postgresql_database.write_now(happen) == 2


def test_another_processes_writes_wake_this_one(
    postgresql_database: Database, migrated_url: str, clock, keys: Keys
) -> None:
    heard = threading.Event()
    other = open_database(migrated_url, clock, keys)
    try:
        time.sleep(0.5)  # both listen by now, and have told what may have been missed before
        other.listen(lambda signals: heard.set() if signals == {"outbox"} else None)
        began = time.monotonic()
        postgresql_database.write_now(lambda tx: tx.signal("outbox"))
        assert heard.wait(5)
        assert time.monotonic() - began < 2
    finally:
        other.close()


def test_it_lives_on_when_all_connections_are_cut(postgresql_database: Database, migrated_url: str) -> None:
    with ThreadPoolExecutor(8) as threads:
        for round_ in range(5):
            done = [threads.submit(postgresql_database.write_now, ensure_unit, f"{round_}-{n}", "x") for n in range(20)]
            with psycopg.connect(libpq_url(migrated_url), autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            kept = 0
            for future in done:
                try:
                    future.result(timeout=30)
                    kept += 1
                except Unavailable:  # told, and nothing is half done
                    continue
            assert kept > 0
    known = postgresql_database.read_now(count_units)
    assert 1 + 5 <= known <= 101
    assert postgresql_database.read_now(count_writes) == known  # a unit a write, unit 0's own included
