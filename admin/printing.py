"""What the console prints, as PDF; and sheets to be filled in."""

import io
from collections.abc import Sequence

from aiohttp import web

from admin.visit import Visit
from knowledge_base.on_behalf import Paper
from knowledge_base.paper.slips import SlipWords
from knowledge_base.questions.question import QuestionState

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def pdf(body: bytes, name: str) -> web.Response:
    """A PDF that is shown at once and saved as `name`.pdf."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return web.Response(body=body, content_type="application/pdf", headers=headers)


def workbook(rows: Sequence[Sequence[str]], name: str) -> web.Response:
    """A sheet to fill in; every cell is a text."""
    from openpyxl import Workbook  # noqa: PLC0415 - a start must not wait for a library it doesn't use

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a fresh workbook has one
    for row in rows:
        sheet.append(list(row))
    for column in "ABCDE":
        sheet.column_dimensions[column].width = 26
    data = io.BytesIO()
    book.save(data)
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return web.Response(body=data.getvalue(), content_type=_XLSX, headers=headers)


def slip_words(visit: Visit, papers: Sequence[Paper]) -> list[SlipWords]:
    """Codes on paper in words. They are for residents, so in Vietnamese whatever the officer reads."""
    look_up = f"{visit.console.settings.site}/tra-cuu"
    return [
        SlipWords(
            one.reference,
            one.number,
            look_up,
            _state(one),
            one.name,
            one.question.text if one.question else "",
            one.answer,
            one.words,
            one.line,
        )
        for one in papers
    ]


def _state(one: Paper) -> str:
    question = one.question
    if question is None:
        return ""
    if question.state in (QuestionState.ANSWERED, QuestionState.ANSWERED_BY_BOT, QuestionState.CLOSED):
        return "Đã có trả lời:" if one.answer or one.words else "Câu hỏi đã khép lại."
    if question.state == QuestionState.WAITING_FOR_RESIDENT:
        return "Cán bộ cần ông/bà cho biết thêm:"
    return f"Cán bộ trả lời đến hết ngày {question.due_on:%d/%m/%Y}." if question.due_on else "Đã nhận câu hỏi."
