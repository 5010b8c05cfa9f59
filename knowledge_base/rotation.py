"""Which backups to keep: the newest few, then the newest of each of the last days, weeks and months that have one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Keep:
    """How many of each to keep; the newest backup of all is always kept."""

    newest: int = 3
    daily: int = 7
    weekly: int = 4
    monthly: int = 12


DEFAULT = Keep()


def _day(at: datetime) -> object:
    return at.date()


def _week(at: datetime) -> object:
    return at.isocalendar()[:2]  # ISO 8601: a week belongs to the year of its Thursday


def _month(at: datetime) -> object:
    return at.year, at.month


def kept(made: Iterable[datetime], keep: Keep) -> set[datetime]:
    """Of backups made at these moments, those to keep."""
    newest_first = sorted(set(made), reverse=True)
    chosen = set(newest_first[: max(keep.newest, 1)])
    periods: list[tuple[Callable[[datetime], object], int]] = [
        (_day, keep.daily),
        (_week, keep.weekly),
        (_month, keep.monthly),
    ]
    for period, number in periods:
        first_of: dict[object, datetime] = {}
        for at in newest_first:
            first_of.setdefault(period(at), at)
        chosen.update(list(first_of.values())[:number])
    return chosen
