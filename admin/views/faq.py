"""The FAQ: its list, an entry's page, withdrawing, recall."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from admin.errors import explain, status_of
from admin.views.translations import others
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, number_of, words_of
from knowledge_base import editorial, recall
from knowledge_base.entry_list import EntryList, Listed
from knowledge_base.errors import KnowledgeBaseError, NotFound
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.publication import OPEN_STATES, RevisionState
from knowledge_base.faq.revision import Revision
from knowledge_base.faq.under_law import notices, window_under_law
from knowledge_base.recall import Reached
from knowledge_base.storage import event_store, faq_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.event_store import Event
from knowledge_base.text.fold import fold

_PAGE = 100
FILTERS = ("live", "trial", "later", "past", "in_review", "returned", "withdrawn")


def standing(revision: Revision, today: date, documents: Mapping[str, LegalDocument]) -> str:
    """Where an entry stands today, in one of the filter's words; it ends with the law that it stands on."""
    window = window_under_law(revision.entry, documents)
    if revision.state == RevisionState.PUBLISHED:
        if window.from_day and today < window.from_day:
            return "later"
        return "past" if window.to_day and window.to_day < today else "live"
    if revision.state == RevisionState.AMENDS_NEEDED:
        return "returned"
    if revision.state in (RevisionState.WITHDRAWN, RevisionState.SUPERSEDED):
        return "withdrawn"
    return "in_review"


def _fits(listed: Listed, wanted: str, topic: str, words: list[str]) -> bool:
    revision = listed.revision
    if wanted == "trial" and not (revision.on_trial and revision.state == RevisionState.PUBLISHED):
        return False
    return topic in ("", revision.entry.topic) and all(word in listed.folded for word in words)


def _list(tx: Transaction, entries: EntryList) -> tuple[list[Listed], list[Topic], dict[str, LegalDocument]]:
    return entries.all(tx), faq_store.all_topics(tx), faq_store.documents(tx)


async def _list_page(visit: Visit) -> web.Response:
    request, today = visit.request, visit.console.faq.today()
    wanted, topic, words = (words_of(request, name) for name in ("state", "topic", "q"))
    wanted = wanted if wanted in FILTERS else ""
    entries, topics, documents = await visit.read(_list, visit.console.entries)
    asked = fold(words).split()
    found = [listed.revision for listed in entries if _fits(listed, wanted, topic, asked)]
    if wanted not in ("", "trial"):
        found = [revision for revision in found if standing(revision, today, documents) == wanted]
    number, pages = max(number_of(request, "page", 1), 1), max(1, -(-len(found) // _PAGE))
    shown = found[(number - 1) * _PAGE : number * _PAGE]
    return visit.page(
        "faq_list.html",
        revisions=shown,
        total=len(found),
        number=number,
        pages=pages,
        query={"state": wanted, "topic": topic, "q": words},
        filters=FILTERS,
        topics=topics,
        languages=others(),
        standing={revision.key: standing(revision, today, documents) for revision in shown},
        on_trial=sum(_fits(listed, "trial", "", []) for listed in entries),
    )


async def show(request: web.Request) -> web.Response:
    """Every entry, to filter and search."""
    return await _list_page(visit_of(request))


@dataclass(frozen=True, slots=True)
class EntryFile:
    """An entry with its texts and events."""

    revisions: list[Revision]  # newest first
    live: Revision | None
    events: list[Event]
    documents: dict[str, LegalDocument]
    topics: list[Topic]
    reached: Reached

    @property
    def shown(self) -> Revision:
        """The live text, else the newest."""
        return self.live or self.revisions[0]

    @property
    def open(self) -> Revision | None:
        """The text an editor has still to decide about."""
        newest = self.revisions[0]
        return newest if newest.state in OPEN_STATES else None


def entry_file(tx: Transaction, key: str) -> EntryFile:
    """Read an entry in one go."""
    revisions = faq_store.revisions_of(tx, key)
    if not revisions:
        raise NotFound("entry", key=key)
    return EntryFile(
        revisions[::-1],
        faq_store.published_of(tx, key),
        event_store.events_of(tx, entry_key=key),
        faq_store.documents(tx),
        faq_store.all_topics(tx),
        recall.reached(tx, key),
    )


async def _entry_page(visit: Visit, key: str, error: KnowledgeBaseError | None = None, note: str = "") -> web.Response:
    found = await visit.read(entry_file, key)
    today = visit.console.faq.today()
    return visit.page(
        "faq_show.html",
        status_of(error) if error else 200,
        found=found,
        revision=found.shown,
        place=standing(found.shown, today, found.documents),
        notices=notices(found.live.entry, found.documents, today) if found.live else [],
        problem=await explain(visit, error) if error else "",
        note=note,
    )


async def show_entry(request: web.Request) -> web.Response:
    """An entry's page."""
    return await _entry_page(visit_of(request), request.match_info["key"])


async def withdraw(request: web.Request) -> web.StreamResponse:
    """Take an entry off the page and out of the answers."""
    visit, key, form = visit_of(request), request.match_info["key"], await form_of(request)
    note = field_of(form, "note", 2_000)
    try:
        await visit.write(editorial.withdraw, key, note)
    except KnowledgeBaseError as error:
        found = await visit.read(entry_file, key)
        if error.key == "entry" and found.revisions[0].state == RevisionState.WITHDRAWN:  # a double click
            raise visit.to("entry", "already", key=key) from error
        return await _entry_page(visit, key, error, note)
    raise visit.to("entry", "withdrawn", key=key)


async def send_recall(request: web.Request) -> web.StreamResponse:
    """Everybody who was sent a former text is sent the live one."""
    visit, key, form = visit_of(request), request.match_info["key"], await form_of(request)
    note, sent = field_of(form, "note", 500), 0
    try:
        while number := await visit.write(recall.send_recall, key, note):
            sent += number
    except KnowledgeBaseError as error:
        return await _entry_page(visit, key, error, note)
    visit.tell_trail(sent=sent)
    raise visit.to("entry", "recalled", key=key)
