"""An officer's day: the queue, taking a question, the draft, the answer, closing and reopening."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from knowledge_base import officer_queue
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.neighbours import sketched
from knowledge_base.questions.question import Question, QuestionState
from knowledge_base.storage import event_store, outbox_store, question_store, sketch_store
from tests.admin.conftest import Browser, Desk, MakeDesk, Page

ANSWER = {
    "kind": "answer",
    "short_answer": "Chưa có chương trình này ở xã ta.",
    "details": "## Nộp ở đâu\n- Ủy ban nhân dân xã",
    "topic": "vay-von",
    "document": "07/2021/NĐ-CP",
    "article": "Điều 3",
    "from_day": "2026-01-01",
    "to_day": "31/12/2026",
}


def _now(desk: Desk, question: Question) -> Question:
    return desk.database.read_now(question_store.question, question.id)


# --- the queue ------------------------------------------------------------------------------------


async def test_danger_then_the_oldest_promise(desk: Desk) -> None:
    desk.ask("Câu hẹn sau", days=5)
    desk.ask("Câu hẹn trước", days=2)
    desk.ask("Nhà bị lũ, không còn gì ăn", urgent=True, days=9)
    said = (await desk.signed_in("can-bo").get("/admin/")).said
    assert said.index("không còn gì ăn") < said.index("Câu hẹn trước") < said.index("Câu hẹn sau")
    assert "Nguy hiểm: đọc trước" in said
    assert "còn 2 ngày làm việc thứ Năm 26/11/2026" in said  # 24/11 is a public holiday since 2025


async def test_late_questions_say_so(desk: Desk, clock: Any) -> None:
    desk.ask("Câu quá hạn", days=2)
    clock.advance(timedelta(days=4))
    browser = desk.signed_in("can-bo")
    assert "quá hạn 1 ngày làm việc thứ Năm 26/11/2026" in (await browser.get("/admin/")).said
    assert "Câu quá hạn" in (await browser.get("/admin/?overdue=1")).said
    desk.ask("Câu mới toanh")
    assert "Câu mới toanh" not in (await browser.get("/admin/?overdue=1")).said


async def test_tabs_search_and_empty_states(desk: Desk) -> None:
    browser = desk.signed_in("can-bo")
    assert "Mọi người đều đã được trả lời" in (await browser.get("/admin/")).said
    mine = desk.claimed("can-bo", "Đường vào thôn có được hỗ trợ không?")
    desk.ask("Vay vốn nuôi bò")
    assert "Vay vốn nuôi bò" not in (await browser.get("/admin/?tab=mine")).said
    assert "Đường vào thôn" in (await browser.get("/admin/?q=duong%20vao%20thon")).said
    assert "Đường vào thôn" in (await browser.get(f"/admin/?q={mine.reference.lower()}")).said
    assert "Không tìm thấy" in (await browser.get("/admin/?q=xyzxyz")).said
    assert "Đường vào thôn" in (await browser.get("/admin/?tab=all&channel=web_chat")).said
    assert "Không tìm thấy" in (await browser.get("/admin/?channel=telegram")).said
    counts = json.loads((await browser.get("/admin/counts")).body)
    assert (counts["open"], counts["mine"], counts["untaken"], counts["overdue"]) == (2, 1, 1, 0)


async def test_long_queues_have_pages(desk: Desk) -> None:
    for number in range(53):
        desk.ask(f"Câu hỏi số {number:02}")
    browser = desk.signed_in("can-bo")
    first, second = await browser.get("/admin/"), await browser.get("/admin/?page=2")
    assert "Trang 1 trên 2" in first.said
    assert "Câu hỏi số 52" not in first.said
    assert "Câu hỏi số 52" in second.said


async def test_the_language_stays_in_links(desk: Desk) -> None:
    desk.ask()
    page = await desk.signed_in("can-bo").get("/admin/?lang=en")
    assert "working days left" in page.said
    assert '<html lang="en">' in page.text
    assert "/admin/publish?lang=en" in page.text


# --- taking ---------------------------------------------------------------------------------------


async def test_two_officers_cannot_take_one_question(desk_on_both: Desk) -> None:
    question = desk_on_both.ask()
    browsers = [desk_on_both.signed_in("can-bo"), desk_on_both.signed_in("can-bo-2")]
    pages = await asyncio.gather(*(browser.post(f"/admin/questions/{question.id}/claim") for browser in browsers))
    winner = desk_on_both.database.read_now(question_store.question, question.id).assigned_to
    names = {desk_on_both.member(name).id: name for name in ("can-bo", "can-bo-2")}
    loser = next(page for page in pages if page.status != 303)
    assert sorted(page.status for page in pages) == [303, 409]
    assert f"{names[winner or 0]} đã nhận câu hỏi này rồi" in loser.said
    assert "Ký và gửi" not in loser.said


async def test_a_double_click_is_no_error(desk: Desk) -> None:
    browser, question = desk.signed_in("can-bo"), desk.ask()
    for _ in range(2):
        assert (await browser.post(f"/admin/questions/{question.id}/claim")).to.endswith("done=claimed")
    for _ in range(2):
        assert (await browser.post(f"/admin/questions/{question.id}/release")).to.endswith("done=released")
    assert _now(desk, question).state == QuestionState.QUEUED


async def test_only_the_holder_has_the_form(desk: Desk) -> None:
    question = desk.claimed("can-bo")
    own = await desk.signed_in("can-bo").get(f"/admin/questions/{question.id}")
    other = await desk.signed_in("can-bo-2").get(f"/admin/questions/{question.id}")
    assert "Ký và gửi" in own.said
    assert "Ký và gửi" not in other.said
    assert "can-bo đang trả lời câu này" in other.said
    page = await desk.signed_in("can-bo-2").post(f"/admin/questions/{question.id}/answer", ANSWER)
    assert page.status == 409
    assert "người giữ: can-bo" in page.said
    assert "Chưa có chương trình này ở xã ta." in page.said  # what he typed is there to copy


# --- the draft ------------------------------------------------------------------------------------


async def _autosave(browser: Browser, question: Question, words: str, version: int) -> Page:
    return await browser.request(
        "POST",
        f"/admin/questions/{question.id}/draft",
        headers={"X-CSRF-Token": browser.csrf, "Accept": "application/json"},
        json={"short_answer": words, "basis": [["07/2021/NĐ-CP", "Điều 3"]], "version": version},
    )


async def test_the_draft_is_saved_while_typing_and_found_again(desk: Desk) -> None:
    browser, question = desk.signed_in("can-bo"), desk.claimed("can-bo")
    first = await _autosave(browser, question, "Đang viết", 0)
    assert json.loads(first.body)["version"] == 1
    assert "Đã lưu nháp lúc 12:00 hôm nay" in json.loads(first.body)["said"]
    assert json.loads((await _autosave(browser, question, "Đang viết thêm", 1)).body)["version"] == 2
    page = await browser.get(f"/admin/questions/{question.id}")
    assert page.value("short_answer") == "Đang viết thêm"
    assert page.value("version") == "2"
    assert 'value="Điều 3"' in page.text


async def test_two_windows_lose_nothing(desk_on_both: Desk) -> None:
    browser, question = desk_on_both.signed_in("can-bo"), desk_on_both.claimed("can-bo")
    await _autosave(browser, question, "Bản của cửa sổ kia", 0)
    refused = await _autosave(browser, question, "Bản của cửa sổ này", 0)
    assert refused.status == 409
    assert "đã có bản khác được lưu" in json.loads(refused.body)["error"]["message"]
    page = await browser.post(
        f"/admin/questions/{question.id}/draft", {"short_answer": "Bản của cửa sổ này", "version": "0"}
    )
    assert page.status == 409
    assert "Bản của cửa sổ kia" in page.said
    assert page.value("short_answer") == "Bản của cửa sổ này"
    assert page.value("version") == "1"  # saving again is a decision now
    again = await browser.post(
        f"/admin/questions/{question.id}/draft", {"short_answer": "Bản ghép", "version": page.value("version")}
    )
    assert again.to.endswith("done=draft")


async def test_what_the_script_saved_a_moment_before_the_button_is_no_conflict(desk: Desk) -> None:
    browser, question = desk.signed_in("can-bo"), desk.claimed("can-bo")
    assert (await _autosave(browser, question, "Cùng một bản", 0)).status == 200
    same = {"short_answer": "Cùng một bản", "document": "07/2021/NĐ-CP", "article": "Điều 3", "version": "0"}
    page = await browser.post(f"/admin/questions/{question.id}/draft", same)
    assert page.to.endswith("done=draft")


async def test_preview_shows_what_the_resident_will_read_and_keeps_the_draft(desk: Desk) -> None:
    browser, question = desk.signed_in("can-bo"), desk.claimed("can-bo")
    page = await browser.post(f"/admin/questions/{question.id}/preview", ANSWER)
    assert page.status == 200
    assert "Người dân sẽ đọc" in page.said
    assert "<h2>Nộp ở đâu</h2>" in page.text
    assert "từ 01/01/2026 đến hết 31/12/2026" in page.said
    draft = desk.database.read_now(question_store.draft_of, question.id)
    assert draft
    assert draft.content["short_answer"] == ANSWER["short_answer"]
    assert not desk.database.read_now(question_store.answers_of, question.id)


# --- the answer -----------------------------------------------------------------------------------


async def test_signing_off_sends_the_answer(desk: Desk) -> None:
    browser, question = desk.signed_in("can-bo"), desk.claimed("can-bo")
    page = await browser.post(f"/admin/questions/{question.id}/answer", ANSWER)
    assert page.to.endswith("done=answered")
    assert _now(desk, question).state == QuestionState.ANSWERED
    (message,) = desk.database.read_now(outbox_store.messages_of_question, question.id)
    assert message.body["answer"]["in_force"] == {"from": "2026-01-01", "to": "2026-12-31"}
    shown = await browser.get(f"/admin/questions/{question.id}")
    assert "chờ gửi" in shown.said
    again = await browser.post(f"/admin/questions/{question.id}/answer", ANSWER)
    assert again.to.endswith("done=already")
    other = await browser.post(f"/admin/questions/{question.id}/answer", {**ANSWER, "short_answer": "Bản khác hẳn"})
    assert other.status == 409
    assert "Bản khác hẳn" in other.said
    assert len(desk.database.read_now(outbox_store.messages_of_question, question.id)) == 1


async def test_refused_answers_keep_every_field(desk: Desk) -> None:
    browser, question = desk.signed_in("can-bo"), desk.claimed("can-bo")
    for wrong, sentence in (
        ({"short_answer": " "}, "đang trống"),
        ({"topic": "không-có"}, "chọn một chủ đề"),
        ({"document": "", "article": ""}, "ít nhất một căn cứ pháp lý"),
        ({"document": "99/9999/NĐ-CP"}, "chưa có trong danh mục: “99/9999/NĐ-CP”"),
        ({"document": ""}, "chưa ghi văn bản"),
        ({"from_day": "32/13/2026"}, "không phải là ngày"),
        ({"from_day": "2027-01-01"}, "trước ngày bắt đầu"),
        ({"from_day": "2027-01-01", "to_day": ""}, "Không văn bản nào có hiệu lực"),
    ):
        page = await browser.post(f"/admin/questions/{question.id}/answer", {**ANSWER, **wrong})
        assert page.status == 400, sentence
        assert sentence in page.said
        assert page.value("details") == ANSWER["details"]
        assert page.value("from_day") == {**ANSWER, **wrong}["from_day"]
    assert _now(desk, question).state == QuestionState.ASSIGNED


async def test_a_referral_needs_no_basis(desk: Desk) -> None:
    browser, question = desk.signed_in("can-bo"), desk.claimed("can-bo")
    fields = {**ANSWER, "kind": "referral", "document": "", "article": ""}
    assert (await browser.post(f"/admin/questions/{question.id}/answer", fields)).to.endswith("done=answered")


async def test_an_entry_as_the_answer(desk: Desk) -> None:
    browser, question = desk.signed_in("can-bo"), desk.claimed("can-bo", "chuan ngheo may trieu")
    found = await browser.get(f"/admin/questions/{question.id}/entries?q=ngheo")
    assert f"/admin/questions/{question.id}/entries/T01" in found.text
    shown = await browser.get(f"/admin/questions/{question.id}/entries/T01")
    assert "1.500.000 đồng" in shown.said
    for done in ("answered", "already"):
        page = await browser.post(f"/admin/questions/{question.id}/entries/T01")
        assert page.to.endswith(f"done={done}")
    (message,) = desk.database.read_now(outbox_store.messages_of_question, question.id)
    assert message.body["entry"] == "T01"
    assert (await browser.get(f"/admin/questions/{question.id}/entries/T99")).status == 404


async def test_an_entry_past_its_window_cannot_be_sent(desk: Desk, clock: Any) -> None:
    question = desk.claimed("can-bo")
    clock.advance(timedelta(days=60))
    browser = desk.signed_in("can-bo")
    assert (await browser.get(f"/admin/questions/{question.id}/entries/T01")).status == 404
    assert (await browser.post(f"/admin/questions/{question.id}/entries/T01")).status == 404


# --- the page -------------------------------------------------------------------------------------


async def test_the_page_shows_why_the_matcher_thought_so(desk: Desk) -> None:
    question = desk.ask("chuẩn nghèo mấy triệu")
    page = await desk.signed_in("can-bo").get(f"/admin/questions/{question.id}")
    assert "Máy so khớp đã thấy gì khi câu hỏi đến" in page.said
    assert "31 %" in page.said
    assert "cách hỏi gần nhất: “mức chuẩn nghèo”" in page.said
    assert "words 0.50" in page.said
    now = page.said[page.said.index("Các mục có thể đúng ý") : page.said.index("Máy so khớp đã thấy gì")]
    assert "vì sao trùng ý với cách hỏi này" in now
    assert "same_meaning" not in page.said


async def test_what_speaks_against_an_entry_is_said_in_words(desk: Desk) -> None:
    question = desk.ask("chuẩn nghèo của Thái Lan là bao nhiêu")
    page = await desk.signed_in("can-bo").get(f"/admin/questions/{question.id}")
    assert 'aria-label="điểm không khớp"' in page.text
    assert "có từ mà không mục nào biết" in page.said


async def test_similar_questions_with_their_answers(desk: Desk) -> None:
    first, _ = desk.answered("can-bo", "Có được hỗ trợ pin mặt trời không?")
    second = desk.ask("co duoc ho tro pin mat troi khong a")
    desk.ask("Vay vốn nuôi bò được bao nhiêu?")
    desk.database.write_now(sketch_store.put, sketched(desk.database.read_now(sketch_store.unsketched, 10)))
    page = await desk.signed_in("can-bo").get(f"/admin/questions/{second.id}")
    similar = page.text[page.text.index("Câu hỏi giống nhau") : page.text.index("Diễn biến")]
    assert f"/admin/questions/{first.id}" in similar
    assert "Chưa có quy định." in similar
    assert "nuôi bò" not in similar


async def test_close_and_reopen(desk: Desk) -> None:
    browser, question = desk.signed_in("can-bo"), desk.claimed("can-bo")
    path = f"/admin/questions/{question.id}"
    assert (await browser.post(f"{path}/close", {"reason": "", "words": "Chữ đã gõ"})).status == 400
    assert (await browser.post(f"{path}/close", {"reason": "settled"})).status == 403
    fields = {"reason": "out_of_scope", "words": "Việc này thuộc cơ quan khác."}
    for done in ("closed", "already"):
        assert (await browser.post(f"{path}/close", fields)).to.endswith(f"done={done}")
    assert _now(desk, question).close_reason == "out_of_scope"
    (message,) = desk.database.read_now(outbox_store.messages_of_question, question.id)
    assert message.body["words"] == "Việc này thuộc cơ quan khác."
    assert (await browser.post(f"{path}/reopen", {"note": ""})).status == 400
    assert (await browser.post(f"{path}/reopen", {"note": "Người dân hỏi lại"})).to.endswith("done=reopened")
    assert _now(desk, question).state == QuestionState.QUEUED


async def test_an_answered_question_can_be_settled(desk: Desk) -> None:
    question, _ = desk.answered("can-bo")
    browser = desk.signed_in("can-bo")
    page = await browser.post(f"/admin/questions/{question.id}/close", {"reason": "settled"})
    assert page.to.endswith("done=closed")


# --- media ----------------------------------------------------------------------------------------


def _with_media(desk: Desk) -> tuple[Question, int]:
    question = desk.ask()
    desk.database.write_now(officer_queue.add_words, question, "Ảnh giấy tờ", "photo", "file-ref")
    (message,) = desk.database.read_now(question_store.messages_of, question.id)
    return question, message.id


async def test_files_are_fetched_only_when_opened(make_desk: MakeDesk) -> None:
    asked: list[tuple[str, str]] = []

    async def fetch(channel: str, ref: str) -> tuple[bytes, str]:
        asked.append((channel, ref))
        return b"<svg onload=alert(1)>", "image/svg+xml"

    desk = await make_desk(fetch_media=fetch)
    question, message = _with_media(desk)
    browser = desk.signed_in("can-bo")
    await browser.get(f"/admin/questions/{question.id}")
    assert asked == []
    page = await browser.get(f"/admin/questions/{question.id}/media/{message}")
    assert asked == [("web_chat", "file-ref")]
    assert page.response.headers["Content-Type"] == "application/octet-stream"
    assert page.response.headers["Content-Disposition"].startswith("attachment;")
    assert page.response.headers["X-Content-Type-Options"] == "nosniff"
    events = desk.database.read_now(event_store.events_of, question_id=question.id)
    assert events[0].action == "media_opened"
    assert (await browser.get(f"/admin/questions/{question.id}/media/999")).status == 404


async def _huge(_channel: str, _ref: str) -> tuple[bytes, str]:
    return b"x" * (10 * 1024 * 1024 + 1), "image/jpeg"


async def _broken(_channel: str, _ref: str) -> tuple[bytes, str]:
    raise OSError


async def _no_such_channel(_channel: str, _ref: str) -> tuple[bytes, str]:
    raise KnowledgeBaseError("media_unavailable")


@pytest.mark.parametrize(
    ("fetch", "status", "sentence"),
    [(_huge, 400, "lớn hơn 10 MB"), (_broken, 503, "chưa tải được"), (_no_such_channel, 503, "chưa tải được")],
)
async def test_files_that_cannot_be_fetched(make_desk: MakeDesk, fetch: Any, status: int, sentence: str) -> None:
    desk = await make_desk(fetch_media=fetch)
    question, message = _with_media(desk)
    page = await desk.signed_in("can-bo").get(f"/admin/questions/{question.id}/media/{message}")
    assert page.status == status
    assert sentence in page.said


async def test_without_a_way_to_fetch_the_page_says_so(desk: Desk) -> None:
    question, message = _with_media(desk)
    browser = desk.signed_in("can-bo")
    assert "Ở đây không tải được tệp" in (await browser.get(f"/admin/questions/{question.id}")).said
    assert (await browser.get(f"/admin/questions/{question.id}/media/{message}")).status == 503
