"""Beside the answer: drafts, notes among officers, asking the resident back, texts to begin with.

Each is a synchronous function of (transaction, who, input); none commits.
"""

from typing import Any

from knowledge_base.asker import tell
from knowledge_base.clock import vietnam_day
from knowledge_base.errors import Conflict, InvalidInput
from knowledge_base.officer_queue import resume
from knowledge_base.questions.change import Actor, Change
from knowledge_base.questions.lifecycle import Action, Role
from knowledge_base.questions.pausing import pausing
from knowledge_base.questions.question import UNFINISHED_STATES
from knowledge_base.steps import held_by, move
from knowledge_base.storage import contact_store, conversation_store, desk_store, event_store, question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

_LONGEST_NAME = 80


def save_draft(
    tx: Transaction, member: StaffMember, question_id: int, content: dict[str, Any], seen_version: int
) -> int:
    """Keep what the holder (or a collaborator of the unit) is typing; returns its version.

    Raises:
        Conflict: somebody else saved since, or holds the question, or it is settled.
    """
    if member.role == Role.COLLABORATOR:
        question = question_store.question_within(tx, member.unit_path, question_id, lock=True)
        if question.state not in UNFINISHED_STATES:
            raise Conflict("question_state", state=str(question.state), action="draft")
    else:
        held_by(tx, member, question_id)
    return question_store.put_draft(tx, question_id, member.id, content, seen_version)


def add_note(tx: Transaction, member: StaffMember, question_id: int, text: str) -> None:
    """Words for the officers who have the question, or had it; the resident never sees them."""
    if not text.strip():
        raise InvalidInput("note_empty", field="note")
    question = question_store.question_within(tx, member.unit_path, question_id, read=True)
    question_store.refuse_erased(question)
    desk_store.add_note(tx, question.id, member.id, text.strip())
    event_store.record(tx, member.username, "note", question_id=question.id)


def ask_back(tx: Transaction, member: StaffMember, question_id: int, words: str) -> None:
    """Ask the resident something: his clock stands still, and what he says next comes back to this question."""
    if not words.strip():
        raise InvalidInput("words_empty", field="words")
    question = held_by(tx, member, question_id)
    event, values = pausing(question, vietnam_day(tx.now))
    move(tx, question, Change(Action.ASK_BACK, Actor.of(member), event, values))
    question_store.add_message(tx, question.id, "officer", words.strip())
    contact_store.lock_contacts(tx, [question.contact_ref])
    conversation_store.point_at(tx, question.contact_ref, question.reference)
    body = {"notice": "ask_back", "reference": question.reference, "words": words.strip()}
    tell(tx, question, f"ask_back:{question.id}:{question.version}", body)


def go_on(tx: Transaction, member: StaffMember, question_id: int) -> None:
    """The officer needn't wait any longer: the clock runs again."""
    resume(tx, held_by(tx, member, question_id), Actor.of(member))


def put_template(tx: Transaction, member: StaffMember, template_id: int | None, name: str, text: str) -> None:
    """Add or change a text of one's own unit."""
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise InvalidInput("template_name", field="name", most=_LONGEST_NAME)
    if not text.strip():
        raise InvalidInput("words_empty", field="text")
    desk_store.put_template(tx, template_id, member.unit_code, name.strip(), text.strip(), member.username)


def remove_template(tx: Transaction, member: StaffMember, template_id: int) -> None:
    """Remove a text of one's own unit."""
    desk_store.remove_template(tx, template_id, member.unit_code)
