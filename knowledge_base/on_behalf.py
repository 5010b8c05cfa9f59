"""Questions asked for somebody else: pads of slips, receipts from the counter, and that the asker was told.

Each verb is a synchronous function of (transaction, who, input); none commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.questions.lifecycle import STAFF
from knowledge_base.questions.question import Question
from knowledge_base.storage import asked_for_store, event_store, question_store, slip_store
from knowledge_base.storage.asked_for_store import TOLD_HOW, AskedFor
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

MOST_SLIPS = 500


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed of one code: its secret number, and what is known of its question by now."""

    reference: str
    number: str
    question: Question | None = None
    name: str = ""
    answer: dict[str, Any] | None = None
    words: Sequence[str] = field(default=())  # what an officer said besides an answer
    line: int | None = None


def _officer(member: StaffMember) -> None:
    if member.role not in STAFF:
        raise Forbidden("role_needed", role=str(member.role))


def print_pad(tx: Transaction, member: StaffMember, number: int) -> list[Paper]:
    """Slips for helpers to take along: each has a code that becomes the code of the question it is used for."""
    _officer(member)
    if not 1 <= number <= MOST_SLIPS:
        raise InvalidInput("slips_number", field="number", most=MOST_SLIPS)
    made = slip_store.add_slips(tx, member.unit_code, member.username, number)
    event_store.record(tx, member.username, "slips_printed", number=number)
    return [Paper(one.reference, slip_store.secret_number(tx, one.reference, one.issue)) for one in made]


def receipt(tx: Transaction, member: StaffMember, question_id: int) -> Paper:
    """A receipt to hand to the asker at the counter; the paper he had before opens nothing any more."""
    _officer(member)
    question = question_store.question_within(tx, member.unit_path, question_id, lock=True)
    if asked_for_store.of_question(tx, question_id) is None:
        raise Conflict("not_asked_for", reference=question.reference)
    slip_store.issue_anew(tx, question.reference)
    event_store.record(tx, member.username, "receipt_printed", question_id=question_id)
    return paper_of(tx, question)


def paper_of(tx: Transaction, question: Question) -> Paper:
    """What the asker may read of his question, whole: it is his."""
    slip, came = slip_store.slip_of(tx, question.id), asked_for_store.of_question(tx, question.id)
    if slip is None:
        raise NotFound("slip", reference=question.reference)
    answers = question_store.answers_of(tx, question.id)
    return Paper(
        question.reference,
        slip_store.secret_number(tx, slip.reference, slip.issue),
        question,
        came.name if came else "",
        answers[-1].content if answers else None,
        said_besides(tx, question.id),
        slip.line,
    )


def said_besides(tx: Transaction, question_id: int) -> list[str]:
    """Words of officers to the asker that are no answer: on closing, or to ask him something."""
    said = [
        str(event.data.get("words") or "")
        for event in reversed(event_store.events_of(tx, question_id=question_id))
        if event.action in ("close", "ask_back")
    ]
    return [words for words in said if words.strip()]


def record_told(tx: Transaction, member: StaffMember, question_id: int, how: str) -> None:
    """The asker was told, face to face or by paper; kept with the question and on the trail.

    Raises:
        Conflict: `nothing_to_tell`, while there is no answer; `not_asked_for`.
    """
    _officer(member)
    question = question_store.question_within(tx, member.unit_path, question_id, lock=True)
    if how not in TOLD_HOW:
        raise InvalidInput("told_how", field="how")
    came = asked_for_store.of_question(tx, question_id)
    if came is None:
        raise Conflict("not_asked_for", reference=question.reference)
    if question.state not in asked_for_store.TELLABLE:
        raise Conflict("nothing_to_tell", reference=question.reference)
    asked_for_store.set_told(tx, question_id, member.username, how)
    event_store.record(tx, member.username, "told", question_id=question_id, how=how)


def found_by_code(tx: Transaction, member: StaffMember, reference: str) -> tuple[Question, AskedFor | None]:
    """A question at the counter, by its code.

    Raises:
        NotFound: there is none, or it is none of the member's units.
    """
    question = question_store.question_by_reference(tx, reference)
    if question is None:
        raise NotFound("question", reference=reference)
    question = question_store.question_within(tx, member.unit_path, question.id, read=True)
    return question, asked_for_store.of_question(tx, question.id)
