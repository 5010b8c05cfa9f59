"""How the place runs: channels, outbox, publication, ledger; and what waits for an administrator's hand."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from admin.errors import explain, status_of
from admin.visit import Visit, visit_of
from admin.wire import id_of
from knowledge_base import repair
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.ledger import ledger
from knowledge_base.storage import consent_store, faq_store, outbox_store, question_store, repair_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import OutboxState
from knowledge_base.storage.repair_store import Quarantined, Stuck
from knowledge_base.storage.status_store import Usage, usage

_SHOWN = 50  # of each list; the newest


@dataclass(frozen=True, slots=True)
class _Status:
    outbox: dict[str, int]
    repeats: int
    questions: dict[str, int]
    publication: int
    ledger: dict[str, Any]
    in_doubt: list[Stuck]
    failed: list[Stuck]
    quarantined: list[Quarantined]
    quarantined_count: int
    consents: dict[str, str]
    zalo_bot: Usage


def _status(tx: Transaction) -> _Status:
    return _Status(
        outbox=outbox_store.counts_by_state(tx),
        repeats=outbox_store.repeats(tx),
        questions=question_store.counts_by_state(tx),
        publication=faq_store.publication_number(tx),
        ledger=ledger(tx),
        in_doubt=repair_store.stuck(tx, OutboxState.IN_DOUBT, _SHOWN),
        failed=repair_store.stuck(tx, OutboxState.FAILED, _SHOWN),
        quarantined=repair_store.quarantined(tx, _SHOWN),
        quarantined_count=repair_store.quarantined_count(tx),
        consents=consent_store.troubles(tx),
        zalo_bot=usage(tx, "zalo_bot"),
    )


async def _page(
    visit: Visit, error: KnowledgeBaseError | None = None, opened: tuple[int, str] | None = None
) -> web.Response:
    console = visit.console
    return visit.page(
        "status.html",
        status_of(error) if error else 200,
        figures=await visit.read(_status),
        plan=(console.settings.zalo_bot_messages_a_month, console.settings.zalo_bot_users),
        channels=await console.channel_states() if console.channel_states else None,
        live=console.faq.snapshot.number if console.faq.ready else None,
        problem=await explain(visit, error) if error else "",
        opened=opened,
    )


async def show(request: web.Request) -> web.Response:
    """Figures and states; nobody's words."""
    return await _page(visit_of(request))


async def send_again(request: web.Request) -> web.StreamResponse:
    """A message in doubt goes out once more."""
    visit = visit_of(request)
    try:
        await visit.write(repair.send_again, id_of(request))
    except KnowledgeBaseError as error:
        return await _page(visit, error)
    raise visit.to("status", "message_again")


async def count_as_arrived(request: web.Request) -> web.StreamResponse:
    """A message in doubt counts as arrived."""
    visit = visit_of(request)
    try:
        await visit.write(repair.count_as_arrived, id_of(request))
    except KnowledgeBaseError as error:
        return await _page(visit, error)
    raise visit.to("status", "message_arrived")


async def try_again(request: web.Request) -> web.StreamResponse:
    """A failed message is tried once more."""
    visit = visit_of(request)
    try:
        await visit.write(repair.try_again, id_of(request))
    except KnowledgeBaseError as error:
        return await _page(visit, error)
    raise visit.to("status", "message_again")


async def open_quarantined(request: web.Request) -> web.StreamResponse:
    """What an unreadable message said; shown once, the look is an event."""
    visit, inbox_id = visit_of(request), id_of(request)
    try:
        words = await visit.write(repair.open_quarantined, inbox_id)
    except KnowledgeBaseError as error:
        return await _page(visit, error)
    return await _page(visit, opened=(inbox_id, words))
