"""What waits for a human: messages in doubt, messages that failed, messages that couldn't be read."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, func, select, update

from knowledge_base.storage.chat_store import CHANNEL
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import OutboxState
from knowledge_base.storage.tables import inbox, outbox, questions


@dataclass(frozen=True, slots=True)
class Stuck:
    """A message to a resident that goes nowhere by itself; without its words. `reference`: its question's code."""

    id: int
    channel: str
    state: OutboxState
    attempt: int
    doubts: int
    error: str
    reference: str | None
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An authentic message that couldn't be read; its words are sealed."""

    id: int
    channel: str
    kind: str
    received_at: datetime
    sealed: bool  # False: too old, the words are gone


def stuck(tx: Transaction, state: OutboxState, limit: int) -> list[Stuck]:
    """Messages in a state, newest first."""
    query = (
        select(outbox, questions.c.reference)
        .outerjoin(questions, questions.c.id == outbox.c.question_id)
        .where(outbox.c.state == state)
        .order_by(outbox.c.id.desc())
        .limit(limit)
    )
    return [
        Stuck(
            row.id,
            row.channel,
            OutboxState(row.state),
            row.attempt,
            row.doubts,
            row.error or "",
            row.reference,
            row.created_at,
            row.settled_at,
        )
        for row in tx.execute(query)
    ]


def state_of(tx: Transaction, message_id: int) -> tuple[OutboxState, int | None] | None:
    """Where a message stands, and its question; held against senders until this transaction ends."""
    query = select(outbox.c.state, outbox.c.question_id).where(outbox.c.id == message_id).with_for_update()
    row = tx.execute(query).first()
    return (OutboxState(row.state), row.question_id) if row else None


def send_anew(tx: Transaction, message_id: int, *, repeat: bool) -> None:
    """Let a message go out again now, with all its tries; `repeat`: it says that it may have come before."""
    body = tx.execute(select(outbox.c.body).where(outbox.c.id == message_id)).scalar_one()
    changes: dict[str, Any] = {"state": OutboxState.RETRY_AT, "attempt": 0, "token": None, "settled_at": None}
    changes |= {"not_before": tx.now, "talked_at": tx.now, "body": {**body, "repeat": True} if repeat else body}
    tx.execute(update(outbox).where(outbox.c.id == message_id).values(**changes))
    tx.signal("outbox")


def count_as_sent(tx: Transaction, message_id: int) -> None:
    """Somebody knows that a message has arrived."""
    tx.execute(update(outbox).where(outbox.c.id == message_id).values(state=OutboxState.SENT, settled_at=tx.now))


def quarantined(tx: Transaction, limit: int) -> list[Quarantined]:
    """Messages that couldn't be read, newest first."""
    query = select(inbox).where(inbox.c.state == "quarantined").order_by(inbox.c.id.desc()).limit(limit)
    return [
        Quarantined(row.id, row.channel, row.kind, row.received_at, "sealed" in row.body) for row in tx.execute(query)
    ]


def quarantined_count(tx: Transaction) -> int:
    """How many messages couldn't be read."""
    return tx.execute(select(func.count()).where(inbox.c.state == "quarantined")).scalar_one()


def sealed_ids(tx: Transaction) -> list[int]:
    """The messages that couldn't be read and whose words are still kept."""
    rows = tx.execute(select(inbox.c.id, inbox.c.body).where(inbox.c.state == "quarantined"))
    return [row.id for row in rows if "sealed" in row.body]


def quarantined_words(tx: Transaction, inbox_id: int) -> str | None:
    """What a quarantined message said; None when there is none, or its words are gone or were sealed by another key."""
    query = select(inbox.c.body).where(inbox.c.id == inbox_id, inbox.c.state == "quarantined")
    body = tx.execute(query).scalar()
    if not body or "sealed" not in body:
        return None
    try:
        return tx.keys.unseal(base64.b64decode(body["sealed"]))
    except (InvalidTag, ValueError):
        return None


def doubt_unsettled(connection: Connection, now: datetime, *, quarantine: bool) -> int:
    """After a restore: what was still to be sent may have been sent since the backup was made.

    It goes again, marked as a repeat and counted as one, or (`quarantine`) waits for a human. Returns how many. Pages
    that fetch their messages see each once anyway.
    """
    waiting = (OutboxState.PENDING, OutboxState.RETRY_AT, OutboxState.SENDING)
    pushed = outbox.c.state.in_(waiting) & (outbox.c.channel != CHANNEL)
    rows = connection.execute(select(outbox.c.id, outbox.c.body).where(pushed)).all()
    state = OutboxState.IN_DOUBT if quarantine else OutboxState.RETRY_AT
    values: dict[str, Any] = {"state": state, "doubts": outbox.c.doubts + 1, "token": None, "not_before": now}
    values |= {"settled_at": now if quarantine else None, "error": "restored from a backup"}
    for row in rows:
        changed = update(outbox).where(outbox.c.id == row.id).values(**values, body={**row.body, "repeat": True})
        connection.execute(changed)
    return len(rows)
