"""Residents' addresses: sealed here, known elsewhere only by their keyed hash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row, select, update

from knowledge_base.errors import Unavailable
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import among
from knowledge_base.storage.prepared import ManyRows, Prepared
from knowledge_base.storage.tables import contacts

_NEW = ManyRows(contacts, "ref channel sealed_address created_at", "ON CONFLICT DO NOTHING")
_KNOWN = Prepared(lambda name: select(contacts.c.ref).where(among(name, contacts.c.ref, "refs")))
_LOCK = Prepared(
    lambda name: (
        select(contacts.c.ref, contacts.c.unreachable_at, contacts.c.held_at)
        .where(among(name, contacts.c.ref, "refs"))
        .order_by(contacts.c.ref)
        .with_for_update(key_share=True)
    )
)

_LANGUAGES = Prepared(
    lambda name: select(contacts.c.ref, contacts.c.language).where(
        among(name, contacts.c.ref, "refs"), contacts.c.language.is_not(None)
    )
)


@dataclass(frozen=True, slots=True)
class Contact:
    """How one resident can be reached."""

    ref: str
    channel: str
    address: str
    stopped_at: datetime | None
    unreachable_at: datetime | None
    held_at: datetime | None = None
    language: str | None = None  # the one the resident chose


def ensure_contact(tx: Transaction, channel: str, address: str) -> str:
    """The reference of an address, made known if it is new."""
    return ensure_contacts(tx, [(channel, address)])[0]


def refs_of(tx: Transaction, addresses: Sequence[tuple[str, str]]) -> list[str]:
    """The references of (channel, address) pairs, in order."""
    return [tx.keys.contact_ref(channel, address) for channel, address in addresses]


def known(tx: Transaction, refs: Sequence[str]) -> set[str]:
    """Which of these residents are known."""
    return {ref for (ref,) in _KNOWN.rows(tx, refs=list(refs))}


def ensure_contacts(tx: Transaction, addresses: Sequence[tuple[str, str]]) -> list[str]:
    """The references of (channel, address) pairs, in order; new ones are made known."""
    refs = refs_of(tx, addresses)
    there = known(tx, refs)
    fresh = {ref: one for ref, one in sorted(zip(refs, addresses, strict=True)) if ref not in there}
    sealed = tx.keys.seal_all(address for _channel, address in fresh.values())
    rows = zip(fresh.items(), sealed, strict=True)
    _NEW.insert(tx, [(ref, channel, seal, tx.now) for (ref, (channel, _address)), seal in rows])
    return refs


def lock_contacts(tx: Transaction, refs: Sequence[str]) -> set[str]:
    """Let no other message of these residents be taken until this transaction ends.

    Always in the same order, and before anything else of theirs, so that two transactions never wait for each other.
    Returns those who could not be reached, or for whom messages are held.
    """
    locked = _LOCK.rows(tx, refs=list(refs))
    return {ref for ref, unreachable_at, held_at in locked if unreachable_at is not None or held_at is not None}


def set_heard(tx: Transaction, refs: Sequence[str]) -> None:
    """These residents have spoken: they can be reached again."""
    tx.execute(update(contacts).where(contacts.c.ref.in_(refs)).values(unreachable_at=None, held_at=None))


def contact(tx: Transaction, ref: str) -> Contact | None:
    """One resident's contact, address unsealed; None when there is none, or it was sealed with another SECRET_KEY."""
    row = tx.execute(select(contacts).where(contacts.c.ref == ref)).first()
    return _unsealed(tx, row) if row else None


def contacts_by_ref(tx: Transaction, refs: Sequence[str]) -> dict[str, Contact]:
    """The contacts of residents by reference; those whose address can't be read are left out."""
    rows = tx.execute(select(contacts).where(contacts.c.ref.in_(refs)))
    found = (_unsealed(tx, row) for row in rows)
    return {one.ref: one for one in found if one is not None}


def _unsealed(tx: Transaction, row: Row[Any]) -> Contact | None:
    try:
        address = tx.keys.unseal(row.sealed_address)
    except InvalidTag:
        return None
    return Contact(row.ref, row.channel, address, row.stopped_at, row.unreachable_at, row.held_at, row.language)


def check_keys(tx: Transaction) -> None:
    """Refuse to work with keys that can't read the addresses kept here.

    Raises:
        Unavailable: `keys_differ`.
    """
    sealed = tx.execute(select(contacts.c.sealed_address).limit(1)).scalar()
    if sealed is not None:
        try:
            tx.keys.unseal(sealed)
        except InvalidTag as error:
            raise Unavailable("keys_differ") from error


def set_stopped(tx: Transaction, ref: str, *, stopped: bool) -> None:
    """Remember whether the resident wants only replies to his own words."""
    tx.execute(update(contacts).where(contacts.c.ref == ref).values(stopped_at=tx.now if stopped else None))


def languages_of(tx: Transaction, refs: Sequence[str]) -> dict[str, str]:
    """The languages that these residents chose; those who chose none are left out."""
    return dict(_LANGUAGES.rows(tx, refs=list(refs)))


def set_language(tx: Transaction, ref: str, language: str) -> None:
    """Remember which language the resident wants to be answered in."""
    tx.execute(update(contacts).where(contacts.c.ref == ref).values(language=language))


def set_unreachable(tx: Transaction, ref: str, *, unreachable: bool) -> None:
    """Remember that messages to this resident can't arrive (or can again)."""
    tx.execute(update(contacts).where(contacts.c.ref == ref).values(unreachable_at=tx.now if unreachable else None))


def set_address(tx: Transaction, ref: str, address: str) -> None:
    """The platform gave a chat another number; it stays the same contact."""
    tx.execute(update(contacts).where(contacts.c.ref == ref).values(sealed_address=tx.keys.seal(address)))


def set_held(tx: Transaction, ref: str) -> None:
    """Remember that messages wait for this resident's next word."""
    tx.execute(update(contacts).where(contacts.c.ref == ref, contacts.c.held_at.is_(None)).values(held_at=tx.now))
