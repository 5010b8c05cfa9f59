"""The storage contract, held on both databases."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from knowledge_base.errors import Conflict, Unavailable
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.dialect import UtcDateTime
from knowledge_base.storage.staff_store import ensure_unit
from knowledge_base.storage.tables import units


def count_units(tx: Transaction) -> int:
    return tx.execute(select(func.count()).select_from(units)).scalar_one()


def add_then_fail(tx: Transaction, code: str) -> None:
    ensure_unit(tx, code, "never kept")
    raise Conflict("on_purpose")


async def test_many_writes_at_once_are_all_kept(both_databases: Database) -> None:
    await asyncio.gather(*(both_databases.write(ensure_unit, f"u{n}", "x") for n in range(200)))
    assert await both_databases.read(count_units) == 201


async def test_a_verb_that_fails_leaves_nothing_and_harms_nobody(both_databases: Database) -> None:
    verbs = [both_databases.write(ensure_unit, "kept", "x"), both_databases.write(add_then_fail, "lost")]
    results = await asyncio.gather(*verbs, return_exceptions=True)
    assert isinstance(results[1], Conflict)
    assert await both_databases.read(count_units) == 2


async def test_signals_reach_listeners_only_after_commit(both_databases: Database) -> None:
    heard: list[set[str]] = []

    def verb(tx: Transaction, *, fail: bool) -> None:
        tx.signal("outbox")
        assert not heard
        if fail:
            raise Conflict("on_purpose")

    await asyncio.sleep(0.5)  # PostgreSQL listens by now, and has told what may have been missed before
    both_databases.listen(heard.append)
    with pytest.raises(Conflict):
        await both_databases.write(verb, fail=True)
    assert heard == []
    await both_databases.write(verb, fail=False)
    assert heard == [{"outbox"}]


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), None)  # type: ignore[arg-type]  # noqa: DTZ001
    assert UtcDateTime().process_bind_param(None, None) is None  # type: ignore[arg-type]
    assert datetime.now(UTC).tzinfo is UTC


def test_a_database_that_is_out_of_order_is_told_as_such(both_databases: Database) -> None:
    """Callers go on after `Unavailable`; a fault of the driver's would end their loops, or set a message aside."""
    if both_databases.engine.dialect.name == "sqlite":
        with pytest.raises(Unavailable):
            both_databases.write_now(lambda tx: tx.execute(text("SELECT * FROM out_of_order")))
        return
    locked = threading.Event()

    def hold(tx: Transaction) -> None:
        tx.execute(text("LOCK TABLE units"))
        locked.set()
        time.sleep(0.5)

    def wait_briefly(tx: Transaction) -> None:
        tx.execute(text("SET LOCAL lock_timeout = '50ms'"))
        ensure_unit(tx, "late", "x")

    with ThreadPoolExecutor(1) as threads:
        held = threads.submit(both_databases.write_now, hold)
        locked.wait()
        with pytest.raises(Unavailable):
            both_databases.write_now(wait_briefly)
        held.result()


def test_the_writer_outlives_whatever_happens(database: Database, monkeypatch) -> None:
    def broken() -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(database.engine, "connect", broken)
        with pytest.raises(Unavailable):
            database.write_now(ensure_unit, "lost", "x")
    database.write_now(ensure_unit, "kept", "x")
    assert database.read_now(count_units) == 2


def test_errors_name_nobodys_words(both_databases: Database) -> None:
    def twice(tx: Transaction) -> None:
        for _again in range(2):
            tx.execute(units.insert().values(code="same", name="words of a resident"))

    with pytest.raises(IntegrityError) as refused:
        both_databases.write_now(twice)
    assert "words of a resident" not in str(refused.value)
