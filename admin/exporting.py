"""The queue as a file: CSV or XLSX. A cell that a spreadsheet would take for a formula is made text."""

import csv
import io
from collections.abc import Iterator, Sequence

from aiohttp import web

from admin import labels
from admin.visit import Visit
from knowledge_base.clock import VIETNAM
from knowledge_base.questions.question import Question

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # OWASP, "CSV Injection"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _heading(visit: Visit) -> list[str]:
    gettext = visit.gettext
    return [
        gettext("Code"),
        gettext("Received"),
        gettext("Promised"),
        gettext("State"),
        gettext("Channel"),
        gettext("Unit"),
        gettext("Topic"),
        gettext("Held by"),
        gettext("Commune"),
        gettext("Question"),
    ]


def _cells(visit: Visit, question: Question, names: dict[int, str]) -> list[str]:
    return [
        question.reference,
        f"{question.received_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}",
        f"{question.due_on:%d/%m/%Y}" if question.due_on else "",
        labels.word(visit, "state", question.state),
        labels.word(visit, "channel", question.channel),
        question.unit_code,
        question.topic or "",
        names.get(question.assigned_to or 0, ""),
        question.commune or "",
        question.text,
    ]


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _rows(visit: Visit, found: Sequence[Question], names: dict[int, str]) -> Iterator[list[str]]:
    yield _heading(visit)
    for question in found:
        yield [_safe(cell) for cell in _cells(visit, question, names)]


def _csv(rows: Iterator[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig", "replace")  # the mark without which Excel takes it for another encoding


def _xlsx(rows: Iterator[list[str]]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - a start must not wait for a library it doesn't use

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def queue_file(visit: Visit, found: Sequence[Question], names: dict[int, str], shape: str) -> web.Response:
    """A response that is saved as `hoi-dap.csv` or `.xlsx`."""
    rows = _rows(visit, found, names)
    body, kind = (_xlsx(rows), _XLSX) if shape == "xlsx" else (_csv(rows), "text/csv")
    headers = {"Content-Disposition": f'attachment; filename="hoi-dap.{shape}"'}
    return web.Response(body=body, content_type=kind, headers=headers)
