"""By form: approved for a day, published alone, a slip mended, a correction to everybody who had the former text."""

from datetime import date

from sqlalchemy import update

from knowledge_base.faq.publication import RevisionState
from knowledge_base.storage import contact_store, faq_store, outbox_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import Outgoing
from knowledge_base.storage.tables import outbox
from tests.admin.conftest import Desk, Page

T02 = "Hỏi Ủy ban nhân dân cấp xã hoặc tổ vay vốn trong thôn."


def _fields(page: Page, **changes: str) -> dict[str, str]:
    kept = {name: page.value(name) for name in ("question", "short_answer", "details", "phrasings")}
    return {**kept, "topic": "vay-von", "kind": "referral", **changes}


async def _proposed(desk: Desk, by: str = "can-bo") -> int:
    browser = desk.signed_in(by)
    page = await browser.get("/admin/faq/T02/propose")
    answer = await browser.post("/admin/faq/T02/propose", _fields(page, short_answer="Hỏi tổ vay vốn trong thôn."))
    assert answer.status == 303
    return int(answer.to.partition("?")[0].rpartition("/")[2])


async def test_a_text_is_approved_for_a_day_and_stopped_again(desk: Desk) -> None:
    revision_id = await _proposed(desk)
    editor, path = desk.signed_in("bien-tap"), f"/admin/revisions/{revision_id}"
    page = await editor.get(path)
    late = await editor.post(f"{path}/publish", {**_fields(page), "publish_on": "2027-01-01"})
    assert late.to.endswith("done=scheduled")
    revision = desk.database.read_now(faq_store.revision, revision_id)
    assert revision
    assert (revision.state, revision.publish_on) == (RevisionState.APPROVED, date(2027, 1, 1))
    listed = await editor.get("/admin/publish")
    assert "Đã duyệt, chờ ngày đăng" in listed.said
    assert "01/01/2027" in listed.said
    assert "sẽ tự đăng" in (await editor.get(path)).said
    assert (await editor.post(f"{path}/return", {"note": "để sau"})).status == 303
    wrong = await editor.post(f"{path}/publish", {**_fields(page), "publish_on": "hôm nào đó"})
    assert wrong.status == 400


async def test_a_text_published_alone_is_reported_until_another_has_looked(desk: Desk) -> None:
    revision_id = await _proposed(desk, "bien-tap")
    editor, path = desk.signed_in("bien-tap"), f"/admin/revisions/{revision_id}"
    page = await editor.get(path)
    fields = {**_fields(page, short_answer="Hỏi tổ vay vốn trong thôn."), "reason": "ngắn"}
    refused = await editor.post(f"{path}/bypass", fields)
    assert refused.status == 400
    assert "ít nhất 10 chữ" in refused.said
    assert (await desk.signed_in("can-bo").post(f"{path}/bypass", fields)).status == 403
    done = await editor.post(f"{path}/bypass", {**fields, "reason": "tin sai đang lan trong xã"})
    assert done.to.endswith("done=bypassed")
    for name in ("bien-tap-2", "can-bo", "kiem-soat", "quan-tri"):
        assert "tin sai đang lan trong xã" in (await desk.signed_in(name).get("/admin/bypasses")).said
    other = desk.signed_in("bien-tap-2")
    assert "Đã đăng không qua người thứ hai" in (await other.get("/admin/publish")).said
    assert "Tôi đã xem lại" not in (await editor.get(path)).said
    assert "Tôi đã xem lại" in (await other.get(path)).said
    assert (await editor.post(f"{path}/bypass-check")).status == 403
    assert (await other.post(f"{path}/bypass-check")).status == 303
    assert "Đã đăng không qua người thứ hai" not in (await other.get("/admin/publish")).said


async def test_a_slip_is_mended_and_more_than_a_slip_is_not(desk: Desk) -> None:
    editor, path = desk.signed_in("bien-tap"), "/admin/faq/T02/spelling"
    page = await editor.get(path)
    assert page.value("short_answer") == T02
    more = await editor.post(
        path, _fields(page, short_answer="Hỏi Ủy ban nhân dân cấp tỉnh hoặc tổ vay vốn trong thôn.")
    )
    assert more.status == 400
    assert "cấp tỉnh hoặc" in more.value("short_answer")
    done = await editor.post(path, _fields(page, short_answer=T02.replace("thôn", "thốn")))
    assert done.to.endswith("done=spelling")
    live = desk.database.read_now(faq_store.published_of, "T02")
    assert live
    assert "thốn" in live.entry.short_answer
    assert (await desk.signed_in("can-bo").get(path)).status == 403


async def test_everybody_who_had_the_former_text_is_sent_the_new_one(desk: Desk) -> None:
    former = desk.database.read_now(faq_store.published_of, "T02")
    assert former
    desk.database.write_now(_told, former.id)
    revision_id = await _proposed(desk)
    editor = desk.signed_in("bien-tap")
    page = await editor.get(f"/admin/revisions/{revision_id}")
    assert (await editor.post(f"/admin/revisions/{revision_id}/publish", _fields(page))).status == 303
    shown = await editor.get("/admin/faq/T02")
    assert "3 người dân đã nhận bản cũ" in shown.said
    assert "đã gửi cho 3 người dân" in shown.said
    assert (await editor.post("/admin/faq/T02/recall", {"note": ""})).status == 400
    assert (await editor.post("/admin/faq/T02/recall", {"note": "Nơi hỏi đã đổi."})).to.endswith("done=recalled")
    assert "người dân đã nhận bản cũ" not in (await editor.get("/admin/faq/T02")).said


def _told(tx: Transaction, revision_id: int) -> None:
    for number in range(3):
        ref = contact_store.ensure_contact(tx, "telegram", f"{number}")
        outbox_store.enqueue_all(tx, [Outgoing(f"t{number}", ref, "telegram", {"text": "…"}, revision_id=revision_id)])
    tx.execute(update(outbox).values(state="sent"))
