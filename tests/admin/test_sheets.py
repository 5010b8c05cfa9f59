"""Editors' sheets: out, back, the difference shown, handed in; never over somebody's words, never live by itself."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import FormData
from openpyxl import Workbook, load_workbook

from knowledge_base import editorial, sheets
from knowledge_base.errors import Conflict, Forbidden
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.revision import Revision
from knowledge_base.storage import faq_store, sheet_store
from tests.admin.conftest import Browser, Desk, Page

# Columns of the sheet as an editor sees them: hidden base, key, to do, kind, topic, question, short answer, details.
KEY, ACT, TOPIC, QUESTION, SHORT, DETAILS, PHRASINGS, BASIS, UNTIL = 2, 3, 5, 6, 7, 8, 11, 12, 14
NEW = "Câu trả lời ngắn do biên tập viên sửa trong Excel."


async def _taken_out(browser: Browser, topic: str = "") -> Any:
    page = await browser.get(f"/admin/sheets/download?topic={topic}")
    assert page.status == 200
    return load_workbook(io.BytesIO(page.body))


def _saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


async def _brought(browser: Browser, data: bytes) -> Page:
    form = FormData()
    form.add_field("csrf", browser.csrf)
    form.add_field("sheet", io.BytesIO(data), filename="hoi-dap.xlsx")
    done = await browser.request("POST", "/admin/sheets", data=form)
    return await browser.get(done.to) if done.status == 303 else done


async def _sent(browser: Browser, page: Page, *taken: str) -> Page:
    fields = [("token", page.value("token")), *(("take", one) for one in taken)]
    done = await browser.post("/admin/sheets/send", fields)
    return await browser.get(done.to) if done.status == 303 else done


def _in_review(desk: Desk) -> dict[str, Revision]:
    return {one.key: one for one in desk.database.read_now(faq_store.in_review)}


async def test_out_changed_and_back(desk_on_both: Desk) -> None:
    desk = desk_on_both
    editor = desk.signed_in("bien-tap")
    book = await _taken_out(editor)
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "D2"
    assert sheet.column_dimensions["A"].hidden
    assert len(sheet.data_validations.dataValidation) == 4
    assert [cell.value for cell in book.worksheets[1]["C"]][1:] == ["Chuẩn nghèo", "Vay vốn"]
    nothing = await _brought(editor, _saved(book))
    assert "Không có gì để gửi" in nothing.said

    sheet.cell(2, SHORT).value = NEW
    sheet.cell(2, PHRASINGS).value = "mức chuẩn nghèo\nchuẩn nghèo năm nay"
    row = ["", "", "gửi duyệt", "chỉ dẫn", "Vay vốn", "Câu hỏi mới trong bảng?", "Hỏi Ủy ban nhân dân cấp xã."]
    for column, value in enumerate(row, start=1):
        sheet.cell(4, column).value = value
    page = await _brought(editor, _saved(book))
    assert "<ins>" in page.text
    assert "1 thay đổi · 1 mục mới" in page.said
    assert _in_review(desk) == {}
    done = await _sent(editor, page)
    assert "đã gửi đi duyệt" in done.said
    texts = _in_review(desk)
    new = next(one for key, one in texts.items() if key.startswith("E-"))
    assert new.entry.question == row[5]
    assert new.author == texts["T01"].author == "bien-tap"
    assert texts["T01"].entry.short_answer == NEW
    assert texts["T01"].entry.phrasings == ("mức chuẩn nghèo", "chuẩn nghèo năm nay")
    live = desk.database.read_now(faq_store.published_of, "T01")
    assert live
    assert live.entry.short_answer != NEW
    assert len(live.entry.phrasings) == 3
    # The same sheet once more sends nothing twice; its own author can't approve it.
    assert "Không có gì để gửi" in (await _brought(editor, _saved(book))).said
    with pytest.raises(Forbidden):
        desk.database.write_now(
            editorial.approve_and_publish, desk.member("bien-tap"), texts["T01"].id, texts["T01"].entry
        )
    desk.database.write_now(
        editorial.approve_and_publish,
        desk.member("bien-tap-2"),
        texts["T01"].id,
        texts["T01"].entry,
        public_note="Số tiền.",
    )
    live = desk.database.read_now(faq_store.published_of, "T01")
    assert live
    assert live.entry.phrasings == ("mức chuẩn nghèo", "chuẩn nghèo năm nay")


async def test_what_the_console_changed_meanwhile_is_shown_three_times(desk: Desk) -> None:
    editor, other = desk.signed_in("bien-tap"), desk.member("bien-tap-2")
    book = await _taken_out(editor, "chuan-ngheo")
    assert book.worksheets[0].max_row == 2
    live = desk.database.read_now(faq_store.published_of, "T01")
    assert live
    theirs = replace(live.entry, short_answer="Chữ do người khác sửa.", details="Phần thêm do người khác sửa.")
    proposed = desk.database.write_now(editorial.propose, desk.member("can-bo"), theirs)
    book.worksheets[0].cell(2, SHORT).value = NEW
    waiting = await _brought(editor, _saved(book))
    assert "đang có bài khác chờ duyệt" in waiting.said
    assert "Chưa gửi gì" in (await _sent(editor, waiting)).said
    desk.database.write_now(editorial.approve_and_publish, other, proposed, theirs, public_note="Số tiền.")

    page = await _brought(editor, _saved(book))
    for words in ("Lúc tải về", "Trong hệ thống hiện nay", "Trong bảng", "1.500.000 đồng", "người khác sửa", "Excel"):
        assert words in page.said
    assert "Chưa gửi gì" in (await _sent(editor, page)).said
    assert _in_review(desk) == {}
    page = await editor.get("/admin/sheets")
    tick = page.value("take")
    assert "Chưa gửi gì" in (await _sent(editor, page, "2:1-0000000000000000")).said  # not what was shown
    await _sent(editor, page, tick)
    (text,) = _in_review(desk).values()
    assert text.entry.short_answer == NEW
    assert text.entry.details == "Phần thêm do người khác sửa."


def _set(column: int, value: str) -> Callable[[Any], object]:
    def change(sheet: Any) -> None:
        sheet.cell(2, column).value = value

    return change


def _formula(sheet: Any) -> None:
    sheet.cell(2, DETAILS).value = "=HYPERLINK(1)"
    sheet.cell(2, DETAILS).data_type = "f"


def _twice(sheet: Any) -> None:
    sheet.cell(3, KEY).value = "T01"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set(TOPIC, "Chủ đề lạ"), "2 Chủ đề Không có chủ đề “Chủ đề lạ”"),
        (_set(QUESTION, " "), "2 Câu hỏi khi đăng Còn trống"),
        (_set(SHORT, "x" * 2_001), "Dài 2001 ký tự"),
        (_set(BASIS, "99/2099/NĐ-CP"), "“99/2099/NĐ-CP” không có trong danh mục văn bản"),
        (_set(UNTIL, "31/13/2026"), "“31/13/2026” không phải là ngày"),
        (_set(UNTIL, "31/12/2020"), "Ngày cuối trước ngày đầu"),
        (_set(KEY, "T 01!"), "không phải mã mục"),
        (_formula, "Ô này là công thức"),
        (_twice, "3 Mã mục Mã T01 đã có ở dòng 2"),
    ],
)
async def test_every_fault_names_its_row_and_column(desk: Desk, change: Callable[[Any], object], said: str) -> None:
    editor = desk.signed_in("bien-tap")
    book = await _taken_out(editor)
    change(book.worksheets[0])
    page = await _brought(editor, _saved(book))
    assert said in page.said
    await _sent(editor, page) if 'name="token"' in page.text else None
    assert _in_review(desk) == {}


async def test_rows_without_fault_go_though_another_is_wrong(desk: Desk) -> None:
    editor = desk.signed_in("bien-tap")
    book = await _taken_out(editor)
    book.worksheets[0].cell(2, TOPIC).value = "lạ"
    book.worksheets[0].cell(3, DETAILS).value = "Chi tiết mới."
    await _sent(editor, await _brought(editor, _saved(book)))
    assert set(_in_review(desk)) == {"T02"}
    book.worksheets[0].cell(3, ACT).value = "để lại"
    assert "Chi tiết mới" not in (await _brought(editor, _saved(book))).said


def _bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (65 * 1024 * 1024))
    return stream.getvalue()


def _long_cell() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["Trả lời hay chỉ dẫn", "Chủ đề", "Câu hỏi khi đăng", "Trả lời ngắn"])
    sheet.append(["chỉ dẫn", "Vay vốn", "Có được không?", "LONGEST"])
    stream = io.BytesIO()
    book.save(stream)
    out = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in old.infolist():
            made.writestr(part.filename, old.read(part).replace(b"LONGEST", b"a" * 10_000_000))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (lambda: b"", "Tệp trống"),
        (lambda: b"no workbook", "Không đọc được bảng tính này"),
        (_bomb, "Tệp mở ra quá lớn"),
        (_long_cell, "quá nhiều; nhiều nhất 2000"),
        (lambda: b"0" * (11 * 1024 * 1024), "Tệp lớn hơn 10 MB"),
    ],
    ids=["empty", "text", "bomb", "long cell", "large file"],
)
async def test_what_is_too_much_is_refused_in_words(desk: Desk, data: Callable[[], bytes], said: str) -> None:
    assert said in (await _brought(desk.signed_in("bien-tap"), data())).said


async def test_a_formula_of_the_faq_stays_a_text(desk: Desk) -> None:
    live = desk.database.read_now(faq_store.published_of, "T02")
    assert live
    entry = replace(live.entry, short_answer="=cmd|' /C calc'!A0")
    proposed = desk.database.write_now(editorial.propose, desk.member("bien-tap"), entry)
    desk.database.write_now(editorial.approve_and_publish, desk.member("bien-tap-2"), proposed, entry)
    cell = (await _taken_out(desk.signed_in("can-bo"), "vay-von")).worksheets[0].cell(2, SHORT)
    assert (cell.value, cell.data_type) == (entry.short_answer, "s")


async def test_only_editors_bring_sheets_and_only_the_one_shown_is_sent(desk: Desk) -> None:
    for name in ("can-bo", "quan-tri", "kiem-soat", "cong-tac"):
        for verb, *rest in ((sheets.keep_sheet, "x", [], []), (sheets.send_rows, "x", {}), (sheets.drop_sheet,)):
            with pytest.raises(Forbidden):
                desk.database.write_now(verb, desk.member(name), *rest)  # type: ignore[operator]
    editor = desk.member("bien-tap")
    desk.database.write_now(sheets.keep_sheet, editor, "một.xlsx", [], [])
    with pytest.raises(Conflict):
        desk.database.write_now(sheets.send_rows, editor, "another", {2: ""})
    desk.later(25 * 3600)
    assert desk.database.read_now(sheet_store.upload_of, editor.id) is None
    desk.database.write_now(sheets.keep_sheet, desk.member("bien-tap-2"), "hai.xlsx", [], [])
    desk.database.write_now(sheets.drop_sheet, desk.member("bien-tap-2"))
    assert RevisionState.IN_REVIEW not in {one.state for one in _in_review(desk).values()}
