"""The clockwork follows a changed calendar, also when it was cut short in the middle."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import func, select

from knowledge_base import promises
from knowledge_base.officer_queue import open_all
from knowledge_base.questions.change import Opening, queueing
from knowledge_base.questions.deadline import ChangedDay
from knowledge_base.questions.reference import new_reference
from knowledge_base.storage import calendar_store, contact_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.tables import events, outbox, questions
from processes.background import follow_calendar

MANY = 45
MOVED = date(2026, 12, 2)


def _ask(tx: Transaction) -> None:
    openings = []
    for number in range(MANY):
        ref = contact_store.ensure_contact(tx, "telegram", str(number))
        opening = Opening(new_reference(), ref, "telegram", "0", "Tôi hỏi?")
        opening.take(queueing(tx.now, 5, calendar_store.calendar(tx), "unknown", urgent=False))
        openings.append(opening)
    open_all(tx, openings)


def _moved(tx: Transaction) -> int:
    query = select(func.count()).select_from(questions).where(questions.c.due_on == MOVED)
    return tx.execute(query).scalar_one()


def _said(tx: Transaction) -> tuple[int, int]:
    happened = select(func.count()).select_from(events).where(events.c.action == "calendar_changed")
    told = select(func.count()).select_from(outbox)
    return tx.execute(happened).scalar_one(), tx.execute(told).scalar_one()


async def test_a_walk_that_was_cut_short_is_finished_by_the_next(
    both_databases: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promises, "AT_ONCE", 2)
    await both_databases.write(_ask)
    storm = ChangedDay(date(2026, 11, 26), works=False, name="Nghỉ bão")
    await both_databases.write(calendar_store.put_days, [storm], "administrator")
    for _death in range(3):
        walking = asyncio.create_task(follow_calendar(both_databases))
        await asyncio.sleep(0.06)
        walking.cancel()
        await asyncio.gather(walking, return_exceptions=True)
    await asyncio.gather(follow_calendar(both_databases), follow_calendar(both_databases))
    assert await both_databases.read(_moved) == MANY
    assert await both_databases.read(_said) == (MANY, MANY)
    assert await both_databases.read(promises.walk) is None
