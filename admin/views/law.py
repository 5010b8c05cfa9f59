"""The register of legal documents: its list, one document with the entries that cite it, adding, changing, ending."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from aiohttp import web
from multidict import MultiDictProxy

from admin.errors import explain, status_of
from admin.forms import read_day
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, number_of, words_of
from admin.worklists import live_entries
from knowledge_base import law_register
from knowledge_base.errors import Conflict, InvalidInput, KnowledgeBaseError
from knowledge_base.faq.entry import FaqEntry, InForce
from knowledge_base.faq.legal_document import ENDED, STATUSES, LegalDocument
from knowledge_base.faq.under_law import Notice, to_review
from knowledge_base.law_register import Repeal
from knowledge_base.storage import faq_store
from knowledge_base.text.fold import fold

_PAGE = 50
STANDINGS = (*STATUSES, "not_yet")
_FIELDS = ("number", "kind", "title", "issuer", "issued_on", "from_day", "to_day", "link", "status", "replaced_by")
_LONGEST = 2_000
Typed = dict[str, str]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _typed_of(document: LegalDocument) -> Typed:
    """A document as its form shows it."""
    days = {"from_day": document.in_force.from_day, "to_day": document.in_force.to_day, "issued_on": document.issued_on}
    return {name: _iso(days[name]) if name in days else getattr(document, name) for name in _FIELDS}


def _read(form: MultiDictProxy[Any]) -> Typed:
    return {name: field_of(form, name, _LONGEST).strip() for name in _FIELDS}


def _document(typed: Typed) -> LegalDocument:
    """What a form means; raises InvalidInput for a day that can't be read."""
    days = {name: read_day(typed[name], name) for name in ("issued_on", "from_day", "to_day")}
    words = {name: typed[name] for name in _FIELDS if name not in days}
    return LegalDocument(
        **{**words, "status": typed["status"] or "unknown"},
        issued_on=days["issued_on"],
        in_force=InForce(days["from_day"], days["to_day"]),
    )


# --- the list -------------------------------------------------------------------------------------


def _fits(document: LegalDocument, standing: str, words: list[str], today: date) -> bool:
    if standing and document.standing(today) != standing:
        return False
    text = fold(f"{document.number} {document.title} {document.issuer} {document.kind}") if words else ""
    return all(word in text for word in words)


def _citations(entries: Iterable[FaqEntry]) -> Counter[str]:
    """How many live entries cite each document."""
    return Counter(number for entry in entries for number in {basis.document for basis in entry.legal_basis})


