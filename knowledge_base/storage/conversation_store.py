"""Messages received, and where each resident's dialogue stands."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import among
from knowledge_base.storage.prepared import Prepared, PreparedInsert
from knowledge_base.storage.tables import conversations, inbox

_LONGEST_ID = 200  # what the column holds


def _or_replace(statement: Any) -> Any:
    changes = {name: statement.excluded[name] for name in ("state", "data", "updated_at")}
    return statement.on_conflict_do_update(index_elements=["contact_ref"], set_=changes)


_STANDS = Prepared(lambda name: select(conversations).where(among(name, conversations.c.contact_ref, "refs")))
_PUT = PreparedInsert(conversations, ("contact_ref", "state", "data", "updated_at"), _or_replace)


@dataclass(frozen=True, slots=True)
class Received:
    """A message to be kept. `state`: accepted, or limited (kept, but not answered: too many at once)."""

    channel: str
    external_id: str
    contact_ref: str
    kind: str
    body: dict[str, Any]
    state: str = "accepted"


def add_incoming(tx: Transaction, messages: Sequence[Received]) -> dict[tuple[str, str], int]:
    """Keep messages; the ids of new ones by (channel, external id): those kept before are missing."""
    names = Received.__slots__
    rows = [{name: getattr(message, name) for name in names} | {"received_at": tx.now} for message in messages]
    statement = tx.insert(inbox).on_conflict_do_nothing()
    new = statement.returning(inbox.c.channel, inbox.c.external_id, inbox.c.id)
    return {(channel, external_id): number for channel, external_id, number in tx.execute(new, rows)}


def quarantine(tx: Transaction, channel: str, external_id: str, words: str) -> None:
    """Keep an authentic message that can't be read, for the administrator; sealed, for it names its sender."""
    body = {"sealed": base64.b64encode(tx.keys.seal(words)).decode()}
    values = {"channel": channel, "external_id": external_id, "kind": "unreadable", "body": body}
    values["external_id"] = external_id[:_LONGEST_ID]
    statement = tx.insert(inbox).values(**values, state="quarantined", received_at=tx.now)
    tx.execute(statement.on_conflict_do_nothing())


def incoming_ids(tx: Transaction, messages: Sequence[Received]) -> dict[tuple[str, str], int]:
    """The inbox rows of messages that are kept, by (channel, external id)."""
    found: dict[tuple[str, str], int] = {}
    for message in messages:
        query = select(inbox.c.id).where(inbox.c.channel == message.channel)
        row = tx.execute(query.where(inbox.c.external_id == message.external_id)).scalar_one()
        found[message.channel, message.external_id] = row
    return found


def has_written_since(tx: Transaction, contact_ref: str, moment: datetime) -> bool:
    """Whether a message of this resident has come at a moment or after it."""
    query = select(inbox.c.id).where(inbox.c.contact_ref == contact_ref, inbox.c.received_at >= moment)
    return tx.execute(query.limit(1)).first() is not None


def last_word(tx: Transaction, contact_ref: str) -> datetime | None:
    """When this resident last wrote, pressed or followed."""
    return tx.execute(select(func.max(inbox.c.received_at)).where(inbox.c.contact_ref == contact_ref)).scalar()


def conversations_of(tx: Transaction, refs: Sequence[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Phase and data of residents' dialogues; who has none yet is missing. Their contacts must be locked."""
    return {row.contact_ref: (row.state, row.data) for row in _STANDS.run(tx, refs=list(refs))}


def put_conversations(tx: Transaction, stands: Mapping[str, tuple[str, dict[str, Any]]]) -> None:
    """Save where dialogues stand, as phase and data by resident."""
    rows = [
        {"contact_ref": ref, "state": state, "data": data, "updated_at": tx.now}
        for ref, (state, data) in sorted(stands.items())
    ]
    _PUT.run(tx, rows)
