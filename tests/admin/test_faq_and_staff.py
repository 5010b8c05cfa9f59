"""The FAQ's pages, accounts, status."""

from datetime import UTC, datetime
from typing import Any

from knowledge_base.faq.publication import RevisionState
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage import faq_store
from tests.admin.conftest import Desk, MakeDesk

NEW = {
    "question": "Muốn học nghề thì hỏi ở đâu?",
    "short_answer": "Hỏi Ủy ban nhân dân xã.",
    "kind": "referral",
    "topic": "vay-von",
    "phrasings": "đi học nghề\nhọc nghề ở đâu",
}


async def test_the_list_filters_and_searches(desk: Desk) -> None:
    browser = desk.signed_in("can-bo")
    page = await browser.get("/admin/faq")
    assert "Chuẩn nghèo là bao nhiêu?" in page.said
    assert "thử nghiệm" in page.said
    assert "từ 01/01/2022 đến hết 31/12/2026" in page.said
    for query, there in (
        ("q=chuan%20ngheo", True),
        ("q=t01", True),
        ("q=xyz", False),
        ("state=live", True),
        ("state=trial", True),
        ("state=past", False),
        ("state=withdrawn", False),
        ("topic=vay-von", False),
        ("state=nonsense", True),
    ):
        assert ("Chuẩn nghèo là bao nhiêu?" in (await browser.get(f"/admin/faq?{query}")).said) is there, query


async def test_windows_close_by_themselves(desk: Desk, clock: Any) -> None:
    clock.set(datetime(2026, 12, 31, 17, 0, tzinfo=UTC))  # 00:00 on 01/01/2027 in Viet Nam
    page = await desk.signed_in("can-bo").get("/admin/faq?state=past")
    assert "Chuẩn nghèo là bao nhiêu?" in page.said
    assert "hết áp dụng" in page.said


async def test_a_new_entry_needs_another_editor(desk: Desk) -> None:
    officer, editor = desk.signed_in("can-bo"), desk.signed_in("bien-tap")
    sent = await officer.post("/admin/faq/new", NEW)
    assert sent.to.endswith("done=proposed")
    (revision,) = desk.database.read_now(faq_store.in_review)
    assert revision.entry.phrasings == ("đi học nghề", "học nghề ở đâu")
    assert revision.key not in desk.faq.snapshot.revisions
    page = await editor.post(f"/admin/revisions/{revision.id}/publish", NEW)
    assert page.to.endswith("done=published")
    assert await desk.faq.refresh()
    assert revision.key in desk.faq.snapshot.revisions


async def test_refused_texts_keep_every_field(desk: Desk) -> None:
    browser = desk.signed_in("can-bo")
    for wrong in ({"question": " "}, {"short_answer": ""}, {"topic": ""}, {"to_day": "không phải ngày"}):
        page = await browser.post("/admin/faq/new", {**NEW, **wrong})
        assert page.status == 400
        assert page.value("phrasings") == NEW["phrasings"]
    assert desk.database.read_now(faq_store.in_review) == []


async def test_one_open_text_per_entry(desk: Desk) -> None:
    await desk.signed_in("can-bo").post("/admin/faq/T02/propose", NEW)
    page = await desk.signed_in("can-bo-2").post("/admin/faq/T02/propose", NEW)
    assert page.status == 409
    assert "một bản của can-bo chờ duyệt" in page.said
    assert page.value("short_answer") == NEW["short_answer"]


async def test_withdraw_asks_for_a_note(desk: Desk) -> None:
    editor = desk.signed_in("bien-tap")
    assert "bot ngừng dùng mục này ngay lập tức" in (await editor.get("/admin/faq/T02")).said
    assert (await editor.post("/admin/faq/T02/withdraw", {"note": ""})).status == 400
    for done in ("withdrawn", "already"):
        assert (await editor.post("/admin/faq/T02/withdraw", {"note": "Văn bản thay đổi"})).to.endswith(done)
    assert desk.database.read_now(faq_store.published_of, "T02") is None
    assert await desk.faq.refresh()
    assert "T02" not in desk.faq.snapshot.revisions
    assert "Văn bản thay đổi" in (await editor.get("/admin/faq/T02")).said
    assert (await editor.get("/admin/faq/T99")).status == 404


