"""The clock stands while a resident is asked back."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from knowledge_base.questions.change import promise
from knowledge_base.questions.deadline import Calendar, ChangedDay
from knowledge_base.questions.pausing import pauses_of, pausing, resuming
from knowledge_base.questions.question import Disposition, Question, QuestionState

MONDAY = date(2027, 1, 4)
PLAIN = Calendar()
_MOMENT = datetime(2027, 1, 4, 5, tzinfo=UTC)
_NAMES = Question.__dataclass_fields__


def a_question(**values: object) -> Question:
    """Asked on a Monday, promised for the Monday after, in an officer's hands."""
    blank = dict.fromkeys(_NAMES)
    _event, promised = promise(_MOMENT, 5, PLAIN)
    known = {"state": QuestionState.ASSIGNED, "disposition": Disposition.PENDING, "version": 1, "pauses": ()}
    return Question(**{**blank, **promised, **known, "candidates": (), "pauses": (), **values})  # type: ignore[arg-type]


def saved(question: Question, values: dict[str, object]) -> Question:
    """As the store gives it back."""
    pauses = values.get("pauses", question.pauses)
    return replace(question, **{**values, "pauses": tuple(map(tuple, pauses))})  # type: ignore[arg-type,call-overload]


def test_waiting_moves_the_promise_by_the_days_it_took() -> None:
    question = a_question()
    event, values = pausing(question, date(2027, 1, 6))
    assert (event, values) == ({"paused_from": "2027-01-06"}, {"pauses": [["2027-01-06", None]]})
    waiting = saved(question, values)
    assert waiting.due_on == date(2027, 1, 11)
    event, values = resuming(waiting, date(2027, 1, 8), PLAIN)
    assert values == {"pauses": [["2027-01-06", "2027-01-08"]], "due_on": date(2027, 1, 13)}
    assert event == {"paused_from": "2027-01-06", "paused_to": "2027-01-08", "due_on": "2027-01-13"}
    assert pauses_of(saved(waiting, values)) == ((date(2027, 1, 6), date(2027, 1, 8)),)


def test_several_pauses_add_up() -> None:
    question = a_question()
    for first, again in ((5, 7), (12, 12), (13, 18)):
        question = saved(question, pausing(question, date(2027, 1, first))[1])
        question = saved(question, resuming(question, date(2027, 1, again), PLAIN)[1])
    assert len(question.pauses) == 3
    # 7, 8, 11, 12 and, after the wait from the 13th, the 18th.
    assert question.due_on == date(2027, 1, 18)


def test_nothing_happens_twice() -> None:
    question = a_question()
    assert resuming(question, date(2027, 1, 6), PLAIN) == ({}, {})
    waiting = saved(question, pausing(question, date(2027, 1, 6))[1])
    assert pausing(waiting, date(2027, 1, 7)) == ({}, {})


def test_a_wait_over_tet() -> None:
    question = a_question(clock_from=date(2027, 2, 1), due_on=PLAIN.due_day(date(2027, 2, 1), 5))
    assert question.due_on == date(2027, 2, 15)
    waiting = saved(question, pausing(question, date(2027, 2, 3))[1])
    assert resuming(waiting, date(2027, 2, 11), PLAIN)[1]["due_on"] == date(2027, 2, 16)  # one working day was lost


def test_the_calendar_of_the_day_of_resuming_counts() -> None:
    flood = Calendar((ChangedDay(date(2027, 1, 11), works=False, name="Nghỉ bão"),))
    waiting = saved(a_question(), pausing(a_question(), date(2027, 1, 6))[1])
    assert resuming(waiting, date(2027, 1, 8), flood)[1]["due_on"] == date(2027, 1, 14)


@pytest.mark.parametrize(
    ("first", "again", "due"),
    [
        (date(2027, 1, 6), date(2027, 1, 8), date(2027, 1, 13)),
        (date(2027, 1, 6), date(2027, 1, 6), date(2027, 1, 11)),
        (date(2027, 1, 6), date(2027, 1, 20), date(2027, 1, 25)),
        (date(2027, 1, 11), date(2027, 1, 13), date(2027, 1, 13)),
        (date(2027, 1, 12), date(2027, 1, 15), date(2027, 1, 11)),
    ],
)
def test_a_promise_of_which_only_the_day_is_known_moves_alike(first: date, again: date, due: date) -> None:
    """Questions from before beginnings were kept."""
    for question in (a_question(), a_question(clock_from=None, clock_days=None)):
        waiting = saved(question, pausing(question, first)[1])
        assert resuming(waiting, again, PLAIN)[1]["due_on"] == due


def test_danger_stays_a_matter_of_today() -> None:
    question = a_question(clock_days=0, due_on=MONDAY)
    waiting = saved(question, pausing(question, MONDAY)[1])
    assert resuming(waiting, date(2027, 1, 6), PLAIN)[1]["due_on"] == MONDAY
