"""How the place runs: channels, outbox, publication, ledger."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from admin.visit import visit_of
from knowledge_base.ledger import ledger
from knowledge_base.storage import faq_store, outbox_store, question_store
from knowledge_base.storage.database import Transaction


@dataclass(frozen=True, slots=True)
class _Status:
    outbox: dict[str, int]
    questions: dict[str, int]
    publication: int
    ledger: dict[str, Any]


def _status(tx: Transaction) -> _Status:
    return _Status(
        outbox_store.counts_by_state(tx),
        question_store.counts_by_state(tx),
        faq_store.publication_number(tx),
        ledger(tx),
    )


async def show(request: web.Request) -> web.Response:
    """Figures and states; nobody's words."""
    visit = visit_of(request)
    console = visit.console
    return visit.page(
        "status.html",
        figures=await visit.read(_status),
        channels=await console.channel_states() if console.channel_states else None,
        live=console.faq.snapshot.number if console.faq.ready else None,
    )
