"""The working calendar: the administrator's days, and for which calendar the promises were reckoned last.

It is read once a transaction, with one cheap statement, and kept nowhere else: so all processes always reckon alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import String, cast, delete, select

from knowledge_base.questions.deadline import Calendar, ChangedDay, rules
from knowledge_base.storage import seed_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.prepared import Prepared
from knowledge_base.storage.tables import calendar_days, seeds

# Days as text: the driver's rows are as they come, and a row that is a tuple of texts tells calendars apart.
_DAYS = Prepared(
    lambda _name: select(cast(calendar_days.c.day, String), calendar_days.c.works, calendar_days.c.name).order_by(
        calendar_days.c.day
    )
)
_Rows = tuple[tuple[str, bool, str], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where the open promises agree with a calendar: its hash, and since when."""

    hash: str
    at: datetime


def calendar(tx: Transaction) -> Calendar:
    """The calendar as it stands now."""
    if tx.calendar is None:
        tx.calendar = _calendar(tuple(map(tuple, _DAYS.rows(tx))))
    return tx.calendar


@lru_cache(maxsize=4)
def _calendar(rows: _Rows) -> Calendar:
    return Calendar(tuple(ChangedDay(date.fromisoformat(day), bool(works), name) for day, works, name in rows))


def put_days(tx: Transaction, days: Sequence[ChangedDay], set_by: str) -> None:
    """Say of days whether they are worked; what was said of them before is replaced."""
    for changed in days:
        values = {"works": changed.works, "name": changed.name, "set_by": set_by, "at": tx.now}
        statement = tx.insert(calendar_days).values(day=changed.day, **values)
        tx.execute(statement.on_conflict_do_update(index_elements=["day"], set_=values))
    tx.calendar = None


def remove_day(tx: Transaction, day: date) -> bool:
    """Let a day be as the public holidays have it; whether there was anything to remove."""
    tx.calendar = None
    return bool(tx.execute(delete(calendar_days).where(calendar_days.c.day == day)).rowcount)


def set_by(tx: Transaction) -> dict[date, str]:
    """Who said it of which day."""
    return {row.day: row.set_by for row in tx.execute(select(calendar_days.c.day, calendar_days.c.set_by))}


def hash_of(calendar: Calendar) -> str:
    """What tells calendars apart: the administrator's days, and the edition of the public holidays."""
    days = [f"{changed.day.isoformat()} {changed.works}" for changed in calendar.changes]
    return sha256("\n".join([rules(), *days]).encode()).hexdigest()


def mark(tx: Transaction, name: str) -> Mark | None:
    """Where a walk over the open promises has come to; see `promises.py`."""
    row = tx.execute(select(seeds).where(seeds.c.name == name)).first()
    return Mark(row.hash, row.at) if row else None


def put_mark(tx: Transaction, name: str, hash_: str) -> None:
    """Remember that the open promises agree with a calendar."""
    seed_store.put(tx, name, hash_)
