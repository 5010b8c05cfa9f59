"""Sessions of the web chat: a session is a contact whose address only its page knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from knowledge_base.storage.contact_store import ensure_contact
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import OutboxMessage, last_messages_for
from knowledge_base.storage.tables import contacts, inbox

CHANNEL = "web_chat"
_MOST_TURNS = 200  # of each side: what one page can show


@dataclass(frozen=True, slots=True)
class Heard:
    """What a resident wrote, or the button he pressed."""

    id: int
    message_id: str
    text: str
    option: str
    at: datetime

    def as_json(self) -> dict[str, Any]:
        """As pages draw it."""
        words = {"message_id": self.message_id, "text": self.text, "option": self.option}
        return {"from": "resident", **words, "at": self.at.isoformat()}


def issue_session(tx: Transaction, session: str) -> None:
    """Make a session known."""
    ensure_contact(tx, CHANNEL, session)


def issue_session_for(tx: Transaction, form: str) -> str:
    """The session that begins with a form, made known: the same form sent twice begins one session.

    The form's id must be unguessable; the session can't be told from it without our key.
    """
    session = tx.keys.session_hash(f"{CHANNEL} form {form}")[:32]
    issue_session(tx, session)
    return session


def is_session(tx: Transaction, session: str) -> bool:
    """Whether we issued this session."""
    ref = tx.keys.contact_ref(CHANNEL, session)
    return tx.execute(select(contacts.c.ref).where(contacts.c.ref == ref)).first() is not None


def turns(tx: Transaction, session: str) -> list[Heard | OutboxMessage]:
    """The last turns of both sides of a session, oldest first; a reply follows what it replies to."""
    ref = tx.keys.contact_ref(CHANNEL, session)
    known = (inbox.c.contact_ref == ref) & (inbox.c.kind != "blanked")
    query = select(inbox).where(known).order_by(inbox.c.id.desc()).limit(_MOST_TURNS)
    heard = [_heard(row) for row in reversed(tx.execute(query).all())]
    said = [message for message in last_messages_for(tx, ref, _MOST_TURNS) if not message.body.get("blanked")]
    return _in_order(heard, said)


def _heard(row: Row[Any]) -> Heard:
    message_id = row.external_id.partition(":")[2]
    return Heard(row.id, message_id, row.body.get("text", ""), row.body.get("option", ""), row.received_at)


def _in_order(heard: Sequence[Heard], said: Sequence[OutboxMessage]) -> list[Heard | OutboxMessage]:
    """Both sides as one list. Times alone don't tell: a message and its replies have the same."""
    ordered: list[Heard | OutboxMessage] = []
    waiting = list(reversed(heard))
    for message in said:
        while waiting and _comes_before(waiting[-1], message):
            ordered.append(waiting.pop())
        ordered.append(message)
    return [*ordered, *reversed(waiting)]


def _comes_before(heard: Heard, said: OutboxMessage) -> bool:
    return heard.id <= said.inbox_id if said.inbox_id is not None else heard.at < said.created_at
