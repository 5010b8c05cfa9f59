"""What the morning's words to officers and heads of units are made from; a constant number of statements each."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, func, or_, select

from knowledge_base.questions.question import OPEN_STATES, UNFINISHED_STATES, QuestionState
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import answers, outbox, questions, staff, staff_links, units


@dataclass(frozen=True, slots=True)
class Window:
    """A morning: today, the next working day, the one before, and since when a missed promise is news."""

    today: date
    soon: date
    before: date
    since: datetime


@dataclass(frozen=True, slots=True)
class Pressing:
    """A question whose promise is near or was missed lately."""

    id: int
    reference: str
    due_on: date
    urgent: bool
    assigned_to: int | None
    missed: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A messenger that acts for an account."""

    staff_id: int
    channel: str
    contact_ref: str


@dataclass(frozen=True, slots=True)
class Head:
    """Who heads which unit."""

    staff_id: int
    unit_code: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """How a unit stands, with the units below it."""

    open: int = 0
    today: int = 0
    late: int = 0
    waiting: int = 0
    answered: int = 0


def pressing(tx: Transaction, window: Window) -> list[Pressing]:
    """Open questions promised for the next working day, and those whose promise was missed since the last morning."""
    soon = and_(questions.c.due_on > window.today, questions.c.due_on <= window.soon)
    missed = or_(
        questions.c.promise_renewed_at >= window.since,
        and_(questions.c.due_on >= window.before, questions.c.due_on < window.today),
    )
    columns = (questions.c.id, questions.c.reference, questions.c.due_on, questions.c.urgent, questions.c.assigned_to)
    query = select(*columns, case((missed, True), else_=False).label("missed")).where(
        questions.c.state.in_(OPEN_STATES), or_(soon, missed), questions.c.due_on.is_not(None)
    )
    ordered = query.order_by(questions.c.urgent.desc(), questions.c.due_on, questions.c.id)
    return [
        Pressing(row.id, row.reference, row.due_on, row.urgent, row.assigned_to, missed=bool(row.missed))
        for row in tx.execute(ordered)
    ]


def links(tx: Transaction) -> dict[int, list[Link]]:
    """The messengers of accounts that may act, by account."""
    acting = (staff.c.disabled_at.is_(None), staff_links.c.contact_ref.is_not(None))
    query = select(staff_links.c.staff_id, staff_links.c.channel, staff_links.c.contact_ref)
    found: dict[int, list[Link]] = {}
    for row in tx.execute(query.join(staff).where(*acting).order_by(staff_links.c.id)):
        found.setdefault(row.staff_id, []).append(Link(row.staff_id, row.channel, row.contact_ref))
    return found


def heads(tx: Transaction) -> list[Head]:
    """Who heads a unit."""
    query = select(staff.c.id, staff.c.unit_code, units.c.name).join(units, units.c.code == staff.c.unit_code)
    acting = query.where(staff.c.heads_unit, staff.c.disabled_at.is_(None))
    return [Head(*row) for row in tx.execute(acting.order_by(staff.c.id))]


def figures_by_unit(tx: Transaction, today: date, begin: datetime, end: datetime) -> dict[str, UnitFigures]:
    """How units stand today, and what was answered between two moments; each unit with those below it."""
    sums: dict[str, Counter[str]] = {}
    for path, count, due, late, waiting in tx.execute(_unfinished(today)):
        _add(sums, path, {"open": count - waiting, "today": due, "late": late, "waiting": waiting})
    for path, count in tx.execute(_answered(begin, end)):
        _add(sums, path, {"answered": count})
    return {code: UnitFigures(**counts) for code, counts in sums.items()}


def _unfinished(today: date):  # type: ignore[no-untyped-def]  # noqa: ANN202 - SQLAlchemy's own, very long
    is_open = questions.c.state.in_(OPEN_STATES)
    columns = (
        func.count(),
        func.sum(case((and_(is_open, questions.c.due_on == today), 1), else_=0)),
        func.sum(case((and_(is_open, questions.c.due_on < today), 1), else_=0)),
        func.sum(case((questions.c.state == QuestionState.WAITING_FOR_RESIDENT, 1), else_=0)),
    )
    query = select(units.c.path, *columns).join(questions, questions.c.unit_code == units.c.code)
    return query.where(questions.c.state.in_(UNFINISHED_STATES)).group_by(units.c.path)


def _answered(begin: datetime, end: datetime):  # type: ignore[no-untyped-def]  # noqa: ANN202 - SQLAlchemy's own
    query = select(units.c.path, func.count(answers.c.question_id.distinct()))
    joined = query.join(questions, questions.c.unit_code == units.c.code).join(answers)
    return joined.where(answers.c.signed_off_at >= begin, answers.c.signed_off_at < end).group_by(units.c.path)


def _add(sums: dict[str, Counter[str]], path: str, counts: dict[str, int]) -> None:
    """Count for a unit and for all above it: their codes are its path."""
    for code in path.strip("/").split("/"):
        sums.setdefault(code, Counter()).update(counts)


def keys_known(tx: Transaction, keys: Iterable[str]) -> set[str]:
    """Which of these messages are in the outbox already."""
    wanted = list(keys)
    if not wanted:
        return set()
    query = select(outbox.c.idempotency_key).where(outbox.c.idempotency_key.in_(wanted))
    return set(tx.execute(query).scalars())
