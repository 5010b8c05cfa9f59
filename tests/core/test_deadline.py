"""Promised days: Vietnamese working days, the holidays, the administrator's days, and pauses."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.questions.change import promise
from knowledge_base.questions.deadline import Calendar, ChangedDay, Off, public_holidays

PLAIN = Calendar()
# As a ministry announces it: the Friday after a holiday off, the Saturday before it worked instead.
SWAPPED = Calendar(
    (
        ChangedDay(date(2026, 12, 19), works=True, name="Làm bù cho thứ Năm 24/12"),
        ChangedDay(date(2026, 12, 24), works=False, name="Nghỉ hoán đổi"),
    )
)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        *(date(2027, 2, number) for number in range(4, 11)),  # Tết Đinh Mùi: the 1st day is 6/2/2027
        date(2026, 2, 17),  # Tết Bính Ngọ
        date(2027, 4, 30),
        date(2027, 5, 1),
        date(2027, 5, 3),  # for 1/5, a Saturday
        date(2026, 9, 2),
        date(2027, 9, 2),
        date(2027, 1, 1),
        date(2026, 11, 24),  # Vietnamese Culture Day, a public holiday from 2026
        date(2027, 11, 24),
        date(2026, 11, 21),  # a Saturday
        date(2026, 11, 22),  # a Sunday
    ],
)
def test_days_off(day: date) -> None:
    assert not PLAIN.is_working_day(day)
    assert PLAIN.why_off(day) is not None


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 25), date(2027, 2, 1), date(2026, 12, 31)])
def test_ordinary_days(day: date) -> None:
    assert PLAIN.is_working_day(day)
    assert PLAIN.why_off(day) is None


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        (date(2026, 12, 7), 5, date(2026, 12, 14)),  # Monday to Monday
        (date(2026, 12, 4), 1, date(2026, 12, 7)),  # Friday: Monday
        (date(2026, 12, 5), 1, date(2026, 12, 7)),  # Saturday: Monday
        (date(2026, 11, 23), 5, date(2026, 12, 1)),  # over 24/11
        (date(2026, 9, 1), 1, date(2026, 9, 3)),  # over 2/9 (and the day beside it)
        (date(2027, 9, 1), 1, date(2027, 9, 6)),  # over 2/9 and 3/9, a Thursday and a Friday
        (date(2027, 4, 29), 1, date(2027, 5, 4)),  # 30/4 and 1/5, which is a Saturday: the Monday is off, too
        (date(2027, 11, 23), 1, date(2027, 11, 25)),  # over 24/11
        (date(2026, 12, 31), 1, date(2027, 1, 4)),  # over the new year
        (date(2027, 2, 2), 5, date(2027, 2, 16)),  # over Tết: 3, 11, 12, 15, 16 February
        (date(2027, 2, 6), 1, date(2027, 2, 11)),  # asked on the first day of Tết
    ],
)
def test_due_days(asked: date, days: int, due: date) -> None:
    assert PLAIN.due_day(asked, days) == due
    assert PLAIN.due_day(asked, days) == due  # remembered


def test_a_swapped_saturday_counts_and_its_thursday_does_not() -> None:
    asked = date(2026, 12, 18)  # a Friday
    assert PLAIN.due_day(asked, 4) == date(2026, 12, 24)
    assert SWAPPED.due_day(asked, 1) == date(2026, 12, 19)
    assert SWAPPED.due_day(asked, 4) == date(2026, 12, 23)
    assert SWAPPED.due_day(asked, 5) == date(2026, 12, 25)
    assert SWAPPED.why_off(date(2026, 12, 24)) == (Off.OFFICE, "Nghỉ hoán đổi")
    assert SWAPPED.working_days_left(date(2026, 12, 23), date(2026, 12, 25)) == 1
    assert SWAPPED.last_working_day(date(2026, 12, 20)) == date(2026, 12, 19)


def test_a_working_holiday_is_the_administrators_word() -> None:
    emergency = Calendar((ChangedDay(date(2027, 9, 2), works=True, name="Trực bão"),))
    assert emergency.due_day(date(2027, 9, 1), 1) == date(2027, 9, 2)


@pytest.mark.parametrize(
    ("pause", "due"),
    [
        ((date(2027, 1, 5), date(2027, 1, 8)), date(2027, 1, 14)),  # three working days
        ((date(2027, 1, 5), date(2027, 1, 5)), date(2027, 1, 11)),  # asked and answered on one day
        ((date(2027, 1, 8), date(2027, 1, 11)), date(2027, 1, 12)),  # Friday to Monday: one working day
        ((date(2027, 1, 9), date(2027, 1, 10)), date(2027, 1, 11)),  # a week-end costs nothing
        ((date(2027, 1, 11), date(2027, 2, 10)), date(2027, 2, 11)),  # the last day was left, and lies after Tết
        ((date(2027, 1, 12), date(2027, 3, 1)), date(2027, 1, 11)),  # what is late before a pause stays late
        ((date(2027, 1, 1), date(2027, 1, 4)), date(2027, 1, 11)),  # before the count begins
    ],
)
def test_pauses(pause: tuple[date, date], due: date) -> None:
    asked = date(2027, 1, 4)  # a Monday, promised for the Monday after
    assert PLAIN.due_day(asked, 5, [pause]) == due
    assert PLAIN.explain(asked, 5, [pause]).due == due


def test_a_pause_over_tet_is_told_as_a_pause() -> None:
    """Asked back on the day before Tết, answered on the day after: Tết itself isn't counted twice."""
    asked, pause = date(2027, 2, 1), (date(2027, 2, 3), date(2027, 2, 11))
    assert PLAIN.due_day(asked, 3, [pause]) == date(2027, 2, 12)
    told = PLAIN.explain(asked, 3, [pause])
    assert told.counted == (date(2027, 2, 2), date(2027, 2, 11), date(2027, 2, 12))
    assert [(run.first, run.last, run.why) for run in told.skipped] == [(pause[0], date(2027, 2, 10), Off.PAUSE)]