async def _list_page(visit: Visit, error: KnowledgeBaseError | None = None, typed: Typed | None = None) -> web.Response:
    words, standing = words_of(visit.request, "q"), words_of(visit.request, "status")
    standing = standing if standing in STANDINGS else ""
    today = visit.console.faq.today()
    documents = await visit.read(faq_store.documents)
    found = [one for one in documents.values() if _fits(one, standing, fold(words).split(), today)]
    number, pages = max(number_of(visit.request, "page", 1), 1), max(1, -(-len(found) // _PAGE))
    return visit.page(
        "law_list.html",
        status_of(error) if error else 200,
        documents=found[(number - 1) * _PAGE : number * _PAGE],
        total=len(found),
        number=number,
        pages=pages,
        query={"q": words, "status": standing},
        cited=_citations(live_entries(visit)),
        today=today,
        typed=typed or dict.fromkeys(_FIELDS, ""),
        **_choices(documents, error),
        problem=await explain(visit, error) if error else "",
    )


def _choices(documents: dict[str, LegalDocument], error: KnowledgeBaseError | None) -> dict[str, Any]:
    """What the fields of a document's form offer, and which one is at fault."""
    return {
        "standings": STANDINGS,
        "statuses": STATUSES,
        "endings": ENDED,
        "kinds": sorted({one.kind for one in documents.values() if one.kind}),
        "issuers": sorted({one.issuer for one in documents.values() if one.issuer}),
        "numbers": list(documents),
        "faulty": str(error.data.get("field", "")) if error else "",
    }


async def show(request: web.Request) -> web.Response:
    """Every document, to search and filter."""
    return await _list_page(visit_of(request))


async def add(request: web.Request) -> web.StreamResponse:
    """A document that the register lacks."""
    visit, form = visit_of(request), await form_of(request)
    typed = _read(form)
    visit.tell_trail(document=typed["number"])
    try:
        number = await visit.write(law_register.add_document, _document(typed))
    except KnowledgeBaseError as error:
        return await _list_page(visit, error, typed)
    raise visit.to("law_document", "law_added", {"number": number})


# --- one document ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cited:
    """What cites a document: entries by article ("" where none is named), and what its dates mean for them."""

    by_article: dict[str, list[FaqEntry]] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)  # by entry key


def cited_by(entries: Iterable[FaqEntry], document: LegalDocument, today: date) -> Cited:
    """The live entries that cite a document, article by article."""
    found: defaultdict[str, list[FaqEntry]] = defaultdict(list)
    citing = []
    for entry in sorted(entries, key=lambda entry: entry.key):
        articles = [basis.article for basis in entry.legal_basis if basis.document == document.number]
        for article in articles:
            found[article].append(entry)
        citing += [entry] if articles else []
    due = [one for one in to_review(citing, {document.number: document}, today) if one.document == document.number]
    return Cited(dict(sorted(found.items())), {one.key: one for one in due})


async def _page(
    visit: Visit,
    number: str,
    error: KnowledgeBaseError | None = None,
    typed: Typed | None = None,
    ending: Typed | None = None,
) -> web.Response:
    documents = await visit.read(faq_store.documents)
    document = law_register.need_document(documents, number)
    today = visit.console.faq.today()
    return visit.page(
        "law_show.html",
        status_of(error) if error else 200,
        document=document,
        standing=document.standing(today),
        cited=cited_by(live_entries(visit), document, today),
        replaces=[one for one in documents.values() if one.replaced_by == number],
        known=documents,
        today=today,
        seen=law_register.fingerprint(document),
        typed=typed or _typed_of(document),
        ending=ending or {"day": "", "status": "repealed", "replaced_by": document.replaced_by},
        changing=typed is not None,
        ends=ending is not None,
        **_choices(documents, error),
        problem=await explain(visit, error) if error else "",
    )


async def show_document(request: web.Request) -> web.Response:
    """One document, with the entries that cite it."""
    return await _page(visit_of(request), words_of(request, "number"))


async def change(request: web.Request) -> web.StreamResponse:
    """Other values for a document."""
    visit, form = visit_of(request), await form_of(request)
    typed = _read(form)
    number = typed["number"]
    visit.tell_trail(document=number)
    try:
        changed = await visit.write(law_register.change_document, _document(typed), field_of(form, "seen", 40))
    except Conflict as error:  # the page shows what stands there now; what was typed is still in the form
        return await _page(visit, number, error, typed)
    except InvalidInput as error:
        return await _page(visit, number, error, typed)
    raise visit.to("law_document", "law_changed" if changed else "already", {"number": number})


def _order(number: str, ending: Typed) -> Repeal:
    first_day = read_day(ending["day"], "day")
    if first_day is None:
        raise InvalidInput("date_wrong", field="day", value="")
    return Repeal(number, first_day, ending["status"], ending["replaced_by"])


async def repeal(request: web.Request) -> web.StreamResponse:
    """The document ends on a day."""
    visit, form = visit_of(request), await form_of(request)
    number = field_of(form, "number", _LONGEST).strip()
    ending = {name: field_of(form, name, 200).strip() for name in ("day", "status", "replaced_by")}
    visit.tell_trail(document=number, day=ending["day"])
    try:
        await visit.write(law_register.repeal, _order(number, ending))
    except (InvalidInput, Conflict) as error:
        return await _page(visit, number, error, ending=ending)
    raise visit.to("law_document", "law_repealed", {"number": number})
