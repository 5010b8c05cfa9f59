"""Who was sent which text of an entry: the outbox keeps the revision that each message carried."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import contacts, outbox, revisions

_OUT = ("sent", "in_doubt")  # what arrived, or may have


@dataclass(frozen=True, slots=True)
class Behind:
    """A resident who had a former text and not the live one."""

    ref: str
    channel: str


def counts(tx: Transaction, key: str) -> dict[int, int]:
    """How many residents were sent each revision of an entry, by its id."""
    query = (
        select(outbox.c.revision_id, func.count(outbox.c.contact_ref.distinct()))
        .join(revisions, revisions.c.id == outbox.c.revision_id)
        .where(revisions.c.entry_key == key, outbox.c.state.in_(_OUT))
        .group_by(outbox.c.revision_id)
    )
    return dict(tx.execute(query).all())


def _is_behind(key: str, live_id: int) -> ColumnElement[bool]:
    former = (
        select(outbox.c.id)
        .join(revisions, revisions.c.id == outbox.c.revision_id)
        .where(outbox.c.contact_ref == contacts.c.ref, outbox.c.state.in_(_OUT))
        .where(revisions.c.entry_key == key, outbox.c.revision_id < live_id)
    )
    # Whatever its state: what is on its way, or failed, is not sent again by this.
    current = select(outbox.c.id).where(outbox.c.contact_ref == contacts.c.ref, outbox.c.revision_id == live_id)
    wants = contacts.c.stopped_at.is_(None) & contacts.c.unreachable_at.is_(None)
    return former.exists() & ~current.exists() & wants


def _behind(columns: Sequence[Any], key: str, live_id: int) -> Select[Any]:
    return select(*columns).where(_is_behind(key, live_id))


def count_behind(tx: Transaction, key: str, live_id: int) -> int:
    """How many residents a recall would reach."""
    return tx.execute(_behind([func.count()], key, live_id).select_from(contacts)).scalar_one()


def behind(tx: Transaction, key: str, live_id: int, limit: int) -> list[Behind]:
    """Some of them."""
    query = _behind([contacts.c.ref, contacts.c.channel], key, live_id).order_by(contacts.c.ref).limit(limit)
    return [Behind(row.ref, row.channel) for row in tx.execute(query)]
