"""A resident's copy of all that is kept of him, and the code that opens it: once, for an hour, known by its hash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from knowledge_base.questions.return_code import read_return_code
from knowledge_base.retention import CODE_HOURS
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.question_store import answers_of, listed, messages_of
from knowledge_base.storage.tables import (
    contacts,
    conversations,
    data_codes,
    drafts,
    events,
    feedback,
    inbox,
    outbox,
    question_notes,
    questions,
    return_codes,
)

VALID = timedelta(hours=CODE_HOURS)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store holds of one resident, as rows of values."""

    contact: Any
    conversation: dict[str, Any]
    return_code_made: datetime | None
    questions: list[dict[str, Any]]
    heard: list[Any]  # (received_at, kind, body)
    told: list[Any]  # (created_at, state, body)


def counts(tx: Transaction, ref: str) -> tuple[int, int]:
    """How many questions and messages (of both sides) are kept of a resident."""
    asked = select(func.count()).select_from(questions).where(questions.c.contact_ref == ref)
    heard = select(func.count()).select_from(inbox).where(inbox.c.contact_ref == ref)
    told = select(func.count()).select_from(outbox).where(outbox.c.contact_ref == ref)
    number, own, ours = (tx.execute(query).scalar_one() for query in (asked, heard, told))
    return number, own + ours


def _hash(tx: Transaction, code: str) -> str:
    return tx.keys.erasure_hash("copy", read_return_code(code) or "")


def put_code(tx: Transaction, ref: str, code: str) -> None:
    """Let a code open a copy; the one before it opens nothing any more."""
    values = {"code_hash": _hash(tx, code), "expires_at": tx.now + VALID}
    statement = tx.insert(data_codes).values(contact_ref=ref, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["contact_ref"], set_=values))


def use_code(tx: Transaction, code: str) -> Kept | None:
    """Open a copy, once; None when the code opens nothing (any more)."""
    used = delete(data_codes).where(data_codes.c.code_hash == _hash(tx, code), data_codes.c.expires_at > tx.now)
    ref = tx.execute(used.returning(data_codes.c.contact_ref)).scalar()
    return kept_of(tx, ref) if ref else None


def kept_of(tx: Transaction, ref: str) -> Kept:
    """All that is kept of a resident. Of staff no name: who acted is told by role."""
    contact = select(contacts).where(contacts.c.ref == ref)
    stand = select(conversations.c.data).where(conversations.c.contact_ref == ref)
    made = select(return_codes.c.made_at).where(return_codes.c.contact_ref == ref)
    heard = select(inbox.c.received_at, inbox.c.kind, inbox.c.body).where(inbox.c.contact_ref == ref)
    told = select(outbox.c.created_at, outbox.c.state, outbox.c.body).where(outbox.c.contact_ref == ref)
    asked = listed(tx, select(questions).where(questions.c.contact_ref == ref).order_by(questions.c.id))
    return Kept(
        tx.execute(contact).one(),
        tx.execute(stand).scalar() or {},
        tx.execute(made).scalar(),
        [_question(tx, one) for one in asked],
        list(tx.execute(heard.order_by(inbox.c.id))),
        list(tx.execute(told.order_by(outbox.c.id))),
    )


def _question(tx: Transaction, question: Any) -> dict[str, Any]:
    def of(table: Any, *columns: Any) -> Sequence[Any]:
        return tx.execute(select(*columns).where(table.c.question_id == question.id)).all()

    return {
        "question": question,
        "messages": messages_of(tx, question.id),
        "answers": answers_of(tx, question.id),
        "notes": of(question_notes, question_notes.c.at, question_notes.c.text),
        "draft": bool(of(drafts, drafts.c.version)),
        "feedback": of(feedback, feedback.c.at, feedback.c.verdict),
        "events": of(events, events.c.at, events.c.actor, events.c.action),
    }
