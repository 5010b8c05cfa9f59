"""An editor's day: approve, return, amend, link, exclude; nobody approves his own text."""

from typing import Any

import pytest

from knowledge_base import editorial
from knowledge_base.errors import Forbidden
from knowledge_base.faq.publication import RevisionState
from knowledge_base.ledger import ledger
from knowledge_base.questions.question import Disposition, QuestionState
from knowledge_base.storage import faq_store, outbox_store, question_store
from tests.admin.conftest import Desk, Page

RISKY = "Nhà e tên thử nghiệm, sđt 0912 345 678, có được hỗ trợ pin mặt trời không?"


def _fields(page: Page, **changes: str) -> list[tuple[str, str]]:
    """The public form as the page holds it, with changes."""
    fields = {name: page.value(name) for name in ("question", "short_answer", "details", "phrasings")}
    fields |= {"topic": "vay-von", "kind": "answer", "document": "07/2021/NĐ-CP", "article": "Điều 3", **changes}
    return list(fields.items())


def _state(desk: Desk, revision_id: int) -> RevisionState:
    revision = desk.database.read_now(faq_store.revision, revision_id)
    assert revision
    return revision.state


async def test_the_whole_path_through_the_forms(desk_on_both: Desk) -> None:
    """Claim, answer, publish; then another resident's question, without marks, finds the new entry."""
    officer, editor, question = desk_on_both.signed_in("can-bo"), desk_on_both.signed_in("bien-tap"), desk_on_both.ask()
    path = f"/admin/questions/{question.id}"
    assert (await officer.post(f"{path}/claim")).status == 303
    answer = {"short_answer": "Xã ta chưa có chương trình này.", "topic": "vay-von", "document": "07/2021/NĐ-CP"}
    assert (await officer.post(f"{path}/answer", {**answer, "article": ""})).status == 303
    listed = await editor.get("/admin/publish")
    (revision,) = desk_on_both.database.read_now(faq_store.in_review)
    assert f"/admin/revisions/{revision.id}" in listed.text
    page = await editor.get(f"/admin/revisions/{revision.id}")
    assert question.text in page.said
    done = await editor.post(
        f"/admin/revisions/{revision.id}/publish", _fields(page, phrasings="pin năng lượng mặt trời")
    )
    assert done.to == f"/admin/faq/Q{question.id}?done=published"
    assert await desk_on_both.faq.refresh()
    match = await desk_on_both.faq.match("nha toi o vung cao co duoc ho tro pin mat troi khong")
    assert match.candidates[0].key == f"Q{question.id}"
    assert desk_on_both.database.read_now(ledger) == {
        "total": 1,
        "own_page": 1,
        "linked": 0,
        "excluded": {},
        "pending": 0,
    }
    again = await editor.post(f"/admin/revisions/{revision.id}/publish", _fields(page))
    assert again.status == 303 or "không có gì để quyết định" in again.said
    entry = await editor.get(done.to)
    assert "Đã đăng: trên trang công khai" in entry.said


async def test_nobody_approves_his_own_text(desk: Desk) -> None:
    _question, revision = desk.answered("bien-tap")
    author, other = desk.signed_in("bien-tap"), desk.signed_in("bien-tap-2")
    own = await author.get(f"/admin/revisions/{revision}")
    assert "Đây là bài của bạn" in own.said
    assert "/publish" not in own.text.replace("/admin/publish", "")
    form = await other.get(f"/admin/revisions/{revision}")
    refused = await author.post(f"/admin/revisions/{revision}/publish", _fields(form))
    assert refused.status == 403
    assert "Không ai tự duyệt bài của mình" in refused.said
    assert _state(desk, revision) == RevisionState.IN_REVIEW
    assert (await other.post(f"/admin/revisions/{revision}/publish", _fields(form))).status == 303


async def test_an_officer_cannot_approve(desk: Desk) -> None:
    _question, revision = desk.answered("can-bo")
    officer = desk.signed_in("can-bo-2")
    page = await officer.get(f"/admin/revisions/{revision}")
    assert "Duyệt và đăng" not in page.said
    for act in ("publish", "return"):
        assert (await officer.post(f"/admin/revisions/{revision}/{act}", {"note": "x"})).status == 403
    assert _state(desk, revision) == RevisionState.IN_REVIEW
    with pytest.raises(Forbidden):
        desk.database.write_now(editorial.return_with_note, desk.member("can-bo-2"), revision, "x")


