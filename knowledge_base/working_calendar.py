"""Administrators' verbs on the working calendar: days off, days worked in exchange, and what a change would move.

Promises follow by the clockwork (`promises.py`), for there may be many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge_base.clock import vietnam_day
from knowledge_base.errors import Conflict, InvalidInput, NotFound
from knowledge_base.questions.deadline import Calendar, ChangedDay
from knowledge_base.questions.promised import Moves, moves
from knowledge_base.storage import calendar_store, event_store, promise_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

_BACK, _AHEAD = timedelta(days=31), timedelta(days=731)
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """What an administrator wants: `kind` off | worked | swap (day off, `instead` worked), or remove."""

    kind: str
    day: date
    name: str = ""
    instead: date | None = None


def preview(tx: Transaction, wish: Wish) -> Moves:
    """What a wish would do to the open promises; refuses what `change_calendar` refuses."""
    before = calendar_store.calendar(tx)
    today = vietnam_day(tx.now)
    return moves(promise_store.open_promises(tx, today), _after(before, wish, today), today)


def change_calendar(tx: Transaction, member: StaffMember, wish: Wish) -> None:
    """Do it.

    Raises:
        InvalidInput: a name is missing or too long, a day is too far away, a swap isn't one.
        Conflict: the day is so already (`calendar_same`).
        NotFound: there is nothing to remove.
    """
    _after(calendar_store.calendar(tx), wish, vietnam_day(tx.now))
    if wish.kind == "remove":
        calendar_store.remove_day(tx, wish.day)
        event_store.record(tx, member.username, "calendar_day_removed", day=wish.day.isoformat())
        return
    days = _days(wish)
    calendar_store.put_days(tx, days, member.username)
    for day in days:
        event_store.record(
            tx, member.username, "calendar_day_set", day=day.day.isoformat(), works=day.works, note=day.name
        )


def _after(before: Calendar, wish: Wish, today: date) -> Calendar:
    """The calendar that a wish makes of another."""
    if wish.kind == "remove":
        if before.changed_on(wish.day) is None:
            raise NotFound("calendar_day", day=wish.day.isoformat())
        return Calendar(tuple(day for day in before.changes if day.day != wish.day))
    days = _days(wish)
    _check(before, days, wish, today)
    kept = {day.day: day for day in before.changes} | {day.day: day for day in days}
    return Calendar(tuple(kept[day] for day in sorted(kept)))


def _days(wish: Wish) -> list[ChangedDay]:
    days = [ChangedDay(wish.day, wish.kind == "worked", wish.name)]
    if wish.kind == "swap" and wish.instead is not None:
        days.append(ChangedDay(wish.instead, works=True, name=wish.name))
    return days


def _check(before: Calendar, days: Sequence[ChangedDay], wish: Wish, today: date) -> None:
    if wish.kind not in ("off", "worked", "swap"):
        raise InvalidInput("calendar_kind", field="kind")
    if not wish.name:
        raise InvalidInput("calendar_name_missing", field="name")
    if len(wish.name) > _LONGEST_NAME:
        raise InvalidInput("too_long", field="name", most=_LONGEST_NAME)
    if wish.kind == "swap" and (wish.instead is None or wish.instead == wish.day):
        raise InvalidInput("calendar_swap", field="instead")
    for day in days:
        if not today - _BACK <= day.day <= today + _AHEAD:
            raise InvalidInput("calendar_range", field="day", value=f"{day.day:%d/%m/%Y}")
        if before.is_working_day(day.day) == day.works:
            raise Conflict("calendar_same", value=f"{day.day:%d/%m/%Y}")
