"""Sessions of the web chat: a session is a contact whose address only its page knows."""

from sqlalchemy import select

from knowledge_base.storage.contact_store import ensure_contact
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import contacts

CHANNEL = "web_chat"


def issue_session(tx: Transaction, session: str) -> None:
    """Make a session known."""
    ensure_contact(tx, CHANNEL, session)


def is_session(tx: Transaction, session: str) -> bool:
    """Whether we issued this session."""
    ref = tx.keys.contact_ref(CHANNEL, session)
    return tx.execute(select(contacts.c.ref).where(contacts.c.ref == ref)).first() is not None
