"""The clock of a question stands while its resident is asked back. Values only; verbs save what these return."""

from datetime import date, timedelta
from typing import Any

from knowledge_base.questions.deadline import Calendar, Pause, Reckoning
from knowledge_base.questions.question import UNFINISHED_STATES, Question

Paused = tuple[tuple[str, str | None], ...]  # as kept: ISO days


def pauses_of(question: Question) -> tuple[Pause, ...]:
    """A question's pauses as days."""
    return tuple(_as_days(question.pauses))


def reckoning(question: Question, calendar: Calendar, language: str = "vi") -> Reckoning | None:
    """How the promised day of an unfinished question came about.

    None where that is not known, or nothing is to be explained: nobody waits, it is danger, or the calendar has changed
    in this moment and the day has not moved yet.
    """
    if question.state not in UNFINISHED_STATES or question.clock_from is None or not question.clock_days:
        return None
    found = calendar.explain(question.clock_from, question.clock_days, pauses_of(question), language)
    return found if found.due in (None, question.due_on) else None


def standing_since(question: Question) -> date | None:
    """Since when the clock stands; None while it runs."""
    return date.fromisoformat(question.pauses[-1][0]) if _stands(question.pauses) else None


def pausing(question: Question, today: date) -> tuple[dict[str, Any], dict[str, Any]]:
    """The clock stops today: the data of the event, and the columns to save.

    The promised day stays as it is until the clock runs again; nobody is late meanwhile, for it isn't our turn.
    """
    if _stands(question.pauses):
        return {}, {}
    return {"paused_from": today.isoformat()}, {"pauses": [*map(list, question.pauses), [today.isoformat(), None]]}


def resuming(question: Question, today: date, calendar: Calendar) -> tuple[dict[str, Any], dict[str, Any]]:
    """The clock runs again today: the data of the event (with the new promised day), and the columns to save."""
    if not _stands(question.pauses):
        return {}, {}
    ended = (*question.pauses[:-1], (question.pauses[-1][0], today.isoformat()))
    due_on = _due_day(question, ended, calendar)
    event = {"paused_from": ended[-1][0], "paused_to": today.isoformat()}
    values: dict[str, Any] = {"pauses": [list(pause) for pause in ended]}
    if due_on is None:
        return event, values
    return {**event, "due_on": due_on.isoformat()}, {**values, "due_on": due_on}


def _due_day(question: Question, pauses: Paused, calendar: Calendar) -> date | None:
    if question.clock_from is not None and question.clock_days is not None:
        return calendar.due_day(question.clock_from, question.clock_days, list(_as_days(pauses)))
    return _pushed(question.due_on, pauses[-1], calendar)


def _pushed(due_on: date | None, pause: tuple[str, str | None], calendar: Calendar) -> date | None:
    """Of a promise whose beginning wasn't kept: the working days that the pause took from it are given back."""
    [(first, again)] = _as_days((pause,))
    if due_on is None or again is None:
        return due_on
    until = min(again, due_on + timedelta(days=1))
    taken = sum(calendar.is_working_day(first + timedelta(days=n)) for n in range((until - first).days))
    return calendar.due_day(due_on, taken, [(first, again)])


def _stands(pauses: Paused) -> bool:
    return bool(pauses) and pauses[-1][1] is None


def _as_days(pauses: Paused) -> list[Pause]:
    return [(date.fromisoformat(first), date.fromisoformat(again) if again else None) for first, again in pauses]