async def test_accounts_are_added_reset_disabled_enabled(desk: Desk) -> None:
    admin = desk.signed_in("quan-tri")
    page = await admin.post("/admin/staff", {"username": "can-bo-moi", "role": "officer", "unit": "0"})
    password = page.text.split('<p class="secret"><code>')[1].split("<")[0]
    assert (await desk.browser().sign_in("can-bo-moi", password)).status == 303
    member = desk.member("can-bo-moi")
    assert member.must_change_password
    reset = await admin.post(f"/admin/staff/{member.id}/reset")
    newer = reset.text.split('<p class="secret"><code>')[1].split("<")[0]
    assert newer != password
    assert (await desk.browser().sign_in("can-bo-moi", password)).status == 401
    await admin.post(f"/admin/staff/{member.id}/disable")
    assert (await desk.browser().sign_in("can-bo-moi", newer)).status == 401
    await admin.post(f"/admin/staff/{member.id}/enable")
    assert (await desk.browser().sign_in("can-bo-moi", newer)).status == 303
    assert password not in (await admin.get("/admin/staff")).text


async def test_bad_accounts_are_refused_in_words(desk: Desk) -> None:
    admin = desk.signed_in("quan-tri")
    for fields, status, sentence in (
        ({"username": "can-bo", "role": "officer"}, 409, "Đã có tài khoản tên “can-bo”"),
        ({"username": "cán bộ", "role": "officer"}, 400, "chữ không dấu"),
        ({"username": "nguoi-moi", "role": "bot"}, 400, "Không có vai trò “bot”"),
        ({"username": "nguoi-moi", "role": "officer", "unit": "99"}, 404, "Không có đơn vị “99”"),
    ):
        page = await admin.post("/admin/staff", fields)
        assert page.status == status
        assert sentence in page.said
        assert page.value("username") == fields["username"]


async def test_nobody_changes_his_own_account(desk: Desk) -> None:
    admin, own = desk.signed_in("quan-tri"), desk.member("quan-tri")
    for act in ("reset", "disable", "enable"):
        page = await admin.post(f"/admin/staff/{own.id}/{act}")
        assert page.status == 403
        assert "Không ai tự sửa tài khoản của mình" in page.said
    assert desk.member("quan-tri").disabled_at is None
    assert desk.member("quan-tri").role == Role.ADMINISTRATOR
    assert (await admin.post("/admin/staff/999/reset")).status == 404


async def _states() -> dict[str, str]:
    return {"web_chat": "up", "telegram": "down"}


async def test_the_status_page(make_desk: MakeDesk) -> None:
    desk = await make_desk(channel_states=_states)
    desk.answered("can-bo")
    page = await desk.signed_in("quan-tri").get("/admin/status")
    assert "chat trên web đang chạy" in page.said
    assert "Telegram đang hỏng" in page.said
    assert "chờ gửi 1" in page.said
    assert "chưa quyết định 1" in page.said
    assert "Chưa có quy định" not in page.said


async def test_an_administrator_reads_no_residents_words(desk: Desk) -> None:
    question, revision = desk.answered("can-bo", "lời riêng của người dân")
    admin = desk.signed_in("quan-tri")
    for path in (
        "/admin/",
        "/admin/faq",
        f"/admin/questions/{question.id}",
        f"/admin/revisions/{revision}",
        "/admin/status",
    ):
        page = await admin.get(path)
        if path != "/admin/faq":
            assert "lời riêng" not in page.said
    assert RevisionState.IN_REVIEW in {found.state for found in desk.database.read_now(faq_store.in_review)}