async def test_personal_data_is_marked_masked_and_refused(desk: Desk) -> None:
    _question, revision = desk.answered("can-bo", RISKY)
    editor = desk.signed_in("bien-tap")
    page = await editor.get(f"/admin/revisions/{revision}")
    assert "<mark>0912 345 678</mark>" in page.text
    assert "[đã ẩn]" in page.value("question")
    for name in ("question", "short_answer", "details", "phrasings"):
        refused = await editor.post(f"/admin/revisions/{revision}/publish", _fields(page, **{name: RISKY}))
        assert refused.status == 400
        assert "Thông tin riêng của người dân sẽ bị lộ: “0912 345 678”" in refused.said
        assert refused.value(name).strip() == RISKY
    assert _state(desk, revision) == RevisionState.IN_REVIEW


async def test_a_changed_answer_is_corrected_with_the_asker_if_wanted(desk: Desk) -> None:
    for changes, notices in (
        ({"short_answer": "Lời đã sửa.", "correct_askers": "yes"}, ["officer_answer", "correction"]),
        ({"short_answer": "Lời đã sửa."}, ["officer_answer"]),
    ):
        question, revision = desk.answered("can-bo")
        editor = desk.signed_in("bien-tap")
        page = await editor.get(f"/admin/revisions/{revision}")
        assert (await editor.post(f"/admin/revisions/{revision}/publish", _fields(page, **changes))).status == 303
        messages = desk.database.read_now(outbox_store.messages_of_question, question.id)
        assert [message.body["notice"] for message in messages] == notices


async def test_return_amend_and_publish(desk: Desk) -> None:
    question, revision = desk.answered("can-bo")
    editor, officer = desk.signed_in("bien-tap"), desk.signed_in("can-bo")
    page = await editor.get(f"/admin/revisions/{revision}")
    refused = await editor.post(f"/admin/revisions/{revision}/return", _fields(page, details="Chữ đã sửa", note=" "))
    assert refused.status == 400
    assert refused.value("details") == "Chữ đã sửa"
    assert (await editor.post(f"/admin/revisions/{revision}/return", {"note": "Nói rõ nộp ở đâu"})).status == 303
    assert "Nói rõ nộp ở đâu" in (await officer.get("/admin/publish")).said
    form = await officer.get(f"/admin/revisions/{revision}/amend")
    assert "Nói rõ nộp ở đâu" in form.said
    sent = await officer.post(f"/admin/revisions/{revision}/amend", _fields(form, details="Nộp ở xã"))
    newer = int(sent.to.split("/")[-1].split("?")[0])
    assert _state(desk, newer) == RevisionState.IN_REVIEW
    page = await editor.get(f"/admin/revisions/{newer}")
    assert (await editor.post(f"/admin/revisions/{newer}/publish", _fields(page))).status == 303
    settled = desk.database.read_now(question_store.question, question.id)
    assert settled.disposition == Disposition.OWN_PAGE
    assert "Nói rõ nộp ở đâu" not in (await officer.get("/admin/publish")).said


async def test_link_to_an_entry_that_exists(desk: Desk) -> None:
    question, revision = desk.answered("can-bo", "muc ngheo o que la may dong")
    editor = desk.signed_in("bien-tap")
    path = f"/admin/questions/{question.id}/link"
    unknown = await editor.post(path, {"entry": "T99", "wording": "cách hỏi đã gõ"})
    assert unknown.status == 404
    risky = await editor.post(path, {"entry": "T01", "wording": RISKY})
    assert risky.status == 400
    assert (await editor.post(path, {"entry": "T01", "wording": "mức nghèo ở quê là mấy đồng"})).status == 303
    settled = desk.database.read_now(question_store.question, question.id)
    assert (settled.disposition, settled.disposition_entry) == (Disposition.LINKED, "T01")
    assert _state(desk, revision) == RevisionState.SUPERSEDED
    assert await desk.faq.refresh()
    assert "mức nghèo ở quê là mấy đồng" in desk.faq.snapshot.revisions["T01"].entry.phrasings


async def test_exclude_with_a_reason(desk: Desk) -> None:
    question, revision = desk.answered("can-bo")
    editor = desk.signed_in("bien-tap")
    path = f"/admin/questions/{question.id}/exclude"
    for reason in ("", "settled", "nonsense"):
        assert (await editor.post(path, {"reason": reason})).status == 400
    assert (await editor.post(path, {"reason": "personal_case"})).status == 303
    assert _state(desk, revision) == RevisionState.SUPERSEDED
    assert desk.database.read_now(ledger)["excluded"] == {"personal_case": 1}
    assert "Chưa có quy định" not in (await editor.get("/admin/publish")).said
    assert desk.database.read_now(question_store.question, question.id).state == QuestionState.ANSWERED


async def test_answered_with_an_entry_waits_for_a_decision(desk: Desk) -> None:
    question = desk.claimed("can-bo", "chuan ngheo may trieu, sđt 0912345678")
    await desk.signed_in("can-bo").post(f"/admin/questions/{question.id}/entries/T01")
    page = await desk.signed_in("bien-tap").get("/admin/publish")
    assert question.reference in page.said
    assert page.value("entry") == "T01"
    assert "[đã ẩn]" in page.value("wording")
    assert "/link" not in (await desk.signed_in("can-bo").get("/admin/publish")).text


