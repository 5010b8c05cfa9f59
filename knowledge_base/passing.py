"""Passing a question on: to another unit, up the ladder, or in parts. The resident's promise doesn't begin anew.

Each is a synchronous function of (transaction, who, input); none commits.
"""

from collections.abc import Sequence
from typing import Any

from knowledge_base.asker import tell
from knowledge_base.clock import vietnam_day
from knowledge_base.errors import Conflict, InvalidInput, NotFound
from knowledge_base.questions.change import Actor, Change
from knowledge_base.questions.lifecycle import Action, step
from knowledge_base.questions.question import Question, QuestionState
from knowledge_base.questions.reference import new_reference
from knowledge_base.steps import held_by, move
from knowledge_base.storage import calendar_store, event_store, question_store, staff_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

MOST_PARTS = 5


def transfer(tx: Transaction, member: StaffMember, question_id: int, unit_code: str, reason: str) -> None:
    """To the unit that can answer; who passed it on goes on reading it."""
    question = _passable(tx, member, question_id, reason)
    _pass_on(tx, member, question, Action.TRANSFER, unit_code, reason, unit_due_on=None)


def escalate(tx: Transaction, member: StaffMember, question_id: int, working_days: int, reason: str) -> None:
    """One step up the ladder, with a deadline for the unit above.

    Raises:
        Conflict: `nothing_above`, for a question of the unit above all others.
    """
    question = _passable(tx, member, question_id, reason)
    above = staff_store.unit_above(tx, question.unit_code)
    if above is None:
        raise Conflict("nothing_above")
    deadline = calendar_store.calendar(tx).due_day(vietnam_day(tx.now), working_days)
    _pass_on(tx, member, question, Action.ESCALATE, above, reason, unit_due_on=deadline)


def _passable(tx: Transaction, member: StaffMember, question_id: int, reason: str) -> Question:
    """A question that waits, or that this officer holds."""
    if not reason.strip():
        raise InvalidInput("note_missing", field="note")
    question = question_store.question_within(tx, member.unit_path, question_id, lock=True)
    if question.state == QuestionState.ASSIGNED and question.assigned_to != member.id:
        raise Conflict("not_yours", by=question.assigned_to)
    return question


def _pass_on(
    tx: Transaction, member: StaffMember, question: Question, action: Action, unit_code: str, reason: str, **values: Any
) -> None:
    name = staff_store.open_unit(tx, unit_code)
    if name is None:
        raise NotFound("unit", code=unit_code)
    if unit_code == question.unit_code:
        raise Conflict("same_unit", unit=name)
    event = {"from": question.unit_code, "to": unit_code, "unit": name, "reason": reason}
    change = Change(action, Actor.of(member), event, {"unit_code": unit_code, "assigned_to": None, "owner_id": None})
    question_store.note_unit(tx, question.id, question.unit_code)
    move(tx, question, change, **values)
    body = {"notice": "passed_on", "reference": question.reference, "office": name, **_day(question)}
    tell(tx, question, f"passed:{question.id}:{question.version}", body)


def split(tx: Transaction, member: StaffMember, question_id: int, parts: Sequence[str]) -> list[int]:
    """Make each of the parts a question of its own, with the promise of the whole; returns their ids.

    The resident's words stay as they are; the question they came with keeps what is not among the parts.
    """
    question = held_by(tx, member, question_id)
    wanted = [part.strip() for part in parts if part.strip()]
    if not 1 <= len(wanted) <= MOST_PARTS:
        raise InvalidInput("parts_missing", field="parts", most=MOST_PARTS)
    step(question.state, Action.SPLIT, member.role)
    made = {new_reference(): part for part in wanted}
    ids = question_store.add_questions(tx, [_part(question, reference, text) for reference, text in made.items()])
    event: dict[str, Any] = {"parts": list(made)}
    move(tx, question, Change(Action.SPLIT, Actor.of(member), event))
    for reference in made:
        origin = {"from": question.reference, "due_on": _day(question)["due_on"]}
        event_store.record(tx, member.username, "split_off", question_id=ids[reference], **origin)
    told = [{"reference": reference, "text": text} for reference, text in made.items()]
    body = {"notice": "split", "reference": question.reference, "parts": told, **_day(question)}
    tell(tx, question, f"split:{question.id}:{question.version}", body)
    return [ids[reference] for reference in made]


def _part(question: Question, reference: str, text: str) -> dict[str, Any]:
    kept = ("contact_ref", "channel", "unit_code", "commune", "urgent", "topic", "owner_id", "due_on", "clock_from")
    return {
        **{name: getattr(question, name) for name in (*kept, "clock_days")},
        "reference": reference,
        "text": text,
        "state": QuestionState.QUEUED,
        "split_from": question.id,
        "pauses": [list(pause) for pause in question.pauses],
    }


def _day(question: Question) -> dict[str, Any]:
    return {"due_on": question.due_on.isoformat() if question.due_on else None}
