"""From a question to the FAQ: what is prefilled, what trying shows and to whom, who decides, what comes of it."""

import json

import pytest

from admin.console import CONSOLE
from knowledge_base import editorial, from_question
from knowledge_base.errors import Conflict, Forbidden, InvalidInput
from knowledge_base.faq.publication import RevisionState
from knowledge_base.questions.question import CloseReason, Disposition
from knowledge_base.storage import faq_store, phrasing_store, question_store
from tests.admin.conftest import Desk, Page

ASKED = "bò nhà em hết cỏ thì vay tiền mua cỏ voi ở đâu ạ"
RISKY = "Nhà e sđt 0912 345 678, vay tiền mua cỏ voi ở đâu?"
STREAM = {"Accept": "application/x-ndjson"}


def answered(desk: Desk, text: str = ASKED, **values: str) -> int:
    question, revision = desk.answered("can-bo", text, **values)
    desk.database.write_now(faq_store.set_revision, revision, state=RevisionState.SUPERSEDED)
    return question.id


def _lines(page: Page) -> list[dict[str, object]]:
    assert page.status == 200, page.text
    return [json.loads(line) for line in page.text.splitlines()]


async def test_a_new_entry_begins_with_the_question_and_its_answer(desk: Desk) -> None:
    question = answered(desk, RISKY)
    editor, path = desk.signed_in("bien-tap"), f"/admin/questions/{question}/new-entry"
    form = await editor.get(path)
    assert "0912" not in form.value("question")
    assert "cỏ voi" in form.value("question")
    assert form.value("short_answer") == "Chưa có quy định."
    assert 'value="vay-von" selected' in form.text
    assert form.value("document") == "07/2021/NĐ-CP"
    typed = {
        "question": "Vay tiền mua cỏ voi ở đâu?",
        "short_answer": "Hỏi xã.",
        "topic": "vay-von",
        "kind": "referral",
    }
    sent = await editor.post(path, {**typed, "phrasings": "mua cỏ voi vay ở đâu"})
    revision = desk.database.read_now(faq_store.revision_from_question, question)
    assert revision
    assert (revision.key, revision.author, revision.state) == (f"Q{question}", "bien-tap", RevisionState.IN_REVIEW)
    assert sent.to.startswith(f"/admin/revisions/{revision.id}")
    assert (await editor.get(path)).to.startswith(f"/admin/revisions/{revision.id}")  # it waits already
    member = desk.member("bien-tap-2")
    desk.database.write_now(editorial.approve_and_publish, member, revision.id, revision.entry)
    stored = desk.database.read_now(question_store.question, question)
    assert stored.disposition == Disposition.OWN_PAGE


async def test_candidates_come_first_and_say_why(desk: Desk) -> None:
    question = answered(desk, "hộ nghèo vay tiền ngân hàng chính sách")
    page = await desk.signed_in("bien-tap").get(f"/admin/questions/{question}/phrasing")
    assert f"/admin/questions/{question}/phrasing?entry=T02" in page.text
    assert "tại sao" in page.said or "vì sao" in page.said.lower()
    found = await desk.signed_in("bien-tap").get(f"/admin/questions/{question}/phrasing?q=chuan+ngheo")
    assert "entry=T01" in found.text


async def test_trying_shows_what_is_won_and_changes_nothing(desk_on_both: Desk) -> None:
    desk = desk_on_both
    question = answered(desk)
    desk.ask("máy cày hợp tác xã cho mượn không ạ")
    editor, path = desk.signed_in("bien-tap"), f"/admin/questions/{question}/phrasing"
    typed = {"entry": "T02", "wordings": "máy cày hợp tác xã cho mượn không ạ", "act": "try"}
    plain = await editor.post(path, typed)
    assert plain.status == 200
    assert "Được thêm" in plain.said
    assert "máy cày hợp tác xã cho mượn không ạ" in plain.value("wordings")
    lines = _lines(await editor.post(path, typed, headers=STREAM))
    assert "said" in lines[0]
    assert "Được thêm" in str(lines[-1]["html"])
    assert desk.database.read_now(phrasing_store.latest_of, question) is None
    assert "máy cày" not in str(desk.database.read_now(faq_store.phrasings_by_entry))


async def test_words_of_other_units_are_only_counted(desk: Desk) -> None:
    mine = answered(desk, "câu của tôi về bò", unit="0")
    desk.ask("máy cày hợp tác xã Một cho mượn không", unit="3501")
    question, revision = desk.answered("can-bo.3502", "vay tiền mua cỏ voi ở đâu", unit="3502")
    desk.database.write_now(faq_store.set_revision, revision, state=RevisionState.SUPERSEDED)
    typed = {"entry": "T02", "wordings": "máy cày hợp tác xã Hai cho mượn không", "act": "try"}
    page = await desk.signed_in("bien-tap.3502").post(f"/admin/questions/{question.id}/phrasing", typed)
    assert page.status == 200
    assert "hợp tác xã Một" not in page.text
    assert "câu của đơn vị khác" in page.said
    above = await desk.signed_in("bien-tap").post(f"/admin/questions/{mine}/phrasing", typed)
    assert "hợp tác xã Một" in above.text


async def test_masked_words_in_what_trying_shows(desk: Desk) -> None:
    question = answered(desk)
    desk.ask("sđt 0912 345 678 máy cày hợp tác xã cho mượn không")
    typed = {"entry": "T02", "wordings": "máy cày hợp tác xã cho mượn không", "act": "try"}
    page = await desk.signed_in("bien-tap").post(f"/admin/questions/{question}/phrasing", typed)
    assert "Được thêm" in page.said
    assert "0912" not in page.text


