"""The queue: pages of questions by filter and order, and how many there are. Scope by unit is in every query."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, select

from knowledge_base.questions.question import OPEN_STATES, CloseReason, Question, QuestionState
from knowledge_base.questions.reference import read_reference
from knowledge_base.storage import question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import words_found
from knowledge_base.storage.tables import is_unfinished, questions
from knowledge_base.text.fold import fold

_MOST_WORDS = 8
_AT_ONCE = 500
_TOLD = timedelta(days=7)  # how long an officer is told that a question of his was erased
_MOST_TOLD = 20
TABS: dict[str, tuple[QuestionState, ...]] = {
    "open": OPEN_STATES,
    "mine": (*OPEN_STATES, QuestionState.WAITING_FOR_RESIDENT),
    "waiting": (QuestionState.WAITING_FOR_RESIDENT,),
    "answered": (QuestionState.ANSWERED,),
    "all": (),
}
ORDERS = ("due", "newest", "oldest")


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which questions of a unit (by its path) and those below to show; empty fields don't narrow."""

    path: str
    tab: str = "open"
    words: str = ""
    member: int = 0  # whose "mine" is meant
    overdue: bool = False
    channel: str = ""
    topic: str = ""
    unit: str = ""
    order: str = "due"


def _conditions(tx: Transaction, wanted: QueueFilter, today: date) -> list[Any]:
    conditions: list[Any] = [question_store.is_within(wanted.path)]
    states = TABS[wanted.tab]
    if wanted.overdue:
        conditions += [is_unfinished(questions), questions.c.state.in_(OPEN_STATES), questions.c.due_on < today]
    if wanted.tab not in ("answered", "all"):
        conditions.append(is_unfinished(questions))
    if not states:  # what is in one of the others was handed to officers
        conditions.append(question_store.SHARED)
    else:
        conditions.append(questions.c.state.in_(states))
    if wanted.tab == "mine":
        conditions.append((questions.c.assigned_to == wanted.member) | (questions.c.owner_id == wanted.member))
    for column, value in (
        (questions.c.channel, wanted.channel),
        (questions.c.topic, wanted.topic),
        (questions.c.unit_code, wanted.unit),
    ):
        if value:
            conditions.append(column == value)
    if wanted.words:
        conditions.append(_said(tx, wanted.words))
    return conditions


def _said(tx: Transaction, typed: str) -> Any:
    """The condition that a question is the one of a code, or holds all these words."""
    reference = read_reference(typed)
    words = re.findall(r"\w+", fold(typed))[:_MOST_WORDS]
    if reference is not None:
        by_code = questions.c.reference == reference
        return by_code | questions.c.id.in_(words_found(tx.connection, words)) if words else by_code
    return questions.c.id.in_(words_found(tx.connection, words)) if words else questions.c.id.is_(None)


def _ordered(query: Select[Any], wanted: QueueFilter) -> Select[Any]:
    """Where nothing presses any more, the newest come first."""
    settled = wanted.tab in ("answered", "all") and not wanted.overdue
    if wanted.order == "newest" or (settled and wanted.order == "due"):
        return query.order_by(questions.c.id.desc())
    if wanted.order == "oldest":
        return query.order_by(questions.c.id)
    return query.order_by(questions.c.urgent.desc(), questions.c.due_on, questions.c.id)


def page(
    tx: Transaction, wanted: QueueFilter, today: date, *, offset: int = 0, limit: int = 50
) -> tuple[list[Question], int]:
    """A page of the queue and the number of all that fit; first the ids, from an index alone, then their rows."""
    conditions = _conditions(tx, wanted, today)
    ids = _ordered(select(questions.c.id).where(*conditions), wanted).offset(offset).limit(limit)
    found = list(tx.execute(ids).scalars())
    rows = question_store.listed(tx, select(questions).where(questions.c.id.in_(found)))
    place = {number: at for at, number in enumerate(found)}
    total = tx.execute(select(func.count()).select_from(questions).where(*conditions)).scalar_one()
    return sorted(rows, key=lambda one: place[one.id]), total


def erased_from(tx: Transaction, member_id: int) -> list[str]:
    """The codes of questions that somebody held and whose askers had them erased lately; newest first."""
    mine = (questions.c.assigned_to == member_id) & (questions.c.erased_at >= tx.now - _TOLD)
    unfinished = questions.c.close_reason == CloseReason.ERASED
    query = select(questions.c.reference).where(mine, unfinished).order_by(questions.c.erased_at.desc())
    return list(tx.execute(query.limit(_MOST_TOLD)).scalars())


def everything(tx: Transaction, wanted: QueueFilter, today: date, limit: int) -> Iterator[Question]:
    """All that fit, in order, some hundreds in memory at a time; at most `limit`."""
    for offset in range(0, limit, _AT_ONCE):
        conditions = _conditions(tx, wanted, today)
        query = _ordered(select(questions).where(*conditions), wanted).offset(offset)
        rows = question_store.listed(tx, query.limit(min(_AT_ONCE, limit - offset)))
        yield from rows
        if len(rows) < _AT_ONCE:
            return


def counts(tx: Transaction, path: str, member: int, today: date) -> dict[str, int]:
    """How many unfinished questions there are: open, mine, waiting for residents, overdue, not taken."""
    state, mine = questions.c.state, (questions.c.assigned_to == member) | (questions.c.owner_id == member)
    is_open = state.in_(OPEN_STATES)

    def number(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    query = select(
        number(is_open).label("open"),
        number(mine).label("mine"),
        number(state == QuestionState.WAITING_FOR_RESIDENT).label("waiting"),
        number(state == QuestionState.QUEUED).label("untaken"),
        number(and_(is_open, questions.c.due_on < today)).label("overdue"),
    ).where(is_unfinished(questions), question_store.is_within(path))
    row = tx.execute(query).one()
    return {name: int(value) for name, value in row._mapping.items()}  # noqa: SLF001 - SQLAlchemy's public name for it
