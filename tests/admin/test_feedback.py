"""The editors' worklist of what people thought, and what no entry reaches: each unit its own, personal data masked."""

from knowledge_base.storage import faq_store, gap_store, question_store, sketch_store
from knowledge_base.storage.database import Transaction
from tests.admin.conftest import Desk

WORDS = "Nhà tôi sđt 0912 345 678 hỏi chuẩn nghèo xã Một mấy đồng"


def _thought(tx: Transaction, question_id: int, key: str = "T01") -> None:
    question = question_store.question(tx, question_id)
    question_store.save(tx, question, entry_key=key)
    question_store.add_feedback(tx, key, "notmine", question_id=question_id)


def _alike(tx: Transaction, ids: list[int]) -> None:
    sketch_store.put(tx, [(one, bytes(96)) for one in ids])
    gap_store.put_kin(tx, [(one, ids[0]) for one in ids])


async def test_from_what_was_said_to_the_entry_it_belongs_to(desk: Desk) -> None:
    question = desk.ask(WORDS, unit="3501")
    desk.database.write_now(_thought, question.id)
    editor = desk.signed_in("bien-tap")
    listed = await editor.get("/admin/feedback")
    assert "Chuẩn nghèo là bao nhiêu?" in listed.said
    assert "100 %" in listed.said
    page = await editor.get("/admin/feedback/T01")
    assert "hỏi chuẩn nghèo xã Một mấy đồng" in page.said
    assert "0912" not in page.text
    assert "/admin/faq/T01/propose" in page.text
    learned = {"of": "T01", "entry": "T02", "wording": "hỏi vay vốn xã Một"}
    refused = await editor.post(f"/admin/questions/{question.id}/learn", {**learned, "wording": WORDS})
    assert refused.status == 400
    assert "Thông tin riêng" in refused.said
    sent = await editor.post(f"/admin/questions/{question.id}/learn", learned)
    assert sent.to == "/admin/feedback/T01?done=learned"
    live = desk.database.read_now(faq_store.published_of, "T02")
    assert live
    assert "hỏi vay vốn xã Một" in live.entry.phrasings
    up_to = page.value("up_to")
    assert (await editor.post("/admin/feedback/T01/handled", {"up_to": up_to, "reason": ""})).status == 400
    done = await editor.post("/admin/feedback/T01/handled", {"up_to": up_to, "reason": "Đã thêm cách hỏi."})
    assert done.to == "/admin/feedback?done=handled"
    assert "T01" not in (await editor.get("/admin/feedback")).said
    assert "Đã thêm cách hỏi." in (await editor.get("/admin/feedback?state=handled")).said


async def test_other_units_words_and_numbers_are_nobodys(desk: Desk) -> None:
    ids = [desk.ask(f"{WORDS} {number}", unit="3501").id for number in range(2)]
    desk.database.write_now(_thought, desk.ask(WORDS, unit="3501").id)
    desk.database.write_now(_alike, ids)
    for name, sees in (("bien-tap.3501", True), ("bien-tap.35", True), ("bien-tap", True), ("bien-tap.3502", False)):
        browser = desk.signed_in(name)
        for path in ("/admin/feedback/T01", "/admin/gaps"):
            page = await browser.get(path)
            assert page.status == 200
            assert ("xã Một mấy đồng" in page.said) is sees, (name, path)
            assert "0912" not in page.text
        assert ("T01" in (await browser.get("/admin/feedback")).said) is sees
    below = await desk.signed_in("bien-tap.3502").get("/admin/gaps?unit=3501")
    assert below.status == 404
    page = await desk.signed_in("bien-tap").get("/admin/gaps?unit=3501")
    assert "2 câu hỏi" in page.said
    assert f"/admin/questions/{ids[1]}" in page.text
