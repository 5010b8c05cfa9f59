"""The queue: danger and the oldest promise first; filters, orders, a file to take along."""

from dataclasses import dataclass, replace
from datetime import date

from aiohttp import web

from admin import labels
from admin.exporting import queue_file
from admin.visit import Visit, home, visit_of
from admin.wire import number_of, words_of
from knowledge_base.errors import InvalidInput
from knowledge_base.faq.legal_document import Topic
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import Question
from knowledge_base.storage import cluster_store, faq_store, queue_store, staff_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.queue_store import ORDERS, TABS, QueueFilter
from knowledge_base.storage.staff_store import StaffMember

_PAGE = 50
_MOST_EXPORTED = 20_000


@dataclass(frozen=True, slots=True)
class _Page:
    questions: list[Question]
    total: int
    counts: dict[str, int]
    names: dict[int, str]
    units: dict[str, str]
    topics: list[Topic]
    clusters: dict[int, int]
    erased: list[str]


def read_page(tx: Transaction, wanted: QueueFilter, member_id: int, today: date, offset: int) -> _Page:
    """All that the page shows, in a number of statements that doesn't depend on what there is."""
    found, total = queue_store.page(tx, wanted, today, offset=offset, limit=_PAGE)
    return _Page(
        found,
        total,
        queue_store.counts(tx, wanted.path, member_id, today),
        staff_store.usernames(tx),
        staff_store.units_with_staff(tx, wanted.path),
        faq_store.all_topics(tx),
        cluster_store.sizes(tx, [one.cluster_id for one in found if one.cluster_id is not None]),
        queue_store.erased_from(tx, member_id),
    )


def _wanted(visit: Visit) -> QueueFilter:
    """The filter in the address; what it doesn't know is left out."""
    request, member = visit.request, visit.member
    tab, order = words_of(request, "tab", 20), words_of(request, "order", 20)
    return QueueFilter(
        path=member.unit_path,
        tab=tab if tab in TABS else "open",
        words=words_of(request, "q"),
        member=member.id,
        overdue=bool(words_of(request, "overdue", 1)),
        channel=words_of(request, "channel", 20),
        topic=words_of(request, "topic", 60),
        unit=words_of(request, "unit", 20),
        order=order if order in ORDERS else "due",
    )


async def _table(visit: Visit) -> web.Response:
    today, wanted = visit.console.faq.today(), _wanted(visit)
    number = max(number_of(visit.request, "page", 1), 1)
    page = await visit.read(read_page, wanted, visit.member.id, today, (number - 1) * _PAGE)
    query = {
        "q": wanted.words,
        "overdue": "1" if wanted.overdue else "",
        "channel": wanted.channel,
        "topic": wanted.topic,
        "unit": wanted.unit,
    }
    return visit.page(
        "queue.html",
        page=page,
        tab=wanted.tab,
        tabs=tuple(TABS),
        order=wanted.order,
        orders=ORDERS,
        query=query,
        number=number,
        pages=max(1, -(-page.total // _PAGE)),
        channels=labels.values("channel"),
        today=today,
        filtered=any(query.values()),
    )


async def show(request: web.Request) -> web.Response:
    """The table, one tab at a time; administrators have other work."""
    visit = visit_of(request)
    if visit.member.role == Role.ADMINISTRATOR:
        raise visit.to(home(visit.member))
    return await _table(visit)


async def counts(request: web.Request) -> web.Response:
    """The tabs' numbers, for a page that stays open."""
    visit = visit_of(request)
    found = await visit.read(queue_store.counts, visit.member.unit_path, visit.member.id, visit.console.faq.today())
    return web.json_response(found)


def _export(tx: Transaction, _member: StaffMember, wanted: QueueFilter, today: date) -> list[Question]:
    return list(queue_store.everything(tx, wanted, today, _MOST_EXPORTED))


async def export(request: web.Request) -> web.StreamResponse:
    """What the filter shows, as a file. That somebody took residents' words along is kept on the trail."""
    visit, shape = visit_of(request), words_of(request, "as", 10) or "csv"
    if shape not in ("csv", "xlsx"):
        raise InvalidInput("format_unknown", field="as")
    wanted, today = replace(_wanted(visit)), visit.console.faq.today()
    visit.tell_trail(tab=wanted.tab, shape=shape)
    found = await visit.write(_export, wanted, today)
    names = await visit.read(staff_store.usernames)
    return queue_file(visit, found, names, shape)
