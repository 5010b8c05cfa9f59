"""Entries in another language: the translators' list, their files, one entry's words beside the Vietnamese."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from aiohttp import web

from admin.errors import explain, status_of
from admin.visit import Visit, visit_of
from admin.wire import field_of, file_of, form_of, number_of, words_of
from knowledge_base import translating
from knowledge_base.errors import InvalidInput, KnowledgeBaseError, NotFound
from knowledge_base.faq.revision import Revision
from knowledge_base.faq.translation import FIELDS, LONGEST, Translation, Words, source_of
from knowledge_base.faq.translation_po import PoContent, read_translations, write_translations
from knowledge_base.storage import faq_store, translation_store
from knowledge_base.storage.database import Transaction
from translations.loader import DEFAULT_LANGUAGE, LANGUAGES, name_of

STANDINGS = ("stale", "returned", "in_review", "missing", "fresh")  # what wants work comes first
_PAGE = 100


def others() -> list[tuple[str, str]]:
    """The languages that entries can be translated into: codes and their own names."""
    return [(code, name_of(code)) for code in LANGUAGES if code != DEFAULT_LANGUAGE]


def _language(request: web.Request) -> str:
    language = request.match_info["language"]
    if language not in LANGUAGES or language == DEFAULT_LANGUAGE:
        raise NotFound("translation_language", language=language)
    return language


async def _list_page(
    visit: Visit, language: str, content: PoContent | None = None, new: int = 0, error: KnowledgeBaseError | None = None
) -> web.Response:
    works = await visit.read(translating.worklist, language)
    wanted = words_of(visit.request, "state")
    shown = [one for one in works if wanted in ("", one.standing)]
    shown.sort(key=lambda one: STANDINGS.index(one.standing))
    number, pages = max(number_of(visit.request, "page", 1), 1), max(1, -(-len(shown) // _PAGE))
    found = content.faults if content else []
    faults = [(one, await explain(visit, InvalidInput(one.key, **one.data))) for one in found]
    return visit.page(
        "translations.html",
        status_of(error) if error else 200,
        languages=others(),
        code=language,
        works=shown[(number - 1) * _PAGE : number * _PAGE],
        counts=Counter(one.standing for one in works),
        standings=STANDINGS,
        query={"state": wanted},
        number=number,
        pages=pages,
        content=content,
        new=new,
        faults=faults,
        problem=await explain(visit, error) if error else "",
    )


async def show(request: web.Request) -> web.Response:
    """Every live entry with how its words stand."""
    return await _list_page(visit_of(request), _language(request))


async def download(request: web.Request) -> web.Response:
    """A file for translators: what wants work, or everything."""
    visit, language = visit_of(request), _language(request)
    only_open = words_of(request, "which") != "all"
    rows = await visit.read(translating.po_rows, language, only_open=only_open)
    body = await asyncio.to_thread(write_translations, language, rows)
    headers = {"Content-Disposition": f'attachment; filename="hoi-dap.{language}.po"'}
    return web.Response(body=body, content_type="text/x-gettext-translation", headers=headers)


async def upload(request: web.Request) -> web.StreamResponse:
    """Hand a translator's file in; what can't be taken is named, by entry and field."""
    visit, language = visit_of(request), _language(request)
    try:
        _name, data = file_of(await form_of(request), "po")
        live = [revision.entry for revision in await visit.read(faq_store.published)]
        content = await asyncio.to_thread(read_translations, data, language, live)
        words, new = iter(content.words.items()), 0
        while some := dict(islice(words, translating.AT_ONCE)):
            new += await visit.write(translating.put_translations, language, some)
    except KnowledgeBaseError as error:
        return await _list_page(visit, language, error=error)
    return await _list_page(visit, language, content, new)


# --- one entry ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    live: Revision
    versions: list[Translation]  # newest first


def _entry(tx: Transaction, language: str, key: str) -> _Entry:
    live = faq_store.published_of(tx, key)
    if live is None:
        raise NotFound("entry", key=key)
    return _Entry(live, translation_store.of_entry(tx, language, key))


async def _entry_page(
    visit: Visit, words: Words | None = None, error: KnowledgeBaseError | None = None, note: str = ""
) -> web.Response:
    language, key = _language(visit.request), visit.request.match_info["key"]
    found = await visit.read(_entry, language, key)
    pending = next((one for one in found.versions if one.state in ("in_review", "amends_needed")), None)
    public = next((one for one in found.versions if one.state == "published"), None)
    newest = pending or public
    return visit.page(
        "translation_show.html",
        status_of(error) if error else 200,
        code=language,
        name=name_of(language),
        live=found.live,
        source=source_of(found.live.entry),
        words=words or (newest.words if newest else dict.fromkeys(FIELDS, "")),
        fields=FIELDS,
        versions=found.versions,
        pending=pending,
        public=public,
        may_decide=visit.member.role == "editor",
        may_write=visit.member.role in translating.TRANSLATORS,
        problem=await explain(visit, error) if error else "",
        faulty=str(error.data.get("field", "")) if error else "",
        note=note,
    )


async def show_entry(request: web.Request) -> web.Response:
    """The words beside the Vietnamese."""
    return await _entry_page(visit_of(request))


async def put(request: web.Request) -> web.StreamResponse:
    """Hand in words typed here."""
    visit, form = visit_of(request), await form_of(request)
    language, key = _language(request), request.match_info["key"]
    words = {name: field_of(form, name, LONGEST).strip() for name in FIELDS}
    try:
        await visit.write(translating.put_translations, language, {key: words})
    except KnowledgeBaseError as error:
        return await _entry_page(visit, words, error)
    raise visit.to("translation", "translation_put", language=language, key=key)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


async def approve(request: web.Request) -> web.StreamResponse:
    """Vouch for somebody else's words."""
    visit, form = visit_of(request), await form_of(request)
    language, key = _language(request), request.match_info["key"]
    try:
        await visit.write(translating.approve_translation, _number(field_of(form, "translation", 15)))
    except KnowledgeBaseError as error:
        return await _entry_page(visit, error=error)
    raise visit.to("translation", "translation_approved", language=language, key=key)


async def send_back(request: web.Request) -> web.StreamResponse:
    """Return the words with a note."""
    visit, form = visit_of(request), await form_of(request)
    language, key = _language(request), request.match_info["key"]
    note = field_of(form, "note", 2_000)
    try:
        await visit.write(translating.return_translation, _number(field_of(form, "translation", 15)), note)
    except KnowledgeBaseError as error:
        return await _entry_page(visit, error=error, note=note)
    raise visit.to("translation", "returned", language=language, key=key)


async def withdraw(request: web.Request) -> web.StreamResponse:
    """Take the words off."""
    visit, form = visit_of(request), await form_of(request)
    language, key = _language(request), request.match_info["key"]
    note = field_of(form, "note", 2_000)
    try:
        await visit.write(translating.withdraw_translation, _number(field_of(form, "translation", 15)), note)
    except KnowledgeBaseError as error:
        return await _entry_page(visit, error=error, note=note)
    raise visit.to("translation", "translation_withdrawn", language=language, key=key)
