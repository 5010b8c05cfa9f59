"""Beside the answer: asking back, drafts of collaborators, notes, texts to begin with."""

from datetime import timedelta

import pytest

from knowledge_base import desk, officer_queue
from knowledge_base.errors import Conflict, InvalidInput, NotFound
from knowledge_base.questions.question import QuestionState
from knowledge_base.storage import conversation_store, desk_store
from tests.core.conftest import House


def test_asking_back_stops_the_clock_and_the_reply_starts_it(house: House) -> None:
    question_id = house.assigned()
    promised = house.question(question_id).due_on
    assert promised
    house.do(desk.ask_back, house.who("officer"), question_id, "Nhà mình mấy nhân khẩu?")
    waiting = house.question(question_id)
    assert waiting.state == QuestionState.WAITING_FOR_RESIDENT
    assert house.told(question_id)[-1]["words"] == "Nhà mình mấy nhân khẩu?"
    stand = house.see(conversation_store.conversations_of, [waiting.contact_ref])[waiting.contact_ref]
    assert (stand[0], stand[1]["reference"]) == ("with_officer", waiting.reference)
    house.clock.advance(timedelta(days=7))
    house.do(officer_queue.add_words, waiting, "Nhà em năm người")
    resumed = house.question(question_id)
    assert resumed.state == QuestionState.ASSIGNED
    assert resumed.assigned_to == house.who("officer").id
    assert resumed.due_on
    assert resumed.due_on > promised


def test_an_officer_may_go_on_without_the_reply(house: House) -> None:
    question_id = house.assigned()
    house.do(desk.ask_back, house.who("officer"), question_id, "Ở xã nào?")
    with pytest.raises(Conflict):
        house.do(desk.go_on, house.who("officer2"), question_id)
    house.do(desk.go_on, house.who("officer"), question_id)
    house.do(officer_queue.answer, house.who("officer"), question_id, house.words())
    assert house.question(question_id).state == QuestionState.ANSWERED


def test_empty_words_ask_nothing(house: House) -> None:
    question_id = house.assigned()
    with pytest.raises(InvalidInput):
        house.do(desk.ask_back, house.who("officer"), question_id, "  ")


def test_a_collaborators_draft_is_the_officers_to_sign(house: House) -> None:
    question_id = house.queued()
    helper, officer = house.who("collaborator"), house.who("officer")
    assert house.do(desk.save_draft, helper, question_id, {"short_answer": "nháp"}, 0) == 1
    house.do(officer_queue.claim, officer, question_id)
    assert house.do(desk.save_draft, officer, question_id, {"short_answer": "nháp sửa"}, 1) == 2
    with pytest.raises(Conflict):
        house.do(desk.save_draft, helper, question_id, {"short_answer": "đè lên"}, 1)
    house.do(officer_queue.answer, officer, question_id, house.words())
    with pytest.raises(Conflict):
        house.do(desk.save_draft, helper, question_id, {"short_answer": "muộn rồi"}, 2)


def test_notes_stay_among_those_who_may_read_the_question(house: House) -> None:
    question_id = house.queued(unit="7701")
    house.do(desk.add_note, house.who("officer7701"), question_id, " hỏi lại thôn ")
    assert [note.text for note in house.see(desk_store.notes_of, question_id)] == ["hỏi lại thôn"]
    assert house.told(question_id) == []
    with pytest.raises(NotFound):
        house.do(desk.add_note, house.who("officer7702"), question_id, "tò mò")
    with pytest.raises(InvalidInput):
        house.do(desk.add_note, house.who("officer7701"), question_id, "")


def test_texts_are_a_units_own_and_used_by_those_below(house: House) -> None:
    house.do(desk.put_template, house.who("officer77"), None, "Chào", "Chào bà con, câu {ma} …")
    [text] = house.see(desk_store.templates_for, house.who("officer7701").unit_path)
    assert text.unit_code == "77"
    for verb, rest in ((desk.put_template, ("Chào", "khác")), (desk.remove_template, ())):
        with pytest.raises(NotFound):
            house.do(verb, house.who("officer7701"), text.id, *rest)
    assert house.see(desk_store.templates_for, house.who("officer").unit_path) == []
    house.do(desk.remove_template, house.who("officer77"), text.id)


def test_who_else_is_looking(house: House) -> None:
    question_id = house.queued()
    first, second = house.who("officer"), house.who("officer2")
    house.do(desk_store.look_at, question_id, first.id)
    house.do(desk_store.look_at, question_id, second.id)
    assert house.see(desk_store.lookers, question_id, first.id) == ["officer2"]
    house.clock.advance(timedelta(minutes=2))
    assert house.see(desk_store.lookers, question_id, first.id) == []
