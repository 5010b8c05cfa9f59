"""The law in the console: register, repeal, what changes when, and the two worklists."""

from urllib.parse import quote

import pytest

from knowledge_base.faq.legal_document import LegalDocument
from knowledge_base.storage import faq_store
from knowledge_base.storage.database import Transaction
from tests.admin.conftest import PEOPLE, Desk, MakeDesk

LAW = "07/2021/NĐ-CP"
PAGE = f"/admin/law/document?number={quote(LAW, safe='')}"
NEW = {
    "number": "351/2025/NĐ-CP",
    "kind": "Nghị định",
    "title": "Chuẩn nghèo mới",
    "issuer": "Chính phủ",
    "issued_on": "2025-12-30",
    "from_day": "2027-01-01",
    "to_day": "",
    "link": "https://van-ban.example/351",
    "status": "in_force",
    "replaced_by": "",
}


def stored(desk: Desk, number: str = LAW) -> LegalDocument:
    return desk.database.read_now(faq_store.documents)[number]


@pytest.mark.parametrize("username", PEOPLE)
async def test_everybody_looks_and_editors_act(desk: Desk, username: str) -> None:
    browser = desk.signed_in(username)
    for path in ("/admin/law", PAGE, "/admin/cut-over", "/admin/law/review", "/admin/law/review?list=due"):
        page = await browser.get(path)
        assert page.status == 200, path
        posts = page.text.count('action="/admin/law')
        assert (posts > 1) is (username.startswith("bien-tap") and path in ("/admin/law", PAGE))
    assert "T01" in (await browser.get(PAGE)).said


async def test_a_document_is_added_changed_and_found(desk: Desk) -> None:
    browser = desk.signed_in("bien-tap")
    page = await browser.post("/admin/law", NEW)
    assert page.status == 303
    shown = await browser.get(page.to)
    assert "Đã ghi văn bản vào sổ" in shown.said
    assert 'href="https://van-ban.example/351"' in shown.text
    listed = await browser.get("/admin/law?q=chuan+ngheo+moi&status=not_yet")
    assert NEW["number"] in listed.said
    assert listed.text.count("data-item") == 1
    changed = {**NEW, "title": "Tên khác", "seen": shown.value("seen")}
    assert (await browser.post("/admin/law/document", changed)).status == 303
    assert stored(desk, NEW["number"]).title == "Tên khác"
    stale = await desk.signed_in("bien-tap-2").post("/admin/law/document", {**changed, "title": "Tên thứ ba"})
    assert stale.status == 409
    assert "Tên thứ ba" in stale.text  # what was typed is still there


async def test_what_is_wrong_is_said_at_its_field(desk: Desk) -> None:
    browser = desk.signed_in("bien-tap")
    for field, value in (("link", "javascript:alert(1)"), ("issued_on", "31/02/2026"), ("title", " ")):
        page = await browser.post("/admin/law", {**NEW, field: value})
        assert page.status == 400
        assert f'name="{field}"' in page.text
        assert page.text.count('aria-invalid="true"') == 1
    assert NEW["number"] not in desk.database.read_now(faq_store.documents)
    assert (await browser.get("/admin/law/document?number=khong-co")).status == 404
    assert (await browser.post("/admin/law/repeal", {"number": LAW, "day": ""})).status == 400


async def test_a_repealed_decree_sends_its_entries_to_review(desk: Desk) -> None:
    browser = desk.signed_in("bien-tap")
    await browser.post("/admin/law", NEW)
    order = {"number": LAW, "day": "2026-12-01", "status": "repealed", "replaced_by": NEW["number"]}
    assert "T01" not in (await browser.get("/admin/law/review")).said  # it ends with its decree
    assert (await browser.post("/admin/law/repeal", order)).status == 303
    await desk.faq.refresh()
    for path in (PAGE, "/admin/publish", "/admin/law/review", "/admin/faq/T01"):
        said = (await browser.get(path)).said
        assert "xem lại" in said, path
        assert "30/11/2026" in said
        assert NEW["number"] in said
    assert "hết hiệu lực một văn bản" in (await browser.get("/admin/faq/T01")).said
    assert (await browser.post("/admin/law/repeal", order)).status == 409
    cut = await browser.get("/admin/cut-over?day=2026-12-01")
    assert "T01" in cut.said
    assert LAW in cut.said


async def test_the_list_says_what_has_ended_with_its_law(desk: Desk) -> None:
    browser = desk.signed_in("bien-tap")
    await browser.post("/admin/law/repeal", {"number": LAW, "day": "2026-11-01", "status": "repealed"})
    assert "T01" in (await browser.get("/admin/faq?state=past")).said
    assert "T01" not in (await browser.get("/admin/faq?state=live")).said


async def test_what_changes_at_new_year(desk: Desk) -> None:
    browser = desk.signed_in("can-bo")
    await desk.signed_in("bien-tap").post("/admin/law", NEW)
    await desk.faq.refresh()
    page = await browser.get("/admin/cut-over")  # the next day on which anything changes
    assert 'value="2027-01-01"' in page.text
    assert "không có mục nối tiếp" in page.said  # T01 has none here
    assert LAW in page.said
    assert NEW["number"] in page.said
    assert "day=2022-01-01" in page.text
    assert (await browser.get("/admin/cut-over?day=2026-12-24")).status == 200
    assert (await browser.get("/admin/cut-over?day=0001-01-01")).status == 200
    assert (await browser.get("/admin/cut-over?day=9999-12-31")).status == 200
    assert (await browser.get("/admin/cut-over?day=hom-qua")).status == 400


async def test_reviews_fall_due_by_the_setting(make_desk: MakeDesk) -> None:
    desk = await make_desk(review_months=1)
    page = await desk.signed_in("bien-tap").get("/admin/law/review?list=due")
    assert {"T01", "T02"} <= set(page.said.split())  # never checked
    assert "chưa từng được kiểm tra" in page.said


def _many(tx: Transaction) -> None:
    for number in range(300):
        faq_store.put_document(tx, LegalDocument(f"{number:03}/2020/TT-THU", "Thông tư", f"Văn bản {number}"))


async def test_hundreds_of_documents_come_in_pages(desk: Desk) -> None:
    desk.database.write_now(_many)
    browser = desk.signed_in("kiem-soat")
    first, last = await browser.get("/admin/law"), await browser.get("/admin/law?page=7")
    assert first.text.count("data-item") == 50
    assert last.text.count("data-item") == 1
    assert (await browser.get("/admin/law?page=99")).status == 200


async def test_payloads_in_documents_are_words(desk: Desk) -> None:
    payload = '<img src=x onerror=alert(1)>"'
    bad = LegalDocument(payload, payload, payload, payload, link="javascript:alert(1)", replaced_by=payload)
    desk.database.write_now(faq_store.put_document, bad)
    browser = desk.signed_in("bien-tap")
    for path in ("/admin/law", f"/admin/law/document?number={quote(payload)}"):
        page = await browser.get(path)
        assert page.status == 200
        assert "<img" not in page.text
        assert 'href="javascript' not in page.text
