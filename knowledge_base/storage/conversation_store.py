"""Messages received, and where each resident's dialogue stands."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, select, update

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import among, next_numbers
from knowledge_base.storage.prepared import ManyRows, Prepared
from knowledge_base.storage.tables import conversations, inbox

_LONGEST_ID = 200  # what the column holds
_HASHED = "erased:"


_KEPT = Prepared(
    lambda name: select(inbox.c.channel, inbox.c.external_id, inbox.c.id).where(
        among(name, inbox.c.channel, "channels"), among(name, inbox.c.external_id, "external_ids")
    )
)
_NEW = ManyRows(inbox, "id channel external_id contact_ref kind body state received_at")
_STANDS = Prepared(
    lambda name: select(conversations.c.contact_ref, conversations.c.state, cast(conversations.c.data, Text)).where(
        among(name, conversations.c.contact_ref, "refs")
    )
)
_PUT = ManyRows(
    conversations,
    "contact_ref state data updated_at",
    "ON CONFLICT (contact_ref) DO UPDATE SET state = excluded.state, data = excluded.data,"
    " updated_at = excluded.updated_at",
)


@dataclass(frozen=True, slots=True)
class Received:
    """A message to be kept. `state`: accepted, or limited (kept, but not answered: too many at once)."""

    channel: str
    external_id: str
    contact_ref: str
    kind: str
    body: dict[str, Any]
    state: str = "accepted"

    @property
    def key(self) -> tuple[str, str]:
        """What the message is known by."""
        return self.channel, self.external_id


def add_incoming(tx: Transaction, messages: Sequence[Received]) -> dict[tuple[str, str], int]:
    """Keep messages that `incoming_ids` doesn't know; returns their ids by key. Their contacts must be locked."""
    numbers = next_numbers(tx.connection, inbox, len(messages)) if messages else ()
    rows = [
        (number, one.channel, one.external_id, one.contact_ref, one.kind, one.body, one.state, tx.now)
        for number, one in zip(numbers, messages, strict=True)
    ]
    _NEW.insert(tx, rows)
    return {one.key: number for number, one in zip(numbers, messages, strict=True)}


def veil(tx: Transaction, inbox_ids: Sequence[int]) -> None:
    """Keep that these messages came, but not their words."""
    if inbox_ids:
        bare = {"text": "", "option": "", "media_kind": None, "media_ref": None}
        tx.execute(update(inbox).where(inbox.c.id.in_(inbox_ids)).values(body=bare))


def quarantine(tx: Transaction, channel: str, external_id: str, words: str) -> None:
    """Keep an authentic message that can't be read, for the administrator; sealed, for it names its sender."""
    body = {"sealed": base64.b64encode(tx.keys.seal(words)).decode()}
    values = {"channel": channel, "external_id": external_id, "kind": "unreadable", "body": body}
    values["external_id"] = external_id[:_LONGEST_ID]
    statement = tx.insert(inbox).values(**values, state="quarantined", received_at=tx.now)
    tx.execute(statement.on_conflict_do_nothing())


def incoming_ids(tx: Transaction, messages: Sequence[Received]) -> dict[tuple[str, str], int]:
    """The inbox rows of messages that are kept already, by key; the others are missing.

    Those of residents who had their data erased are known by a hash.
    """
    hashed = {(one.channel, hashed_id(tx, *one.key)): one.key for one in messages}
    ids = [external_id for key, own in hashed.items() for external_id in (key[1], own[1])]
    rows = _KEPT.rows(tx, channels={message.channel for message in messages}, external_ids=ids)
    kept = {(channel, external_id): number for channel, external_id, number in rows}
    return {hashed.get(key, key): number for key, number in kept.items()}


def hashed_id(tx: Transaction, channel: str, external_id: str) -> str:
    """What is kept of a message's id when its sender is erased; of one that is a hash already, the same."""
    if external_id.startswith(_HASHED):
        return external_id
    return _HASHED + tx.keys.erasure_hash("message", f"{channel}\0{external_id}")[:40]


def has_written_since(tx: Transaction, contact_ref: str, moment: datetime) -> bool:
    """Whether a word of this resident has come at a moment or after it."""
    query = select(inbox.c.id).where(_word_of(contact_ref), inbox.c.received_at >= moment)
    return tx.execute(query.limit(1)).first() is not None


def last_word(tx: Transaction, contact_ref: str) -> datetime | None:
    """When this resident last wrote, pressed or followed."""
    return tx.execute(select(func.max(inbox.c.received_at)).where(_word_of(contact_ref))).scalar()


def _word_of(contact_ref: str) -> ColumnElement[bool]:
    """What a resident said; that he left is no word."""
    return (inbox.c.contact_ref == contact_ref) & (inbox.c.kind != "left")


def conversations_of(tx: Transaction, refs: Sequence[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Phase and data of residents' dialogues; who has none yet is missing. Their contacts must be locked."""
    return {ref: (state, json.loads(data)) for ref, state, data in _STANDS.rows(tx, refs=list(refs))}


def point_at(tx: Transaction, contact_ref: str, reference: str) -> None:
    """An officer has asked the resident something: what he says next is about that question.

    The contact must be locked.
    """
    stand = conversations_of(tx, [contact_ref]).get(contact_ref)
    data = {**(stand[1] if stand else {}), "reference": reference, "options": [], "asked_commune": False}
    put_conversations(tx, {contact_ref: ("with_officer", data)})


def put_conversations(tx: Transaction, stands: Mapping[str, tuple[str, dict[str, Any]]]) -> None:
    """Save where dialogues stand, as phase and data by resident."""
    _PUT.insert(tx, [(ref, *stands[ref], tx.now) for ref in sorted(stands)])
