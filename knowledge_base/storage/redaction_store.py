"""Decisions about hits of personal data: kept by the entry and a keyed hash of the hit, never by its words."""

from collections.abc import Iterable

from sqlalchemy import select

from knowledge_base.redaction.decisions import Decision, Decisions, Mark, Verdict
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import redactions


def _hash(tx: Transaction, key: str, mark: Mark) -> str:
    """Words as short as a phone number could be guessed from a hash without a key."""
    return tx.keys.session_hash(f"redaction {key} {mark.id}")


def decisions_of(tx: Transaction, key: str, marks: Iterable[Mark]) -> Decisions:
    """What was decided about these marks of an entry, by the marks' ids."""
    wanted = {_hash(tx, key, mark): mark.id for mark in marks}
    if not wanted:
        return {}
    query = select(redactions).where(redactions.c.entry_key == key)
    return {
        wanted[row.mark_hash]: Decision(Verdict(row.verdict), row.decided_by, row.decided_at)
        for row in tx.execute(query)
        if row.mark_hash in wanted
    }


def decide(tx: Transaction, key: str, mark: Mark, verdict: Verdict, by: str) -> None:
    """Write a decision, or another one over it."""
    changes = {"verdict": verdict, "decided_by": by, "decided_at": tx.now}
    statement = tx.insert(redactions).values(entry_key=key, mark_hash=_hash(tx, key, mark), **changes)
    tx.execute(statement.on_conflict_do_update(index_elements=["entry_key", "mark_hash"], set_=changes))
