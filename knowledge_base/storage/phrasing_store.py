"""Wordings of questions that an editor proposed as phrasings of an entry; another one decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select, update

from knowledge_base.errors import Conflict
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.question_store import is_within
from knowledge_base.storage.tables import proposed_phrasings as proposed
from knowledge_base.storage.tables import questions


@dataclass(frozen=True, slots=True)
class ProposedPhrasings:
    """Wordings for an entry, drawn from a question; `verdict` is None until another editor has decided."""

    id: int
    question_id: int
    entry_key: str
    texts: tuple[str, ...]
    author: str
    created_at: datetime
    verdict: str | None  # taken | refused
    decided_by: str | None
    note: str | None


def _proposal(row: Row[tuple[object, ...]]) -> ProposedPhrasings:
    values = {name: getattr(row, name) for name in ProposedPhrasings.__dataclass_fields__}
    return ProposedPhrasings(**{**values, "texts": tuple(row.texts)})


def add(tx: Transaction, question_id: int, key: str, texts: Sequence[str], author: str) -> int:
    """A new proposal; Conflict where one of this question is open."""
    if open_of(tx, question_id) is not None:
        raise Conflict("phrasing_open")
    values = {"question_id": question_id, "entry_key": key, "texts": list(texts), "author": author}
    return tx.execute(proposed.insert().values(**values, created_at=tx.now).returning(proposed.c.id)).scalar_one()


def latest_of(tx: Transaction, question_id: int) -> ProposedPhrasings | None:
    """The newest proposal from a question, decided or not."""
    query = select(proposed).where(proposed.c.question_id == question_id).order_by(proposed.c.id.desc())
    row = tx.execute(query.limit(1)).first()
    return _proposal(row) if row else None


def open_of(tx: Transaction, question_id: int) -> ProposedPhrasings | None:
    """The proposal from a question that nobody has decided on."""
    found = latest_of(tx, question_id)
    return found if found is not None and found.verdict is None else None


def open_within(tx: Transaction, path: str, limit: int = 200) -> list[ProposedPhrasings]:
    """What waits for an editor, of questions of a unit (by its path) and those below, oldest first."""
    query = (
        select(proposed)
        .join(questions, questions.c.id == proposed.c.question_id)
        .where(proposed.c.verdict.is_(None), is_within(path))
        .order_by(proposed.c.id)
    )
    return [_proposal(row) for row in tx.execute(query.limit(limit))]


def decide(tx: Transaction, proposal_id: int, verdict: str, by: str, note: str = "") -> None:
    """Note what became of a proposal."""
    values = {"verdict": verdict, "decided_by": by, "decided_at": tx.now, "note": note or None}
    tx.execute(update(proposed).where(proposed.c.id == proposal_id).values(**values))
