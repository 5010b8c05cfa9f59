"""Residents' addresses: sealed here, known elsewhere only by their keyed hash."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from sqlalchemy import select, update

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import contacts


@dataclass(frozen=True, slots=True)
class Contact:
    """How one resident can be reached."""

    ref: str
    channel: str
    address: str
    stopped_at: datetime | None
    unreachable_at: datetime | None


def ensure_contact(tx: Transaction, channel: str, address: str) -> str:
    """The reference of an address, made known if it is new."""
    ref = tx.keys.contact_ref(channel, address)
    if tx.execute(select(contacts.c.ref).where(contacts.c.ref == ref)).first() is None:
        values = {"ref": ref, "channel": channel, "sealed_address": tx.keys.seal(address), "created_at": tx.now}
        tx.execute(tx.insert(contacts).values(**values).on_conflict_do_nothing())
    return ref


def contact(tx: Transaction, ref: str) -> Contact | None:
    """One resident's contact, address unsealed; None when there is none, or it was sealed with another SECRET_KEY."""
    row = tx.execute(select(contacts).where(contacts.c.ref == ref)).first()
    if row is None:
        return None
    try:
        address = tx.keys.unseal(row.sealed_address)
    except InvalidTag:
        return None
    return Contact(ref, row.channel, address, row.stopped_at, row.unreachable_at)


def set_stopped(tx: Transaction, ref: str, *, stopped: bool) -> None:
    """Remember whether the resident wants only replies to his own words."""
    tx.execute(update(contacts).where(contacts.c.ref == ref).values(stopped_at=tx.now if stopped else None))


def set_unreachable(tx: Transaction, ref: str, *, unreachable: bool) -> None:
    """Remember that messages to this resident can't arrive (or can again)."""
    tx.execute(update(contacts).where(contacts.c.ref == ref).values(unreachable_at=tx.now if unreachable else None))


def set_reachable(tx: Transaction, ref: str) -> None:
    """The resident wrote: what was known of his being out of reach is over."""
    known = (contacts.c.ref == ref) & contacts.c.unreachable_at.is_not(None)
    tx.execute(update(contacts).where(known).values(unreachable_at=None))