async def test_a_text_in_review_shows_what_changes(desk: Desk) -> None:
    editor = desk.signed_in("bien-tap")
    form = await editor.get("/admin/faq/T01/propose")
    sent = await editor.post(
        "/admin/faq/T01/propose", _fields(form, short_answer="Ở nông thôn là 1.500.000 đồng mỗi người.")
    )
    page = await desk.signed_in("bien-tap-2").get(sent.to)
    assert "<ins>mỗi người.</ins>" in page.text
    assert "<del>một" in page.text


async def test_answering_again_after_reopening_leaves_one_text_in_review(desk: Desk, clock: Any) -> None:
    question, first = desk.answered("can-bo")
    officer = desk.signed_in("can-bo")
    path = f"/admin/questions/{question.id}"
    await officer.post(f"{path}/reopen", {"note": "chưa rõ"})
    await officer.post(f"{path}/claim")
    answer = {"short_answer": "Lời mới.", "topic": "vay-von", "document": "07/2021/NĐ-CP", "article": ""}
    assert (await officer.post(f"{path}/answer", answer)).to.endswith("done=answered")
    assert _state(desk, first) == RevisionState.SUPERSEDED
    (only,) = desk.database.read_now(faq_store.in_review)
    assert only.entry.short_answer == "Lời mới."


async def test_readers_are_told_what_changed_in_substance(desk: Desk) -> None:
    editor, other = desk.signed_in("bien-tap"), desk.signed_in("bien-tap-2")
    form = await editor.get("/admin/faq/T01/propose")
    changed = _fields(form, short_answer="Ở nông thôn là 1.600.000 đồng một người một tháng.", topic="chuan-ngheo")
    revision = int((await editor.post("/admin/faq/T01/propose", changed)).to.split("/")[-1].split("?")[0])
    page = await other.get(f"/admin/revisions/{revision}")
    assert "mức tiền và con số" in page.said
    for note, words in (("", "Hãy nói trong một câu"), ("Anh Nguyễn Văn A, 0912 345 678 báo sai", "0912 345 678")):
        fields = [*_fields(page, topic="chuan-ngheo"), ("public_note", note)]
        refused = await other.post(f"/admin/revisions/{revision}/publish", fields)
        assert refused.status == 400
        assert words in refused.said
        assert refused.value("public_note") == note
    told = [*_fields(page, topic="chuan-ngheo"), ("public_note", "Mức ở nông thôn đã tăng.")]
    assert (await other.post(f"/admin/revisions/{revision}/publish", told)).status == 303
    assert [one.note for one in desk.database.read_now(faq_store.corrections)["T01"]] == ["Mức ở nông thôn đã tăng."]
    assert "Mức ở nông thôn đã tăng." in (await editor.get("/admin/faq/T01")).said


async def test_plain_words_are_compared_checked_and_published(desk: Desk) -> None:
    officer, editor = desk.signed_in("can-bo"), desk.signed_in("bien-tap")
    page = await officer.get("/admin/faq/T01/propose")
    handed = await officer.post("/admin/faq/T01/propose", _fields(page, easy_read="Ở quê: 1.700.000 đồng."))
    address = handed.to.partition("?")[0]
    shown = await editor.get(address)
    assert "Phần nói dễ hiểu nêu điều mà câu trả lời không nêu: “1.700.000”" in shown.said
    assert "1 câu; câu dài nhất có 3 tiếng." in shown.said
    window = {"from_day": "2022-01-01", "to_day": "2026-12-31"}
    refused = await editor.post(f"{address}/publish", _fields(shown, easy_read="Ở quê: 1.700.000 đồng.", **window))
    assert refused.status == 400
    assert "Xin bỏ đi, hoặc ghi vào câu trả lời trước" in refused.said
    easy = "Ở quê: 1.500.000 đồng một người."
    done = await editor.post(f"{address}/publish", _fields(shown, easy_read=easy, **window))
    assert done.to.endswith("done=published")
    entry = await editor.get("/admin/faq/T01")
    assert easy in entry.said
    assert "/doc-loa" in entry.text

    # The answer is changed, its plain words are not: whoever looks at it is warned.
    page = await officer.get("/admin/faq/T01/propose")
    assert page.value("easy_read") == easy
    handed = await officer.post(
        "/admin/faq/T01/propose", _fields(page, details="Hỏi xã.", easy_read=page.value("easy_read"), **window)
    )
    shown = await editor.get(handed.to)
    assert "Câu trả lời đã sửa mà phần nói dễ hiểu thì chưa." in shown.said
