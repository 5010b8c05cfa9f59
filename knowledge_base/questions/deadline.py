"""Promised days: Vietnamese working days. The due day is stored as the promise; overdue is derived from it."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from knowledge_base.clock import vietnam_day

_SATURDAY = 5


@lru_cache(maxsize=16)
def _public_holidays(year: int) -> frozenset[date]:
    """Public holidays and compensatory days of one year, Tết included (the `holidays` package)."""
    import holidays  # noqa: PLC0415 - a start must not wait for a library it doesn't use

    return frozenset(holidays.country_holidays("VN", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday, no public holiday."""
    return day.weekday() < _SATURDAY and day not in _public_holidays(day.year)


def due_day(received_at: datetime, working_days: int) -> date:
    """The day by which an answer is promised: `working_days` after the day of receipt, which doesn't count."""
    return _due_day(vietnam_day(received_at), working_days)


@lru_cache(maxsize=256)
def _due_day(day: date, working_days: int) -> date:
    while working_days > 0:
        day += timedelta(days=1)
        working_days -= is_working_day(day)
    return day


def working_days_left(today: date, due_on: date) -> int:
    """Working days from tomorrow to the due day, that day included; negative when it has passed."""
    if due_on < today:
        return -working_days_left(due_on, today)
    return sum(is_working_day(today + timedelta(days=n)) for n in range(1, (due_on - today).days + 1))
