"""Promised days: Vietnamese working days. The due day is stored as the promise; overdue is derived from it.

The rule, whole: the count begins on the day after receipt. A day counts when it is a working day and lies in no pause.
A working day is what the administrator says of it; else Monday to Friday without the public holidays. A pause is
[first day, first day again): its first day doesn't count, the day on which the clock runs again does. So a question
asked back and answered by its resident on one day loses nothing, and what was late before a pause stays late.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.metadata import version

_SATURDAY = 5
_DAY = timedelta(days=1)
_REMEMBERED = 2_000
_LANGUAGES = {"vi": "vi", "en": "en_US"}  # of the names of holidays; others read them in Vietnamese
Pause = tuple[date, date | None]  # the first day that doesn't count, and the first that counts again, if it is known


@lru_cache(maxsize=32)
def public_holidays(year: int, language: str = "vi") -> Mapping[date, str]:
    """Public holidays and compensatory days of one year with their names, Tết included (the `holidays` package)."""
    import holidays  # noqa: PLC0415 - a start must not wait for a library it doesn't use

    found = holidays.country_holidays("VN", years=year, language=_LANGUAGES.get(language, "vi"))
    return {day: str(name) for day, name in found.items()}


def rules() -> str:
    """By which edition of the public holidays days are reckoned: another one may know them better."""
    return f"holidays {version('holidays')}"


class Off(StrEnum):
    """Why a day doesn't count."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    OFFICE = "office"  # the administrator's day off
    PAUSE = "pause"  # waiting for the resident


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """A day that is not as the public holidays have it: a day off, or a Saturday worked in exchange."""

    day: date
    works: bool
    name: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Days one after the other that didn't count for one reason: the first, the last, and what they are called."""

    first: date
    last: date
    why: Off
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a due day came about. `due` is None while the clock stands: the days after that are not known yet."""

    from_day: date
    working_days: int
    due: date | None
    counted: tuple[date, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked: the administrator's days over weekends and public holidays."""

    changes: tuple[ChangedDay, ...] = ()
    _by_day: dict[date, ChangedDay] = field(init=False, compare=False, repr=False)
    _due: dict[tuple[date, int], date] = field(init=False, compare=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_day", {change.day: change for change in self.changes})

    def changed_on(self, day: date) -> ChangedDay | None:
        """What the administrator says of a day."""
        return self._by_day.get(day)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on a day."""
        changed = self._by_day.get(day)
        if changed is not None:
            return changed.works
        return day.weekday() < _SATURDAY and day not in public_holidays(day.year)

    def due_day(self, from_day: date, working_days: int, pauses: Sequence[Pause] = ()) -> date:
        """The day by which an answer is promised: so many counted days after `from_day`, which doesn't count.

        Every pause must have ended: nobody knows the day while the clock stands (ValueError).
        """
        if pauses:
            return self._count(from_day, working_days, pauses)
        known = self._due.get((from_day, working_days))
        if known is None:
            if len(self._due) >= _REMEMBERED:
                self._due.clear()
            known = self._due[from_day, working_days] = self._count(from_day, working_days, ())
        return known

    def _count(self, day: date, working_days: int, pauses: Sequence[Pause]) -> date:
        if any(again is None for _first, again in pauses):
            message = "the clock stands"
            raise ValueError(message)
        while working_days > 0:
            day += _DAY
            working_days -= self.is_working_day(day) and not _paused(day, pauses)
        return day

    def working_days_left(self, today: date, due_on: date) -> int:
        """Working days from tomorrow to the due day, that day included; negative when it has passed."""
        if due_on < today:
            return -self.working_days_left(due_on, today)
        return sum(self.is_working_day(today + n * _DAY) for n in range(1, (due_on - today).days + 1))

    def last_working_day(self, before: date) -> date:
        """The working day before a day."""
        day = before - _DAY
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def why_off(self, day: date, language: str = "vi") -> tuple[Off, str] | None:
        """Why a day isn't worked, and what it is called; None for a working day."""
        changed = self._by_day.get(day)
        if changed is not None:
            return None if changed.works else (Off.OFFICE, changed.name)
        name = public_holidays(day.year, language).get(day)
        if name is not None:
            return Off.HOLIDAY, name
        return (Off.WEEKEND, "") if day.weekday() >= _SATURDAY else None

    def explain(
        self, from_day: date, working_days: int, pauses: Sequence[Pause] = (), language: str = "vi"
    ) -> Reckoning:
        """How the due day comes about, day by day; as far as it is known while a pause has no end."""
        stands = min((first for first, again in pauses if again is None), default=date.max)
        counted: list[date] = []
        skipped: list[tuple[date, Off, str]] = []
        day = from_day
        while len(counted) < working_days and day + _DAY < stands:
            day += _DAY
            off = (Off.PAUSE, "") if _paused(day, pauses) else self.why_off(day, language)
            if off is None:
                counted.append(day)
            else:
                skipped.append((day, *off))
        due = day if len(counted) == working_days else None
        return Reckoning(from_day, working_days, due, tuple(counted), tuple(_runs(skipped)))


def _paused(day: date, pauses: Iterable[Pause]) -> bool:
    return any(first <= day and (again is None or day < again) for first, again in pauses)


def _runs(skipped: Iterable[tuple[date, Off, str]]) -> Iterator[Skipped]:
    """Days that follow each other and have one reason, together."""
    run: Skipped | None = None
    for day, why, name in skipped:
        names = (name,) if name else ()
        if run is not None and run.why == why and run.last + _DAY == day:
            run = Skipped(run.first, day, why, run.names + tuple(one for one in names if one not in run.names))
            continue
        if run is not None:
            yield run
        run = Skipped(day, day, why, names)
    if run is not None:
        yield run
