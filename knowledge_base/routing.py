"""Routing in the store: reads who is there, lets `questions/routing.py` decide, says what is to be saved."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from knowledge_base.questions.change import BOT, Opening
from knowledge_base.questions.question import Question, QuestionState
from knowledge_base.questions.routing import Offices, Routed, owner_of, route
from knowledge_base.storage import event_store, unit_store
from knowledge_base.storage.database import Transaction
from knowledge_base.units.unit import TOP, TOP_PATH, ladder


def offices(tx: Transaction, codes: Iterable[str], topics: Iterable[str | None]) -> Offices:
    """Who is there in some units, and who owns some topics there."""
    wanted, subjects = set(codes), {topic for topic in topics if topic}
    owners: dict[tuple[str, str], list[int]] = defaultdict(list)
    load: dict[int, int] = {}
    for topic, code, staff_id, questions in unit_store.owners_with_load(tx, wanted, subjects):
        owners[topic, code].append(staff_id)
        load[staff_id] = questions
    return Offices(unit_store.staffed(tx, wanted - {TOP}), owners, load)


def route_openings(tx: Transaction, openings: Sequence[Opening], owned: Collection[tuple[str, str]]) -> None:
    """Route questions that are being opened; asks the store only where a place or the owner of a topic is known.

    `owned`: the (topic, unit) that have an owner, as far as was known a moment ago.
    """
    waiting = [
        one
        for one in openings
        if one.state == QuestionState.QUEUED and (one.path != TOP_PATH or (one.values.get("topic"), TOP) in owned)
    ]
    if not waiting:
        return
    ladders = [ladder(one.path) for one in waiting]
    here = offices(tx, (code for codes in ladders for code in codes), (one.values.get("topic") for one in waiting))
    for one, codes in zip(waiting, ladders, strict=True):
        found = route(codes, one.values.get("topic"), here)
        one.unit_code = found.unit_code
        one.values["owner_id"] = found.owner_id
        if one.path != TOP_PATH:
            one.events.append((BOT.name, "routed", _event(found)))


def _event(found: Routed) -> dict[str, Any]:
    return {"unit": found.unit_code, "reason": found.why}


def owner_values(tx: Transaction, question: Question) -> dict[str, Any]:
    """The column that says for whom a question is meant, as it goes into the queue of the unit that has it."""
    if question.topic is None:
        return {}
    here = offices(tx, [question.unit_code], [question.topic])
    return {"owner_id": owner_of(question.topic, question.unit_code, here)}


def reroute(tx: Transaction, question: Question, path: str) -> dict[str, Any]:
    """What is saved with a question whose place became known: only one that waits and that nobody passed on moves."""
    if question.state != QuestionState.QUEUED or question.assigned_to is not None or question.unit_due_on is not None:
        return {}
    codes = ladder(path)
    found = route(codes, question.topic, offices(tx, codes, [question.topic]))
    if found.unit_code == question.unit_code:
        return {}
    event_store.record(tx, BOT.name, "routed", question_id=question.id, **_event(found))
    return {"unit_code": found.unit_code, "owner_id": found.owner_id}
