"""Promised days: Vietnamese working days, Tết and the other holidays included."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.questions.deadline import due_day, is_working_day, working_days_left


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)  # 12:00 in Viet Nam


@pytest.mark.parametrize(
    "day",
    [
        *(date(2027, 2, number) for number in range(5, 10)),  # Tết Đinh Mùi: the 1st day is 6/2/2027
        date(2026, 2, 17),  # Tết Bính Ngọ
        date(2027, 4, 30),
        date(2027, 5, 1),
        date(2026, 9, 2),
        date(2027, 9, 2),
        date(2027, 1, 1),
        date(2026, 11, 24),  # Vietnamese Culture Day, a public holiday from 2026
        date(2026, 11, 21),  # a Saturday
        date(2026, 11, 22),  # a Sunday
    ],
)
def test_days_off(day: date) -> None:
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 25), date(2027, 2, 1), date(2026, 12, 31)])
def test_ordinary_days(day: date) -> None:
    assert is_working_day(day)


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        (date(2026, 12, 7), 5, date(2026, 12, 14)),  # Monday to Monday
        (date(2026, 12, 4), 1, date(2026, 12, 7)),  # Friday: Monday
        (date(2026, 12, 5), 1, date(2026, 12, 7)),  # Saturday: Monday
        (date(2026, 11, 23), 5, date(2026, 12, 1)),  # over 24/11
        (date(2026, 9, 1), 1, date(2026, 9, 3)),  # over 2/9 (and the day beside it)
        (date(2027, 4, 29), 1, date(2027, 5, 4)),  # 30/4 and 1/5, which is a Saturday: the Monday is off, too
        (date(2026, 12, 31), 1, date(2027, 1, 4)),  # over the new year
    ],
)
def test_due_days(asked: date, days: int, due: date) -> None:
    assert due_day(at_noon(asked), days) == due


def test_over_tet() -> None:
    """Asked in the last week before Tết 2027: nobody is promised an answer on the holidays."""
    asked = date(2027, 2, 3)
    due = due_day(at_noon(asked), 3)
    assert due >= date(2027, 2, 12)
    assert is_working_day(due)


def test_the_day_is_vietnams() -> None:
    late = datetime(2026, 12, 6, 17, 30, tzinfo=UTC)  # Monday 00:30 in Viet Nam
    early = datetime(2026, 12, 6, 16, 30, tzinfo=UTC)  # still Sunday
    assert due_day(late, 1) == date(2026, 12, 8)
    assert due_day(early, 1) == date(2026, 12, 7)


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 60))
def test_a_promise_is_a_working_day_and_counts_back(asked: date, days: int) -> None:
    due = due_day(at_noon(asked), days)
    assert is_working_day(due)
    assert working_days_left(asked, due) == days
    assert working_days_left(due, asked) == -days
