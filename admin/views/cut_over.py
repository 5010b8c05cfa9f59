"""What changes on a day, and what editors have to look at again."""

from datetime import date

from aiohttp import web

from admin.errors import explain, status_of
from admin.forms import read_day
from admin.visit import Visit, visit_of
from admin.wire import number_of, words_of
from admin.worklists import due_reviews, law_worklist, live_entries
from knowledge_base.errors import InvalidInput
from knowledge_base.faq.cut_over import cut_over, days_of_change, neighbours
from knowledge_base.storage import faq_store

_PAGE = 50
LISTS = ("law", "due")


def _pages(longest: int) -> int:
    return max(1, -(-longest // _PAGE))


def _day(visit: Visit, days: list[date]) -> date:
    """The day asked for, else the next one on which anything changes."""
    today = visit.console.faq.today()
    asked = read_day(words_of(visit.request, "day", 20), "day")
    return asked or neighbours(days, today).after or today


async def show(request: web.Request) -> web.Response:
    """One day's changes, with the days before and after on which anything changes."""
    visit, problem = visit_of(request), None
    snapshot = visit.console.faq.snapshot
    entries = [revision.entry for revision in snapshot.revisions.values()]
    documents = list(snapshot.documents.values())
    days = days_of_change(entries, documents)
    try:
        day = _day(visit, days)
    except InvalidInput as error:
        day, problem = neighbours(days, visit.console.faq.today()).after or visit.console.faq.today(), error
    cut = cut_over(entries, documents, day)
    number, pages = max(number_of(visit.request, "page", 1), 1), _pages(max(len(cut.begins), len(cut.ends)))
    return visit.page(
        "cut_over.html",
        status_of(problem) if problem else 200,
        cut=cut,
        open_keys={entry.key for entry in cut.left_open},
        part=slice((number - 1) * _PAGE, number * _PAGE),  # of each list of entries
        number=number,
        pages=pages,
        near=neighbours(days, day),
        today=visit.console.faq.today(),
        problem=await explain(visit, problem) if problem else "",
    )


async def upkeep(request: web.Request) -> web.Response:
    """One of the two worklists in full, in pages."""
    visit = visit_of(request)
    chosen = words_of(request, "list")
    chosen = chosen if chosen in LISTS else LISTS[0]
    documents = await visit.read(faq_store.documents)
    law, due = law_worklist(visit, documents), due_reviews(visit)
    found = law if chosen == "law" else due
    number, pages = max(number_of(request, "page", 1), 1), _pages(len(found))
    part = slice((number - 1) * _PAGE, number * _PAGE)
    return visit.page(
        "upkeep.html",
        chosen=chosen,
        law=law[part] if chosen == "law" else [],
        due=due[part] if chosen == "due" else [],
        counts={"law": len(law), "due": len(due)},
        entries={entry.key: entry for entry in live_entries(visit)},
        months=visit.console.settings.review_months,
        today=visit.console.faq.today(),
        number=number,
        pages=pages,
        query={"list": chosen},
    )
