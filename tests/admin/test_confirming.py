"""A jurist's sitting: the checklist of one open entry after the other, in the console and from the command line."""

import argparse
import re
from io import StringIO

from knowledge_base.cli_confirming import confirming_command
from knowledge_base.cli_io import Terminal
from knowledge_base.storage import audit_store, faq_store
from tests.admin.conftest import Desk, Page

POINTS = ("text", "figures", "basis", "window", "phrasings")


def _form(page: Page, **said: str) -> dict[str, str]:
    seen = dict(re.findall(r'name="(\w+_seen)" value="(\w+)"', page.text))
    return {**seen, **dict.fromkeys(POINTS, "right"), **said}


async def test_from_one_open_entry_to_the_next(desk: Desk) -> None:
    editor = desk.signed_in("bien-tap")
    assert "0 / 2" in (await editor.get("/admin/confirming")).said
    page = await editor.get("/admin/faq/T01/check")
    assert "1.500.000" in page.said
    sent = await editor.post("/admin/faq/T01/check", _form(page))
    assert sent.to == "/admin/faq/T02/check?done=confirmed"
    assert await desk.faq.refresh()
    assert not desk.faq.snapshot.revisions["T01"].on_trial
    assert desk.faq.snapshot.revisions["T02"].on_trial
    page = await editor.get("/admin/faq/T02/check")
    wrong = _form(page, text="wrong", text_remark="Thiếu nơi hỏi.")
    assert (await editor.post("/admin/faq/T02/check", wrong)).to == "/admin/confirming?done=found_wrong"
    listed = (await editor.get("/admin/confirming?state=wrong")).said
    assert "T02" in listed
    assert "T01" not in listed
    assert "Thiếu nơi hỏi." in (await editor.get("/admin/publish")).said
    (deed, *_rest) = desk.database.read_now(audit_store.newest, "0/")
    assert deed.deed.act == "checklist_send"
    assert deed.deed.data["text"] == "wrong"
    assert "Thiếu" not in str(deed.deed.data)
    said = StringIO()
    confirming_command(argparse.Namespace(open=True), desk.database, Terminal(StringIO(), said, StringIO()))
    lines = said.getvalue().splitlines()
    assert lines[0] == "1 of 2 shipped entries confirmed"
    assert lines[-1] == "T02: open: text; wrong: text"


async def test_what_is_not_said_whole_is_given_back(desk: Desk) -> None:
    editor = desk.signed_in("bien-tap")
    page = await editor.get("/admin/faq/T01/check")
    for form, words in (
        (_form(page, text="wrong"), "Hãy ghi"),
        (_form(page, text="", text_remark="nhận xét"), "nhận xét mà chưa chọn"),
        (dict.fromkeys((f"{point}_seen" for point in POINTS), ""), "Chưa có ý kiến nào"),
        (_form(page, text_seen="0" * 64), "vừa sửa mục này"),
    ):
        refused = await editor.post("/admin/faq/T01/check", form)
        assert refused.status in (400, 409)
        assert words in refused.said
    assert "nhận xét" in (await editor.post("/admin/faq/T01/check", _form(page, text="", text_remark="nhận xét"))).text
    live = desk.database.read_now(faq_store.published_of, "T01")
    assert live
    assert live.on_trial
    below = await desk.signed_in("bien-tap.35").get("/admin/faq/T01/check")
    assert "_seen" not in below.text
    assert (await editor.get("/admin/faq/T99/check")).status == 404
