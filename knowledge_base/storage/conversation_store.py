"""Messages received, and where each resident's dialogue stands."""

import base64
from typing import Any

from sqlalchemy import select

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import conversations, inbox

_LONGEST_ID = 200  # what the column holds


def add_incoming(
    tx: Transaction, channel: str, external_id: str, contact_ref: str, kind: str, body: dict[str, Any]
) -> int | None:
    """Keep a message; None when the same (channel, external id) is kept already."""
    values = {
        "channel": channel,
        "external_id": external_id,
        "contact_ref": contact_ref,
        "kind": kind,
        "body": body,
        "state": "accepted",
        "received_at": tx.now,
    }
    statement = tx.insert(inbox).values(**values).on_conflict_do_nothing().returning(inbox.c.id)
    return tx.execute(statement).scalar()


def quarantine(tx: Transaction, channel: str, external_id: str, words: str) -> None:
    """Keep an authentic message that can't be read, for the administrator; sealed, for it names its sender."""
    body = {"sealed": base64.b64encode(tx.keys.seal(words)).decode()}
    values = {"channel": channel, "external_id": external_id, "kind": "unreadable", "body": body}
    values["external_id"] = external_id[:_LONGEST_ID]
    statement = tx.insert(inbox).values(**values, state="quarantined", received_at=tx.now)
    tx.execute(statement.on_conflict_do_nothing())


def incoming_id(tx: Transaction, channel: str, external_id: str) -> int:
    """The inbox row of a message that is kept."""
    query = select(inbox.c.id).where(inbox.c.channel == channel, inbox.c.external_id == external_id)
    return tx.execute(query).scalar_one()


def conversation(tx: Transaction, contact_ref: str) -> tuple[str, dict[str, Any]]:
    """Phase and data of a resident's dialogue, locked until this transaction ends; "idle" when it is new."""
    wanted = select(conversations).where(conversations.c.contact_ref == contact_ref).with_for_update()
    row = tx.execute(wanted).first()
    if row is None:  # nothing to lock yet: of two first messages at once the second must wait for the first
        fresh = {"contact_ref": contact_ref, "state": "idle", "data": {}, "updated_at": tx.now}
        tx.execute(tx.insert(conversations).values(**fresh).on_conflict_do_nothing())
        row = tx.execute(wanted).one()
    return row.state, row.data


def put_conversation(tx: Transaction, contact_ref: str, state: str, data: dict[str, Any]) -> None:
    """Save where a dialogue stands."""
    changes = {"state": state, "data": data, "updated_at": tx.now}
    statement = tx.insert(conversations).values(contact_ref=contact_ref, **changes)
    tx.execute(statement.on_conflict_do_update(index_elements=["contact_ref"], set_=changes))
