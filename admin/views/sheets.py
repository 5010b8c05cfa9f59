"""Sheets for editors who work in Excel: take the FAQ out, bring it back, look at the difference, hand it in."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from aiohttp import web

from admin import sheet_words
from admin.errors import explain, status_of
from admin.visit import Visit, visit_of
from admin.wire import field_of, file_of, form_of, number_of, words_of
from knowledge_base import sheets
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.faq.desk_changes import RowChange
from knowledge_base.faq.desk_sheet import CellFault, DeskRow, Terms, read_desk_sheet
from knowledge_base.faq.legal_document import Topic
from knowledge_base.sheets import Preview
from knowledge_base.storage import faq_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PAGE = 50  # rows whose difference is shown at once
_ORDER = ("conflict", "waiting", "new", "changed")  # what needs a person comes first


@dataclass(frozen=True, slots=True)
class _Found:
    topics: list[Topic]
    preview: Preview | None
    entries: int


def _found(tx: Transaction, member: StaffMember) -> _Found:
    return _Found(faq_store.all_topics(tx), sheets.preview(tx, member), len(faq_store.imported_hashes(tx)))


async def _page(visit: Visit, error: KnowledgeBaseError | None = None) -> web.Response:
    found = await visit.read(_found, visit.member)
    changes = found.preview.changes if found.preview else ()
    shown = sorted((one for one in changes if one.fate in _ORDER), key=lambda one: (_ORDER.index(one.fate), one.row))
    number, pages = max(number_of(visit.request, "page", 1), 1), max(1, -(-len(shown) // _PAGE))
    faults = found.preview.upload.faults if found.preview else ()
    return visit.page(
        "sheets.html",
        status_of(error) if error else 200,
        topics=found.topics,
        upload=found.preview.upload if found.preview else None,
        changes=shown[(number - 1) * _PAGE : number * _PAGE],
        counts=Counter(one.fate for one in shown),
        number=number,
        pages=pages,
        faults=[(one, sheet_words.fault(visit, one)) for one in faults],
        faulty_rows=len({one.row for one in faults}),
        columns=sheet_words.columns(visit),
        problem=await explain(visit, error) if error else "",
    )


async def show(request: web.Request) -> web.Response:
    """What can be done with sheets, and the one that waits."""
    return await _page(visit_of(request))


def _export(tx: Transaction, topic: str) -> tuple[list[sheets.Exported], list[Topic]]:
    return sheets.export_rows(tx, topic), faq_store.all_topics(tx)


async def download(request: web.Request) -> web.Response:
    """The FAQ, or a topic of it, as a workbook."""
    visit, topic = visit_of(request), words_of(request, "topic")
    rows, topics = await visit.read(_export, topic)
    body = await asyncio.to_thread(sheet_words.workbook, visit, rows, topics)
    name = f"hoi-dap-{topic}.xlsx" if topic in {one.slug for one in topics} else "hoi-dap.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type=_XLSX, headers=headers)


def _registers(tx: Transaction) -> tuple[list[Topic], list[str]]:
    return faq_store.all_topics(tx), list(faq_store.documents(tx))


def _read(data: bytes, terms: Terms) -> tuple[list[DeskRow], list[CellFault]]:
    from knowledge_base.faq.desk_workbook import read_desk_workbook  # noqa: PLC0415 - a start must not wait for a library it doesn't use

    table, refused = read_desk_workbook(data)
    return ([], [CellFault(0, "", refused)]) if refused else read_desk_sheet(table, terms)


async def upload(request: web.Request) -> web.StreamResponse:
    """Bring a sheet back: it is read and kept for the preview; nothing else changes."""
    visit = visit_of(request)
    try:
        name, data = file_of(await form_of(request), "sheet")
        terms = sheet_words.terms_for(*await visit.read(_registers))
        rows, faults = await asyncio.to_thread(_read, data, terms)
        await visit.write(sheets.keep_sheet, name, rows, faults)
    except KnowledgeBaseError as error:
        return await _page(visit, error)
    raise visit.to("sheets")


def _wanted(changes: tuple[RowChange, ...], taken: list[str]) -> dict[int, str]:
    """The rows to be handed in; a conflict only where the row's words were chosen, against the text that was shown."""
    chosen = {int(row): tag for row, _, tag in (one.partition(":") for one in taken) if row.isdecimal()}
    ready = {one.row: "" for one in changes if one.fate in ("new", "changed")}
    return ready | chosen


async def send(request: web.Request) -> web.StreamResponse:
    """Hand the changes to the editors, each as a text in review; whatever can't go stays and is shown again."""
    visit, form = visit_of(request), await form_of(request)
    token, sent = field_of(form, "token", 64), 0
    taken = [str(value)[:60] for value in form.getall("take", [])]
    try:
        found = await visit.read(sheets.preview, visit.member)
        rows = iter(_wanted(found.changes, taken).items() if found else ())
        while some := dict(islice(rows, sheets.AT_ONCE)):
            sent += await visit.write(sheets.send_rows, token, some)
    except KnowledgeBaseError as error:
        return await _page(visit, error)
    raise visit.to("sheets", "sheet_sent" if sent else "sheet_nothing")


async def drop(request: web.Request) -> web.StreamResponse:
    """Put the sheet away."""
    visit = visit_of(request)
    await visit.write(sheets.drop_sheet)
    raise visit.to("sheets", "sheet_dropped")
