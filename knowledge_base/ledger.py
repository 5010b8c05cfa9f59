"""Every question's disposition, counted: what the promise of 100 % published answers is measured by."""

from typing import Any

from knowledge_base.questions.question import Disposition
from knowledge_base.storage import question_store
from knowledge_base.storage.database import Transaction


def ledger(tx: Transaction) -> dict[str, Any]:
    """Counts by disposition; `own_page + linked + sum(excluded) + pending == total`."""
    counts: dict[str, int] = dict.fromkeys((Disposition.OWN_PAGE, Disposition.LINKED, Disposition.PENDING), 0)
    excluded: dict[str, int] = {}
    for disposition, reason, number in question_store.dispositions(tx):
        if disposition == Disposition.EXCLUDED:
            excluded[reason or "unknown"] = excluded.get(reason or "unknown", 0) + number
        else:
            counts[disposition] += number
    return {
        "total": sum(counts.values()) + sum(excluded.values()),
        "own_page": counts[Disposition.OWN_PAGE],
        "linked": counts[Disposition.LINKED],
        "excluded": excluded,
        "pending": counts[Disposition.PENDING],
    }
