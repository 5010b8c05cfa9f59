"""Words waiting for a channel: pending -> sending -> sent | retry_at | in_doubt | failed."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, update

from knowledge_base.storage.contact_store import Contact, contact
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import outbox

LEASE = timedelta(seconds=60)


class OutboxState(StrEnum):
    """Where a message stands."""

    PENDING = "pending"
    SENDING = "sending"
    RETRY_AT = "retry_at"
    SENT = "sent"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"


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


def _message(row: Row[Any]) -> OutboxMessage:
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
    """Put a message in the outbox; the same `key` twice is one message.

    Returns False when the resident asked for silence: only replies to his own words (`inbox_id`) go out then.
    """
    if to.stopped_at is not None and inbox_id is None:
        return False
    values = {
        "idempotency_key": key,
        "contact_ref": to.ref,
        "channel": to.channel,
        "body": body,
        "question_id": question_id,
        "inbox_id": inbox_id,
        "revision_id": revision_id,
        "state": OutboxState.PENDING,
        "not_before": tx.now,
        "created_at": tx.now,
    }
    tx.execute(tx.insert(outbox).values(**values).on_conflict_do_nothing())
    tx.signal("outbox")
    return True


def claim(tx: Transaction, channel: str, slots: int) -> list[tuple[OutboxMessage, Contact]]:
    """Take at most `slots` messages that are due, one a resident, oldest first; each gets a fresh token."""
    due = or_(
        and_(outbox.c.state.in_([OutboxState.PENDING, OutboxState.RETRY_AT]), outbox.c.not_before <= tx.now),
        # A sender that died left these; they are sent again, marked as a repeat.
        and_(outbox.c.state == OutboxState.SENDING, outbox.c.lease_until <= tx.now),
    )
    unsettled = outbox.alias()
    first_of_resident = (
        select(func.min(unsettled.c.id))
        .where(
            unsettled.c.channel == channel,
            unsettled.c.state.in_([OutboxState.PENDING, OutboxState.RETRY_AT, OutboxState.SENDING]),
        )
        .group_by(unsettled.c.contact_ref)
    )
    wanted = (
        select(outbox.c.id)
        .where(outbox.c.channel == channel, due, outbox.c.id.in_(first_of_resident))
        .order_by(outbox.c.id)
        .limit(slots)
        .with_for_update(skip_locked=True)
    )
    ids = list(tx.execute(wanted).scalars())
    taken: list[tuple[OutboxMessage, Contact]] = []
    for message_id in ids:
        was_sending = tx.execute(select(outbox.c.state).where(outbox.c.id == message_id)).scalar_one()
        statement = (
            update(outbox)
            .where(outbox.c.id == message_id, due)
            .values(
                state=OutboxState.SENDING,
                token=secrets.token_hex(16),
                attempt=outbox.c.attempt + 1,
                lease_until=tx.now + LEASE,
            )
            .returning(outbox)
        )
        row = tx.execute(statement).first()
        if row is None:
            continue
        message, to = _message(row), contact(tx, row.contact_ref)
        if to is None:  # nobody will ever be able to send it
            settle(tx, message, OutboxState.FAILED, error="address can't be read")
            continue
        if was_sending == OutboxState.SENDING:
            message.body["repeat"] = True
        taken.append((message, to))
    return taken


def release_leases(tx: Transaction) -> int:
    """After a restart of the only sender: let go of what it was sending when it died; returns how many."""
    statement = update(outbox).where(outbox.c.state == OutboxState.SENDING).values(lease_until=tx.now)
    return tx.execute(statement).rowcount


def settle(
    tx: Transaction,
    message: OutboxMessage,
    state: OutboxState,
    *,
    not_before: datetime | None = None,
    platform_message_id: str | None = None,
    error: str | None = None,
    repeat: bool = False,
) -> bool:
    """Say how a sending ended; False when somebody else has claimed the message since.

    `repeat`: it may have arrived, so the next attempt is marked as one.
    """
    values: dict[str, Any] = {"state": state, "error": error, "platform_message_id": platform_message_id}
    if repeat:
        values["body"] = {**message.body, "repeat": True}
    if not_before is not None:
        values["not_before"] = not_before
    if state in (OutboxState.SENT, OutboxState.FAILED, OutboxState.IN_DOUBT):
        values["settled_at"] = tx.now
    statement = update(outbox).where(
        outbox.c.id == message.id, outbox.c.token == message.token, outbox.c.state == OutboxState.SENDING
    )
    return tx.execute(statement.values(**values)).rowcount == 1


def messages_for(
    tx: Transaction, contact_ref: str, *, after: int = 0, inbox_id: int | None = None, limit: int = 100
) -> list[OutboxMessage]:
    """What a channel that is polled hands out: the messages of one resident after an id, in order."""
    query = select(outbox).where(outbox.c.contact_ref == contact_ref, outbox.c.id > after)
    if inbox_id is not None:
        query = query.where(outbox.c.inbox_id == inbox_id)
    return [_message(row) for row in tx.execute(query.order_by(outbox.c.id).limit(limit))]


def last_messages_for(tx: Transaction, contact_ref: str, limit: int) -> list[OutboxMessage]:
    """The last messages of one resident, oldest first."""
    query = select(outbox).where(outbox.c.contact_ref == contact_ref).order_by(outbox.c.id.desc()).limit(limit)
    return [_message(row) for row in reversed(tx.execute(query).all())]


def mark_fetched(tx: Transaction, ids: Sequence[int]) -> None:
    """The resident's page has these; they count as sent."""
    if ids:
        statement = update(outbox).where(outbox.c.id.in_(ids), outbox.c.state == OutboxState.PENDING)
        tx.execute(statement.values(state=OutboxState.SENT, settled_at=tx.now))


def messages_of_question(tx: Transaction, question_id: int) -> list[OutboxMessage]:
    """What was said about a question, oldest first."""
    query = select(outbox).where(outbox.c.question_id == question_id).order_by(outbox.c.id)
    return [_message(row) for row in tx.execute(query)]


def counts_by_state(tx: Transaction) -> dict[str, int]:
    """How many messages stand where."""
    query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    return dict(tx.execute(query).all())
