"""Words waiting for a channel: pending -> sending -> sent | retry_at | held | in_doubt | failed | cancelled."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select, update

from knowledge_base.storage.contact_store import Contact
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import among
from knowledge_base.storage.prepared import ManyRows, Prepared
from knowledge_base.storage.tables import is_unsettled, outbox

_MESSAGES = ManyRows(
    outbox,
    "idempotency_key contact_ref channel body question_id inbox_id revision_id state not_before created_at talked_at",
    "ON CONFLICT DO NOTHING",
)

_TALKED = Prepared(
    lambda name: (
        update(outbox)
        .where(among(name, outbox.c.contact_ref, "refs"), is_unsettled(outbox))
        .values(talked_at=bindparam("now"))
    )
)


class OutboxState(StrEnum):
    """Where a message stands."""

    PENDING = "pending"
    SENDING = "sending"
    RETRY_AT = "retry_at"
    HELD = "held"  # until the resident's next word: the platform carries nothing to him before
    SENT = "sent"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"
    CANCELLED = "cancelled"  # its resident had his data erased


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One message, claimed by a sender that holds `token`."""

    id: int
    contact_ref: str
    channel: str
    body: dict[str, Any]
    attempt: int
    token: str | None
    question_id: int | None
    inbox_id: int | None
    state: OutboxState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be put in the outbox; the same `key` twice is one message."""

    key: str
    contact_ref: str
    channel: str
    body: dict[str, Any]
    question_id: int | None = None
    inbox_id: int | None = None
    revision_id: int | None = None


def message_of(row: Row[Any]) -> OutboxMessage:
    """A row of the table as a value."""
    return OutboxMessage(
        row.id,
        row.contact_ref,
        row.channel,
        row.body,
        row.attempt,
        row.token,
        row.question_id,
        row.inbox_id,
        OutboxState(row.state),
        row.created_at,
    )


def enqueue_all(tx: Transaction, messages: Sequence[Outgoing]) -> None:
    """Put messages in the outbox. What else waits for the same residents moves up with them."""
    if not messages:
        return
    _TALKED.rows(tx, refs={message.contact_ref for message in messages}, now=tx.now)
    rows = [
        (
            message.key,
            message.contact_ref,
            message.channel,
            message.body,
            message.question_id,
            message.inbox_id,
            message.revision_id,
            "pending",
            tx.now,
            tx.now,
            tx.now,
        )
        for message in messages
    ]
    _MESSAGES.insert(tx, rows)
    tx.signal("outbox")


def enqueue(
    tx: Transaction,
    key: str,
    to: Contact,
    body: dict[str, Any],
    *,
    question_id: int | None = None,
    inbox_id: int | None = None,
    revision_id: int | None = None,
) -> bool:
    """Put one message in the outbox; the same `key` twice is one message.

    Returns False when the resident asked for silence: only replies to his own words (`inbox_id`) go out then.
    """
    if to.stopped_at is not None and inbox_id is None:
        return False
    enqueue_all(tx, [Outgoing(key, to.ref, to.channel, body, question_id, inbox_id, revision_id)])
    return True


def release_held(tx: Transaction, contact_refs: Sequence[str]) -> None:
    """What waited for the next word of these residents may go now, before what is said in reply to it."""
    mine = outbox.c.contact_ref.in_(contact_refs) & (outbox.c.state == OutboxState.HELD)
    now = {"state": OutboxState.PENDING, "not_before": tx.now, "talked_at": tx.now, "settled_at": None}
    if tx.execute(update(outbox).where(mine).values(**now)).rowcount:
        tx.signal("outbox")


def new_token() -> str:
    """A fencing token: who settles must hold the one given at the last claim."""
    return secrets.token_hex(16)


def messages_for(
    tx: Transaction, contact_ref: str, *, after: int = 0, inbox_id: int | None = None, limit: int = 100
) -> list[OutboxMessage]:
    """What a channel that is polled hands out: the messages of one resident after an id, in order.

    And those before it that were never handed out: with several processes a smaller id may be committed later.
    """
    new = or_(outbox.c.id > after, outbox.c.state == OutboxState.PENDING)
    query = select(outbox).where(outbox.c.contact_ref == contact_ref, new)
    if inbox_id is not None:
        query = query.where(outbox.c.inbox_id == inbox_id)
    return [message_of(row) for row in tx.execute(query.order_by(outbox.c.id).limit(limit))]


def last_messages_for(tx: Transaction, contact_ref: str, limit: int) -> list[OutboxMessage]:
    """The last messages of one resident, oldest first."""
    query = select(outbox).where(outbox.c.contact_ref == contact_ref).order_by(outbox.c.id.desc()).limit(limit)
    return [message_of(row) for row in reversed(tx.execute(query).all())]


def mark_fetched(tx: Transaction, ids: Sequence[int]) -> None:
    """The resident's page has these; they count as sent."""
    if ids:
        statement = update(outbox).where(outbox.c.id.in_(ids), outbox.c.state == OutboxState.PENDING)
        tx.execute(statement.values(state=OutboxState.SENT, settled_at=tx.now))


def has_key(tx: Transaction, key: str) -> bool:
    """Whether a message was put in the outbox under a key."""
    return tx.execute(select(outbox.c.id).where(outbox.c.idempotency_key == key)).first() is not None


def messages_of_question(tx: Transaction, question_id: int) -> list[OutboxMessage]:
    """What was said about a question, oldest first."""
    query = select(outbox).where(outbox.c.question_id == question_id).order_by(outbox.c.id)
    return [message_of(row) for row in tx.execute(query)]


def counts_by_state(tx: Transaction) -> dict[str, int]:
    """How many messages stand where."""
    query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    return dict(tx.execute(query).all())


def repeats(tx: Transaction) -> int:
    """How often a message was sent, or left to a human, without knowing whether it had arrived already."""
    return tx.execute(select(func.coalesce(func.sum(outbox.c.doubts), 0))).scalar_one()
