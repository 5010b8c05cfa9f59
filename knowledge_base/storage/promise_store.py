"""Open promises, by what they were reckoned from: a calendar that changes moves many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Text, cast, func, literal, select, update

from knowledge_base.questions.promised import Promised
from knowledge_base.questions.question import OPEN_STATES
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import events, questions

_KEY = (questions.c.clock_from, questions.c.clock_days, cast(questions.c.pauses, Text), questions.c.due_on)
MOVED = "calendar_changed"  # the event


@dataclass(frozen=True, slots=True)
class Owed:
    """A question to which a day is promised: no more of it than moving and telling need."""

    id: int
    reference: str
    contact_ref: str


def _kept(today: date) -> tuple[Any, ...]:
    """Promises that may move: open, not missed, and whose beginning is known. Danger is a matter of its day."""
    return (questions.c.state.in_(OPEN_STATES), questions.c.due_on >= today, questions.c.clock_days > 0)


def open_promises(tx: Transaction, today: date) -> list[tuple[Promised, int]]:
    """The promises that a calendar may move, each with the number of its questions."""
    query = select(*_KEY, func.count()).where(*_kept(today), questions.c.clock_from.is_not(None)).group_by(*_KEY)
    return [(Promised(*row[:4]), row[4]) for row in tx.execute(query)]


def owed(tx: Transaction, promised: Promised, today: date, limit: int) -> list[Owed]:
    """Some questions that have a promise, held until this transaction ends."""
    same = (
        questions.c.clock_from == promised.clock_from,
        questions.c.clock_days == promised.clock_days,
        cast(questions.c.pauses, Text) == literal(promised.pauses),
        questions.c.due_on == promised.due_on,
        questions.c.urgent.in_((False, True)),  # says nothing, but lets the queue's index find the day
    )
    query = select(questions.c.id, questions.c.reference, questions.c.contact_ref).where(*_kept(today), *same)
    rows = tx.execute(query.limit(limit).with_for_update())
    return [Owed(row.id, row.reference, row.contact_ref) for row in rows]


def move(tx: Transaction, ids: Sequence[int], due_on: date) -> None:
    """Another promised day. When a question was touched last stays: to its officers it is no news."""
    moved = update(questions).where(questions.c.id.in_(ids))
    tx.execute(moved.values(due_on=due_on, version=questions.c.version + 1))


def last_moves(tx: Transaction, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What the last event of a moved promise says, by question."""
    query = select(events.c.question_id, events.c.data).where(events.c.question_id.in_(ids), events.c.action == MOVED)
    return {row.question_id: row.data for row in tx.execute(query.order_by(events.c.id)) if row.question_id}
