"""Village meetings: SQL in, values out."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, select

from knowledge_base.errors import NotFound
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import asked_for, meetings, slips, units


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting, with how many lines its form has and how many questions were entered."""

    id: int
    unit_code: str
    unit: str
    unit_path: str
    hamlet: str
    held_on: date
    chair: str
    lines: int
    questions: int


def _listed(within: str) -> Select[Any]:
    lines = select(func.count()).where(slips.c.meeting_id == meetings.c.id).scalar_subquery().label("lines")
    asked = select(func.count()).where(asked_for.c.meeting_id == meetings.c.id).scalar_subquery().label("questions")
    query = select(meetings, units.c.name.label("unit"), units.c.path.label("unit_path"), lines, asked)
    return query.join_from(meetings, units, units.c.code == meetings.c.unit_code).where(units.c.path.startswith(within))


def _meeting(row: Row[Any]) -> Meeting:
    return Meeting(*(getattr(row, name) for name in Meeting.__dataclass_fields__))


def meetings_within(tx: Transaction, within: str, most: int = 200) -> list[Meeting]:
    """The newest meetings of a unit (by its path) and of those below."""
    query = _listed(within).order_by(meetings.c.held_on.desc(), meetings.c.id.desc()).limit(most)
    return [_meeting(row) for row in tx.execute(query)]


def meeting_within(tx: Transaction, within: str, meeting_id: int) -> Meeting:
    """One of them; raises NotFound."""
    row = tx.execute(_listed(within).where(meetings.c.id == meeting_id)).first()
    if row is None:
        raise NotFound("meeting", id=meeting_id)
    return _meeting(row)


def add(tx: Transaction, unit_code: str, hamlet: str, held_on: date, chair: str, made_by: str) -> int:
    """A meeting; returns its id."""
    values = {"unit_code": unit_code, "hamlet": hamlet, "held_on": held_on, "chair": chair, "made_by": made_by}
    return tx.execute(meetings.insert().values(**values, at=tx.now).returning(meetings.c.id)).scalar_one()
