"""Administrators' verbs for what went wrong on the way: messages in doubt, failed, unreadable. Each leaves an event."""

from knowledge_base.errors import Conflict, Forbidden, NotFound
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage import event_store, repair_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import OutboxState
from knowledge_base.storage.staff_store import StaffMember


def send_again(tx: Transaction, by: StaffMember, message_id: int) -> None:
    """A message in doubt goes out once more, marked as a repeat: better twice than never."""
    question_id = _take(tx, by, message_id, OutboxState.IN_DOUBT)
    repair_store.send_anew(tx, message_id, repeat=True)
    event_store.record(tx, by.username, "message_again", question_id=question_id, message=message_id)


def count_as_arrived(tx: Transaction, by: StaffMember, message_id: int) -> None:
    """A message in doubt has arrived, as somebody knows: it isn't sent again."""
    question_id = _take(tx, by, message_id, OutboxState.IN_DOUBT)
    repair_store.count_as_sent(tx, message_id)
    event_store.record(tx, by.username, "message_arrived", question_id=question_id, message=message_id)


def try_again(tx: Transaction, by: StaffMember, message_id: int) -> None:
    """A message that failed gets all its tries once more; what never arrived is no repeat."""
    question_id = _take(tx, by, message_id, OutboxState.FAILED)
    repair_store.send_anew(tx, message_id, repeat=False)
    event_store.record(tx, by.username, "message_retry", question_id=question_id, message=message_id)


def open_quarantined(tx: Transaction, by: StaffMember, inbox_id: int) -> str:
    """What a message said that couldn't be read; a resident's words, so the look is written down."""
    _administrators_only(by)
    words = repair_store.quarantined_words(tx, inbox_id)
    if words is None:
        raise NotFound("quarantined", id=inbox_id)
    event_store.record(tx, by.username, "quarantine_opened", message=inbox_id)
    return words


def _take(tx: Transaction, by: StaffMember, message_id: int, wanted: OutboxState) -> int | None:
    """The message's question, if the message still stands where the administrator saw it."""
    _administrators_only(by)
    found = repair_store.state_of(tx, message_id)
    if found is None:
        raise NotFound("message", id=message_id)
    state, question_id = found
    if state != wanted:
        raise Conflict("message_moved", id=message_id)
    return question_id


def _administrators_only(by: StaffMember) -> None:
    if by.role != Role.ADMINISTRATOR:
        raise Forbidden("administrator_only")
