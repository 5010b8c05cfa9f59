"""What every step of a question has in common: the one door it goes through, and who holds it."""

from typing import Any

from knowledge_base.errors import Conflict
from knowledge_base.questions.change import Change
from knowledge_base.questions.lifecycle import step
from knowledge_base.questions.question import Question
from knowledge_base.storage import event_store, question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember


def move(tx: Transaction, question: Question, change: Change, **values: Any) -> None:
    """The one door: check the table of steps, save under the version seen, leave an event."""
    to = step(question.state, change.action, change.actor.role)
    question_store.save(tx, question, state=to, **{**change.values, **values})
    event_store.record(tx, change.actor.name, str(change.action), question_id=question.id, **change.event)


def held_by(tx: Transaction, member: StaffMember, question_id: int) -> Question:
    """A question this officer holds, locked; raises Conflict with the holder's id when it isn't his."""
    question = question_store.question_within(tx, member.unit_path, question_id, lock=True)
    question_store.refuse_erased(question)
    if question.assigned_to != member.id:
        raise Conflict("not_yours", by=question.assigned_to)
    return question
