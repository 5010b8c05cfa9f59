"""What residents and readers thought of entries: votes, tallies, wordings, and what was dealt with.

Words, and numbers that come from questions, are of one unit and those below; votes on a page belong to nobody's unit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.question_store import SHARED, is_within
from knowledge_base.storage.staff_store import TOP
from knowledge_base.storage.tables import entries, feedback, feedback_handled, questions

LATELY, LONG = timedelta(days=30), timedelta(days=90)
UNCLEAR, NOT_MINE, AGAINST, FOR = "unclear", "notmine", "not_useful", "useful"
WORRIES = (UNCLEAR, NOT_MINE, AGAINST)
_OPINIONS = (*WORRIES, FOR, "clear")


@dataclass(frozen=True, slots=True)
class Tally:
    """How often what was thought of an entry, by verdict: in the last 30 days, in the last 90."""

    lately: dict[str, int]
    long: dict[str, int]


@dataclass(frozen=True, slots=True)
class Wording:
    """A question that an entry's answer didn't settle."""

    verdict: str
    at: datetime
    question_id: int
    reference: str
    text: str


@dataclass(frozen=True, slots=True)
class Handled:
    """Who dealt with what was said up to a word, and how."""

    up_to: int
    reason: str
    by: str
    at: datetime


def vote(tx: Transaction, key: str, revision_id: int, verdict: str, address: str, day: date) -> None:
    """A reader's word on an entry; of one address and day only the last counts. The address itself isn't kept."""
    values = {"verdict": verdict, "revision_id": revision_id, "at": tx.now}
    voter = tx.keys.session_hash(f"vote {day} {key} {address}")
    statement = tx.insert(feedback).values(entry_key=key, voter=voter, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["voter"], set_=values))


def _seen(path: str) -> ColumnElement[bool]:
    return or_(feedback.c.question_id.is_(None), is_within(path))


def worries(tx: Transaction, path: str) -> list[tuple[str, int, int]]:
    """What was said against entries in the last 90 days, to a unit (by its path) or one below.

    Each as (entry key, weight, last word's id). A resident's word weighs 2, a reader's vote 1; of late, twice that.
    """
    weight = case((feedback.c.verdict == AGAINST, 1), else_=2) * case((feedback.c.at >= tx.now - LATELY, 2), else_=1)
    query = select(feedback.c.entry_key, func.sum(weight), func.max(feedback.c.id)).group_by(feedback.c.entry_key)
    query = query.where(feedback.c.verdict.in_(WORRIES), feedback.c.at >= tx.now - LONG)
    return [tuple(row) for row in tx.execute(_of_unit(query, path))]


def _of_unit(query: Select[Any], path: str) -> Select[Any]:
    if path == TOP:
        return query
    return query.outerjoin(questions, questions.c.id == feedback.c.question_id).where(_seen(path))


def tallies(tx: Transaction, path: str, keys: Sequence[str]) -> dict[str, Tally]:
    """What was thought of some entries in the last 90 days, as a unit (by its path) may see it, by key."""
    lately = func.sum(case((feedback.c.at >= tx.now - LATELY, 1), else_=0))
    query = select(feedback.c.entry_key, feedback.c.verdict, func.count(), lately).where(
        feedback.c.entry_key.in_(keys), feedback.c.at >= tx.now - LONG
    )
    found = {key: Tally(dict.fromkeys(_OPINIONS, 0), dict.fromkeys(_OPINIONS, 0)) for key in keys}
    for key, verdict, long, late in tx.execute(
        _of_unit(query, path).group_by(feedback.c.entry_key, feedback.c.verdict)
    ):
        found[key].long[verdict], found[key].lately[verdict] = long, late
    return found


def answers(tx: Transaction, path: str, keys: Sequence[str]) -> dict[str, int]:
    """How many questions of the last 90 days each of these entries answered, of a unit and those below."""
    query = (
        select(questions.c.entry_key, func.count())
        .where(questions.c.entry_key.in_(keys), questions.c.received_at >= tx.now - LONG, is_within(path))
        .group_by(questions.c.entry_key)
    )
    return dict(tx.execute(query).all())


def wordings(tx: Transaction, path: str, key: str, limit: int = 100) -> list[Wording]:
    """What residents of a unit and those below had asked when the entry didn't help them, newest first."""
    columns = (feedback.c.verdict, feedback.c.at, questions.c.id, questions.c.reference, questions.c.text)
    query = (
        select(*columns)
        .join_from(feedback, questions, questions.c.id == feedback.c.question_id)
        .where(feedback.c.entry_key == key, feedback.c.verdict.in_(WORRIES), feedback.c.at >= tx.now - LONG)
        .where(questions.c.text != "", SHARED, is_within(path))
        .order_by(feedback.c.id.desc())
        .limit(limit)
    )
    return [Wording(*row) for row in tx.execute(query)]


def handled(tx: Transaction, units: Iterable[str], key: str | None = None) -> dict[str, Handled]:
    """What one of these units has dealt with, by entry: that which reaches furthest; of one entry, if named."""
    query = select(feedback_handled).where(feedback_handled.c.unit_code.in_(list(units)))
    query = query.where(feedback_handled.c.entry_key == key) if key else query
    rows = tx.execute(query.order_by(feedback_handled.c.up_to))
    return {row.entry_key: Handled(row.up_to, row.reason, row.by, row.at) for row in rows}


def put_handled(tx: Transaction, key: str, unit_code: str, done: Handled) -> None:
    """Remember it, in the place of what the unit had dealt with before."""
    values = {"up_to": done.up_to, "reason": done.reason, "by": done.by, "at": done.at}
    statement = tx.insert(feedback_handled).values(entry_key=key, unit_code=unit_code, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["entry_key", "unit_code"], set_=values))


def is_entry(tx: Transaction, key: str) -> bool:
    """Whether there is such an entry."""
    return tx.execute(select(entries.c.key).where(entries.c.key == key)).first() is not None
