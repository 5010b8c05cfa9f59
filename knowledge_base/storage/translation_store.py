"""Translations of entries: SQL in, values out. Rules live in `faq/translation.py` and `translating.py`."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, select, update

from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.translation import Translation, Words, source_hash
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import entry_translations as table

_KEPT = (RevisionState.PUBLISHED, RevisionState.IN_REVIEW, RevisionState.AMENDS_NEEDED)


def _translation(row: Row[Any]) -> Translation:
    return Translation(
        row.id,
        row.entry_key,
        row.language,
        row.content,
        row.source,
        row.source_hash,
        RevisionState(row.state),
        row.translator,
        row.approved_by,
        row.note,
        row.created_at,
        row.decided_at,
    )


def _found(tx: Transaction, *conditions: Any) -> list[Translation]:
    query = select(table).where(*conditions).order_by(table.c.entry_key, table.c.id)
    return [_translation(row) for row in tx.execute(query)]


def translation(tx: Transaction, translation_id: int) -> Translation | None:
    """One translation by its id."""
    found = _found(tx, table.c.id == translation_id)
    return found[0] if found else None


def published(tx: Transaction) -> list[Translation]:
    """Every translation that somebody vouches for, in all languages; stale ones among them."""
    return _found(tx, table.c.state == RevisionState.PUBLISHED)


def current(tx: Transaction, language: str, key: str | None = None) -> list[Translation]:
    """Those that are public, in review or returned, oldest first within each entry."""
    conditions = [table.c.language == language, table.c.state.in_(_KEPT)]
    return _found(tx, *conditions, *([table.c.entry_key == key] if key is not None else []))


def of_entry(tx: Transaction, language: str, key: str) -> list[Translation]:
    """All of an entry's, newest first."""
    return _found(tx, table.c.language == language, table.c.entry_key == key)[::-1]


def counts(tx: Transaction) -> dict[str, int]:
    """How many translations are public, by language."""
    query = select(table.c.language, func.count()).where(table.c.state == RevisionState.PUBLISHED)
    return dict(tx.execute(query.group_by(table.c.language)).tuples().all())


def add(tx: Transaction, key: str, language: str, source: Words, words: Words, translator: str) -> int:
    """A new translation, in review; returns its id."""
    values = {
        "entry_key": key,
        "language": language,
        "content": words,
        "source": source,
        "source_hash": source_hash(source),
        "state": RevisionState.IN_REVIEW,
        "translator": translator,
        "created_at": tx.now,
    }
    return tx.execute(table.insert().values(**values).returning(table.c.id)).scalar_one()


def set_state(tx: Transaction, ids: Iterable[int], state: RevisionState, **values: Any) -> None:
    """Change where translations stand; never their words."""
    wanted = list(ids)
    if wanted:
        tx.execute(update(table).where(table.c.id.in_(wanted)).values(state=state, decided_at=tx.now, **values))
