"""The officers' verbs, and the doors of dialogue and clock, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from knowledge_base import desk, editorial, officer_queue, promises
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.faq.entry import InForce
from knowledge_base.faq.publication import RevisionState
from knowledge_base.ledger import ledger
from knowledge_base.questions.change import BOT, RESIDENT, Actor
from knowledge_base.questions.question import CloseReason, Disposition, QuestionState
from knowledge_base.storage import contact_store, question_store

LAW, OLD_LAW = "01/2026/TT-THU", "02/2020/TT-THU"


# --- claiming -------------------------------------------------------------------------------------


def test_a_race_for_one_question_has_one_winner(house) -> None:
    officers = [house.who("officer"), house.who("officer2")]
    for _round in range(5):
        question_id = house.queued()

        def take(member, question_id=question_id) -> str:
            try:
                house.do(officer_queue.claim, member, question_id)
            except Conflict:
                return "lost"
            return member.username

        with ThreadPoolExecutor(8) as threads:
            results = list(threads.map(take, officers * 4))
        winners = [name for name in results if name != "lost"]
        assert len(winners) == 1
        assert house.question(question_id).assigned_to == house.who(winners[0]).id
        assert house.events(question_id).count("claim") == 1


def test_the_loser_is_told_who_won(house) -> None:
    question_id = house.assigned(officer="officer2")
    with pytest.raises(Conflict) as lost:
        house.do(officer_queue.claim, house.who("officer"), question_id)
    assert (lost.value.key, lost.value.data["by"]) == ("already_claimed", house.who("officer2").id)


def test_release_gives_back_and_keeps_the_draft(house) -> None:
    question_id = house.assigned()
    officer, other = house.who("officer"), house.who("officer2")
    house.do(desk.save_draft, officer, question_id, {"short_answer": "dở dang"}, 0)
    with pytest.raises(Conflict, match="not_yours"):
        house.do(officer_queue.release, other, question_id)
    house.do(officer_queue.release, officer, question_id)
    question = house.question(question_id)
    assert (question.state, question.assigned_to) == (QuestionState.QUEUED, None)
    assert house.see(question_store.draft_of, question_id).content == {"short_answer": "dở dang"}
    house.do(officer_queue.claim, other, question_id)
    assert house.events(question_id) == ["ask", "queue", "claim", "release", "claim"]


def test_nobodys_typing_is_overwritten(house) -> None:
    question_id = house.assigned()
    officer = house.who("officer")
    assert house.do(desk.save_draft, officer, question_id, {"a": 1}, 0) == 1
    assert house.do(desk.save_draft, officer, question_id, {"a": 2}, 1) == 2
    for stale in (0, 1):
        with pytest.raises(Conflict, match="draft_changed"):
            house.do(desk.save_draft, officer, question_id, {"a": 3}, stale)
    assert house.see(question_store.draft_of, question_id).content == {"a": 2}


def test_an_administrator_claims_nothing(house) -> None:
    question_id = house.queued()
    with pytest.raises(Forbidden):
        house.do(officer_queue.claim, house.who("administrator"), question_id)
    with pytest.raises(NotFound):
        house.do(officer_queue.claim, house.who("officer"), 10**6)


# --- answering ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"legal_basis": ()}, "legal_basis_missing"),
        ({"legal_basis": ((OLD_LAW, "Điều 1"),)}, "legal_basis_expired"),
        ({"legal_basis": (("99/2099/KHONG-CO", ""),)}, "legal_basis_unknown"),
        ({"short_answer": "  "}, "answer_empty"),
    ],
)
def test_an_answer_that_stands_on_nothing_is_refused_whole(house, changes, key) -> None:
    question_id = house.assigned()
    with pytest.raises(InvalidInput) as refused:
        house.do(officer_queue.answer, house.who("officer"), question_id, house.words(**changes))
    assert refused.value.key == key
    assert house.question(question_id).state == QuestionState.ASSIGNED
    assert house.told(question_id) == []
    assert house.review(question_id) is None


def test_a_signed_off_answer_is_sent_once_and_waits_for_an_editor(house) -> None:
    question_id = house.answered("Số 0912345678 của tôi, xin hỏi?")
    question = house.question(question_id)
    assert (question.state, question.disposition) == (QuestionState.ANSWERED, Disposition.PENDING)
    (told,) = house.told(question_id)
    assert (told["notice"], told["reference"]) == ("officer_answer", question.reference)
    assert told["answer"]["legal_basis"] == [{"document": LAW, "article": "Điều 2"}]
    revision = house.review(question_id)
    assert (revision.state, revision.author) == (RevisionState.IN_REVIEW, "officer")
    assert "0912345678" not in revision.entry.question
    with pytest.raises(Conflict):
        house.do(officer_queue.answer, house.who("officer"), question_id, house.words())
    assert [waiting.id for waiting in house.see(question_store.waiting_for_publication, "0/")] == [question_id]


def test_only_the_holder_answers(house) -> None:
    question_id = house.assigned()
    with pytest.raises(Conflict, match="not_yours"):
        house.do(officer_queue.answer, house.who("officer2"), question_id, house.words())


def test_a_referral_needs_no_basis(house) -> None:
    question_id = house.assigned()
    house.do(officer_queue.answer, house.who("officer"), question_id, house.words(kind="referral", legal_basis=()))
    assert house.review(question_id).entry.kind == "referral"


def test_answering_with_an_entry_records_its_revision(house) -> None:
    question_id = house.assigned()
    house.do(officer_queue.answer_with_entry, house.who("officer"), question_id, "E1")
    question = house.question(question_id)
    assert (question.state, question.entry_key) == (QuestionState.ANSWERED, "E1")
    (answer,) = house.see(question_store.answers_of, question_id)
    assert answer.revision_id is not None
    assert answer.content["short_answer"] == "Trả lời ngắn E1."
    (told,) = house.told(question_id)
    assert told["entry"] == "E1"


def test_an_entry_that_is_not_in_force_answers_nothing(house) -> None:
    question_id = house.assigned()
    with pytest.raises(NotFound):
        house.do(officer_queue.answer_with_entry, house.who("officer"), question_id, "KHONG-CO")
    assert house.question(question_id).state == QuestionState.ASSIGNED


def test_answering_again_supersedes_the_text_in_review(house) -> None:
    question_id = house.answered()
    first = house.review(question_id)
    house.do(_reopen, question_id)
    house.do(officer_queue.claim, house.who("officer2"), question_id)
    house.do(officer_queue.answer, house.who("officer2"), question_id, house.words(short_answer="Rõ hơn."))
    second = house.review(question_id)
    assert second.id != first.id
    assert (second.state, second.author, second.entry.short_answer) == (RevisionState.IN_REVIEW, "officer2", "Rõ hơn.")
    assert [body["answer"]["short_answer"] for body in house.told(question_id)][-1] == "Rõ hơn."


def _reopen(tx, question_id) -> None:
    officer_queue.reopen(tx, question_store.question(tx, question_id), RESIDENT, 5, "resident")


# --- closing and opening again --------------------------------------------------------------------


@pytest.mark.parametrize("reason", [one for one in CloseReason if one not in (CloseReason.SETTLED, CloseReason.ERASED)])
def test_a_reason_to_close_reaches_the_ledger(house, reason) -> None:
    question_id = house.assigned()
    house.do(officer_queue.close, house.who("officer"), question_id, reason, "Mời bà con đến xã.")
    question = house.question(question_id)
    assert (question.state, question.close_reason) == (QuestionState.CLOSED, reason)
    assert house.see(ledger)["excluded"] == {str(reason): 1}
    (told,) = house.told(question_id)
    assert told["words"] == "Mời bà con đến xã."


def test_a_personal_case_takes_its_former_answer_off_the_desk(house) -> None:
    question_id = house.answered()
    house.do(_reopen, question_id)
    house.do(officer_queue.claim, house.who("officer"), question_id)
    house.do(officer_queue.close, house.who("officer"), question_id, CloseReason.PERSONAL_CASE, "")
    revision = house.review(question_id)
    assert revision.state == RevisionState.SUPERSEDED
    with pytest.raises(Conflict):
        house.do(editorial.approve_and_publish, house.who("editor"), revision.id, revision.entry)


def test_settled_needs_an_answer(house) -> None:
    question_id = house.assigned()
    with pytest.raises(Forbidden):
        house.do(officer_queue.close, house.who("officer"), question_id, CloseReason.SETTLED, "")
    house.do(officer_queue.answer, house.who("officer"), question_id, house.words())
    house.do(officer_queue.close, house.who("officer"), question_id, CloseReason.SETTLED, "")
    assert house.see(ledger)["pending"] == 1  # the public text still waits for an editor
    assert len(house.told(question_id)) == 1


def test_reopening_brings_a_new_promise_and_the_queue(house) -> None:
    question_id = house.answered()
    house.clock.advance(timedelta(days=3))
    house.do(_reopen, question_id)
    question = house.question(question_id)
    assert (question.state, question.assigned_to) == (QuestionState.QUEUED, None)
    assert question.due_on == date(2026, 12, 3)
    assert house.events(question_id)[-1] == "reopen"


def test_a_resident_closes_his_own(house) -> None:
    question_id = house.queued()
    house.do(_close_by_resident, question_id, CloseReason.WITHDRAWN)
    assert house.see(ledger)["excluded"] == {"withdrawn": 1}


def _close_by_resident(tx, question_id, reason) -> None:
    officer_queue.close_by_resident(tx, question_store.question(tx, question_id), reason)


# --- what the clock does --------------------------------------------------------------------------


def test_forgotten_choices_are_queued_after_a_day_and_the_asker_is_told(house) -> None:
    question = house.asked()
    house.do(officer_queue.offer, question, ["E1", "E2"])
    house.clock.advance(timedelta(hours=23, minutes=59))
    assert house.do(promises.queue_forgotten_offers, 5) == 0
    house.clock.advance(timedelta(minutes=1))
    assert house.do(promises.queue_forgotten_offers, 5) == 1
    assert house.do(promises.queue_forgotten_offers, 5) == 0
    assert house.question(question.id).state == QuestionState.QUEUED
    (told,) = house.told(question.id)
    assert (told["notice"], told["due_on"]) == ("queued", "2026-12-01")


def test_a_missed_promise_is_renewed_once(house) -> None:
    question_id = house.queued()
    due_on = house.question(question_id).due_on
    house.clock.set(house.clock.now() + timedelta(days=(due_on - date(2026, 11, 23)).days))
    assert house.do(promises.renew_missed_promises, 5) == 0  # the day itself is not over
    house.clock.advance(timedelta(days=1))
    assert house.do(promises.renew_missed_promises, 5) == 1
    assert house.question(question_id).due_on > due_on
    house.clock.advance(timedelta(days=30))
    assert house.do(promises.renew_missed_promises, 5) == 0
    assert [body["notice"] for body in house.told(question_id)] == ["promise_renewed"]


def test_silence_asked_for_is_kept_and_recorded(house) -> None:
    question_id = house.assigned()
    house.do(contact_store.set_stopped, house.question(question_id).contact_ref, stopped=True)
    house.do(officer_queue.answer, house.who("officer"), question_id, house.words())
    assert house.told(question_id) == []
    assert "delivery_withheld" in house.events(question_id)


def test_the_table_stands_before_every_verb(house) -> None:
    question = house.asked()
    with pytest.raises(Conflict):
        house.do(officer_queue.claim, house.who("officer"), question.id)
    with pytest.raises(Forbidden):
        house.do(officer_queue.answer_by_bot, question, "E1", 1, Actor.of(house.who("officer")))
    assert house.events(question.id) == ["ask"]


def test_a_question_seen_before_somebody_changed_it_is_not_overwritten(house) -> None:
    seen = house.asked()
    house.do(officer_queue.offer, seen, ["E1", "E2"])
    with pytest.raises(Conflict, match="question_changed"):
        house.do(officer_queue.queue, seen, BOT if seen.state == "offered" else RESIDENT, 5, "late")


def test_windows_are_kept_with_the_answer(house) -> None:
    question_id = house.assigned()
    window = InForce(date(2026, 1, 1), date(2026, 12, 31))
    house.do(officer_queue.answer, house.who("officer"), question_id, house.words(in_force=window))
    assert house.told(question_id)[0]["answer"]["in_force"] == {"from": "2026-01-01", "to": "2026-12-31"}
    assert house.review(question_id).entry.in_force == window
