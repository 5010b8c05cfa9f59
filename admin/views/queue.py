"""The queue: danger and the oldest promise first."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from admin.visit import Visit, visit_of
from admin.wire import number_of, words_of
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import OPEN_STATES, Question, QuestionState
from knowledge_base.storage import question_store, staff_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.question_store import QueueFilter

_PAGE = 50
_TABS: dict[str, tuple[str, ...]] = {
    "open": tuple(OPEN_STATES),
    "mine": (QuestionState.ASSIGNED,),
    "answered": (QuestionState.ANSWERED,),
    "all": (),
}


@dataclass(frozen=True, slots=True)
class _Page:
    questions: list[Question]
    total: int
    counts: dict[str, int]
    names: dict[int, str]
    channels: list[str]


def _filter(tab: str, query: dict[str, str], staff_id: int) -> QueueFilter:
    return QueueFilter(
        states=_TABS[tab],
        words=query["q"],
        assigned_to=staff_id if tab == "mine" else None,
        overdue=bool(query["overdue"]),
        channel=query["channel"],
    )


def _counts(tx: Transaction, staff_id: int, today: Any) -> dict[str, int]:
    """How many questions each tab holds."""
    by_state = question_store.counts_by_state(tx)
    mine = QueueFilter(states=_TABS["mine"], assigned_to=staff_id)
    late = QueueFilter(overdue=True)
    return {
        "open": sum(by_state.get(state, 0) for state in OPEN_STATES),
        "mine": question_store.queue_page(tx, mine, today, limit=1)[1],
        "answered": by_state.get(QuestionState.ANSWERED, 0),
        "all": sum(by_state.values()),
        "waiting": by_state.get(QuestionState.QUEUED, 0),
        "overdue": question_store.queue_page(tx, late, today, limit=1)[1],
    }


def _read(tx: Transaction, wanted: QueueFilter, staff_id: int, today: Any, offset: int) -> _Page:
    found, total = question_store.queue_page(tx, wanted, today, offset=offset, limit=_PAGE)
    return _Page(
        found,
        total,
        _counts(tx, staff_id, today),
        staff_store.usernames(tx),
        question_store.channels_used(tx),
    )


async def _table(visit: Visit) -> web.Response:
    request, today = visit.request, visit.console.faq.today()
    tab = request.query.get("tab", "open")
    tab = tab if tab in _TABS else "open"
    query = {
        "q": words_of(request, "q"),
        "overdue": words_of(request, "overdue", 1),
        "channel": words_of(request, "channel", 20),
    }
    number = max(number_of(request, "page", 1), 1)
    wanted = _filter(tab, query, visit.member.id)
    page = await visit.read(_read, wanted, visit.member.id, today, (number - 1) * _PAGE)
    return visit.page(
        "queue.html",
        page=page,
        tab=tab,
        tabs=tuple(_TABS),
        query=query,
        number=number,
        pages=max(1, -(-page.total // _PAGE)),
        today=today,
        filtered=any(query.values()),
    )


async def show(request: web.Request) -> web.Response:
    """The table, one tab at a time; administrators have other work."""
    visit = visit_of(request)
    if visit.member.role == Role.ADMINISTRATOR:
        raise visit.to("status")
    return await _table(visit)


async def counts(request: web.Request) -> web.Response:
    """The tabs' numbers, for a page that stays open."""
    visit = visit_of(request)
    found = await visit.read(_counts, visit.member.id, visit.console.faq.today())
    return web.json_response(found)