def test_while_the_clock_stands_no_day_is_known() -> None:
    asked, pause = date(2027, 1, 4), (date(2027, 1, 6), None)
    with pytest.raises(ValueError, match="stands"):
        PLAIN.due_day(asked, 5, [pause])
    told = PLAIN.explain(asked, 5, [pause])
    assert (told.due, told.counted) == (None, (date(2027, 1, 5),))


def test_how_a_day_came_about() -> None:
    told = PLAIN.explain(date(2027, 2, 2), 5)
    assert told.counted == tuple(date(2027, 2, number) for number in (3, 11, 12, 15, 16))
    assert told.due == PLAIN.due_day(date(2027, 2, 2), 5)
    tet, week_end = told.skipped
    assert (tet.first, tet.last, tet.why) == (date(2027, 2, 4), date(2027, 2, 10), Off.HOLIDAY)
    assert (tet.names[0], tet.names[-1]) == ("29 Tết", "Mùng năm Tết Nguyên Đán")
    assert (week_end.first, week_end.last, week_end.why) == (date(2027, 2, 13), date(2027, 2, 14), Off.WEEKEND)
    assert PLAIN.explain(date(2027, 2, 2), 5, language="en").skipped[0].names[-1] == "Fifth Day of Lunar New Year"
    assert PLAIN.explain(date(2027, 2, 2), 0).due == date(2027, 2, 2)  # danger: today


@pytest.mark.parametrize("language", ["vi", "en", "km"])
def test_holidays_have_names(language: str) -> None:
    assert all(public_holidays(2027, language).values())
    assert set(public_holidays(2027, language)) == set(public_holidays(2027))


# --- whose day it is ------------------------------------------------------------------------------


@pytest.fixture(params=["Europe/Paris", "UTC", "Asia/Ho_Chi_Minh", "America/Los_Angeles"])
def process_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process whose machine is set to some zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("process_zone")
@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 12, 6, 16, 59, tzinfo=UTC), date(2026, 12, 7)),  # Sunday 23:59 in Viet Nam
        (datetime(2026, 12, 6, 17, 1, tzinfo=UTC), date(2026, 12, 8)),  # Monday 00:01
        (datetime(2026, 12, 31, 16, 59, tzinfo=UTC), date(2027, 1, 4)),  # the last minute of the year
        (datetime(2026, 12, 31, 17, 1, tzinfo=UTC), date(2027, 1, 4)),  # the first: a holiday, a week-end
        (datetime(2027, 2, 3, 16, 59, tzinfo=UTC), date(2027, 2, 11)),  # the last working day before Tết
        (datetime(2027, 2, 10, 17, 1, tzinfo=UTC), date(2027, 2, 12)),  # the first after it
    ],
)
def test_the_day_is_vietnams(moment: datetime, due: date) -> None:
    event, values = promise(moment, 1, PLAIN)
    assert (values["due_on"], event["due_on"]) == (due, due.isoformat())
    assert values["clock_from"] == (moment + timedelta(hours=7)).date()


# --- against a slow, obvious reference ------------------------------------------------------------


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    days = draw(st.dictionaries(DAYS, st.booleans(), max_size=12))
    return Calendar(tuple(ChangedDay(day, works, "x") for day, works in sorted(days.items())))


@st.composite
def pauses(draw: st.DrawFn) -> list[tuple[date, date]]:
    firsts = draw(st.lists(st.tuples(DAYS, st.integers(0, 40)), max_size=4))
    return [(first, first + timedelta(days=days)) for first, days in sorted(firsts)]


def counts(calendar: Calendar, off: list[tuple[date, date]], day: date) -> bool:
    """Whether a day counts, said as plainly as can be."""
    said = [change.works for change in calendar.changes if change.day == day]
    paused = [one for first, again in off for one in range((again - first).days) if first + timedelta(one) == day]
    usual = day.strftime("%A") not in ("Saturday", "Sunday") and day not in public_holidays(day.year)
    return not paused and (said[0] if said else usual)


@settings(deadline=None)
@given(calendars(), DAYS, st.integers(0, 25), pauses())
def test_a_due_day_is_as_a_slow_count_has_it(
    calendar: Calendar, asked: date, days: int, off: list[tuple[date, date]]
) -> None:
    following = (asked + timedelta(days=n) for n in range(1, 1000))
    counted = list(islice((day for day in following if counts(calendar, off, day)), days))
    due = counted[-1] if counted else asked
    assert calendar.due_day(asked, days, off) == due
    told = calendar.explain(asked, days, off)
    assert (told.due, list(told.counted)) == (due, counted)
    skipped = [run.first + timedelta(days=n) for run in told.skipped for n in range((run.last - run.first).days + 1)]
    assert sorted([*told.counted, *skipped]) == [asked + timedelta(days=n) for n in range(1, (due - asked).days + 1)]


@settings(deadline=None)
@given(calendars(), DAYS, st.integers(1, 60))
def test_a_promise_is_a_working_day_and_counts_back(calendar: Calendar, asked: date, days: int) -> None:
    due = calendar.due_day(asked, days)
    assert calendar.is_working_day(due)
    assert calendar.working_days_left(asked, due) == days
    assert calendar.working_days_left(due, asked) == -days
    assert asked <= calendar.last_working_day(due) or days == 1