async def test_the_ordinary_forms_can_be_tried_too(desk: Desk) -> None:
    desk.ask("máy cày hợp tác xã cho mượn không")
    typed = {"question": "Mượn máy cày của hợp tác xã thế nào?", "phrasings": "máy cày hợp tác xã cho mượn không"}
    editor = desk.signed_in("bien-tap")
    page = await editor.post("/admin/faq/new", {**typed, "act": "try"})
    assert "Được thêm" in page.said
    wrong = await editor.post("/admin/faq/new", {**typed, "from_day": "hôm qua", "act": "try"})
    assert wrong.status == 400
    same = {"question": "Chuẩn nghèo là bao nhiêu?", "phrasings": "mức chuẩn nghèo", "act": "try"}
    assert "không khác chữ nào" in (await editor.post("/admin/faq/new", same)).said
    _question, revision = desk.answered("can-bo", "máy cày hợp tác xã mượn ở đâu")
    live = await editor.post(f"/admin/revisions/{revision}/publish", {**typed, "act": "try"})
    assert "Được thêm" in live.said
    found = desk.database.read_now(faq_store.revision, revision)
    assert found
    assert found.state == RevisionState.IN_REVIEW


async def test_another_editor_decides_about_phrasings(desk_on_both: Desk) -> None:
    desk = desk_on_both
    question = answered(desk)
    editor, other = desk.signed_in("bien-tap"), desk.signed_in("bien-tap-2")
    path = f"/admin/questions/{question}/phrasing"
    typed = {"entry": "T02", "wordings": "vay tiền mua cỏ voi ở đâu\nmuốn mua cỏ voi thì vay ai"}
    assert (await editor.post(path, typed)).status == 303
    assert (await editor.post(path, typed)).status == 409  # one at a time
    assert "muốn mua cỏ voi" in (await other.get("/admin/publish")).said
    assert (await editor.post(f"{path}/take")).status == 403  # his own
    assert "muốn mua cỏ voi" in (await other.get(path)).said
    assert (await other.post(f"{path}/take")).status == 303
    entry = desk.database.read_now(faq_store.published_of, "T02")
    assert entry
    assert {"vay tiền mua cỏ voi ở đâu", "muốn mua cỏ voi thì vay ai"} <= set(entry.entry.phrasings)
    stored = desk.database.read_now(question_store.question, question)
    assert (stored.disposition, stored.disposition_entry) == (Disposition.LINKED, "T02")
    await desk.faq.refresh()
    found = await desk.faq.match("muốn mua cỏ voi thì vay ai")
    assert (found.decision, found.candidates[0].key) == ("confident", "T02")
    assert (await other.post(f"{path}/take")).status == 409


async def test_refused_phrasings_leave_the_question_open(desk: Desk) -> None:
    question = answered(desk)
    path = f"/admin/questions/{question}/phrasing"
    await desk.signed_in("bien-tap").post(path, {"entry": "T02", "wordings": "vay tiền mua cỏ voi ở đâu"})
    other = desk.signed_in("bien-tap-2")
    assert (await other.post(f"{path}/refuse", {"note": " "})).status == 400
    assert (await other.post(f"{path}/refuse", {"note": "mục này không nói về cỏ"})).status == 303
    found = desk.database.read_now(phrasing_store.latest_of, question)
    assert found
    assert (found.verdict, found.decided_by) == ("refused", "bien-tap-2")
    stored = desk.database.read_now(question_store.question, question)
    assert stored.disposition == Disposition.PENDING
    assert "cỏ voi" not in str(desk.database.read_now(faq_store.phrasings_by_entry))


def test_what_may_not_come_into_the_faq(desk: Desk) -> None:
    editor, officer, write = desk.member("bien-tap"), desk.member("can-bo"), desk.database.write_now
    waiting, question = desk.ask("chưa trả lời").id, answered(desk)
    with pytest.raises(Conflict) as early:
        write(from_question.propose_phrasings, editor, waiting, "T02", ["vay mua cỏ"])
    assert early.value.key == "question_state"
    with pytest.raises(Forbidden):
        write(from_question.propose_phrasings, officer, question, "T02", ["vay mua cỏ"])
    with pytest.raises(InvalidInput) as told:
        write(from_question.propose_phrasings, editor, question, "T02", ["gọi 0912 345 678 vay mua cỏ"])
    assert told.value.key == "redaction_undecided"
    with pytest.raises(InvalidInput) as none:
        write(from_question.propose_phrasings, editor, question, "T02", ["vay vốn nuôi bò", " "])
    assert none.value.key == "wording_missing"
    write(editorial.exclude, editor, question, CloseReason.PERSONAL_CASE)
    with pytest.raises(Conflict) as excluded:
        write(from_question.propose_phrasings, editor, question, "T02", ["vay mua cỏ"])
    assert excluded.value.key == "question_excluded"


async def test_a_second_trial_ends_the_first(desk: Desk) -> None:
    trials = desk.console[CONSOLE].trials
    entry = desk.faq.snapshot.revisions["T02"].entry
    first, second = trials.start(1, entry), trials.start(1, entry)
    assert first.stop.is_set()
    assert second.found.result(timeout=20).trial.stored >= 0
    assert not second.stop.is_set()
