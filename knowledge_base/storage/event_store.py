"""Events: what happened, by whom, when. Append-only; only the words in one are ever taken out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.prepared import ManyRows
from knowledge_base.storage.tables import events

_EVENTS = ManyRows(events, "question_id actor action data at")
_FREE_WORDS = ("words", "note", "text", "wording")  # in an event's data; a reason may be a code of ours, or words
_CODE = re.compile(r"[a-z_]{1,30}")  # a reason of ours; what people write has marks or blanks


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    actor: str
    action: str
    data: dict[str, Any]
    at: datetime
    question_id: int | None
    entry_key: str | None


def record(
    tx: Transaction,
    actor: str,
    action: str,
    *,
    question_id: int | None = None,
    entry_key: str | None = None,
    **data: Any,
) -> None:
    """Append one event."""
    tx.execute(
        events.insert().values(
            actor=actor, action=action, question_id=question_id, entry_key=entry_key, data=data, at=tx.now
        )
    )


def record_all(tx: Transaction, happened: Sequence[tuple[int, str, str, dict[str, Any]]]) -> None:
    """Append events of questions, each as (question id, actor, action, data)."""
    _EVENTS.insert(tx, [(*event, tx.now) for event in happened])


def events_of(
    tx: Transaction, *, question_id: int | None = None, entry_key: str | None = None, limit: int = 200
) -> list[Event]:
    """The events of a question or an entry (or, with neither, of everything), newest first."""
    query = select(events).order_by(events.c.id.desc()).limit(limit)
    if question_id is not None:
        query = query.where(events.c.question_id == question_id)
    if entry_key is not None:
        query = query.where(events.c.entry_key == entry_key)
    return [Event(row.actor, row.action, row.data, row.at, row.question_id, row.entry_key) for row in tx.execute(query)]


def forget_words(tx: Transaction, which: ColumnElement[bool]) -> None:
    """Take out of some events what people wrote; who did what, and when, stays."""
    for row in tx.execute(select(events.c.id, events.c.data).where(which)).all():
        kept = {name: value for name, value in row.data.items() if not _is_written(name, value)}
        if kept != row.data:
            tx.execute(update(events).where(events.c.id == row.id).values(data=kept))


def _is_written(name: str, value: Any) -> bool:
    return name in _FREE_WORDS or (name == "reason" and not _CODE.fullmatch(str(value)))
