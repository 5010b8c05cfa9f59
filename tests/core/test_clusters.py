"""One answer for many: put together by a human, each asker with his own receipt, clock and delivery."""

import pytest

from knowledge_base import clusters, editorial, officer_queue
from knowledge_base.errors import Conflict, InvalidInput, NotFound
from knowledge_base.neighbours import Neighbours, sketched, suggested_groups
from knowledge_base.questions.question import Disposition, QuestionState
from knowledge_base.storage import contact_store, sketch_store
from tests.core.conftest import House

ALIKE = [
    "Nhà tôi muốn lắp pin mặt trời thì nhà nước có hỗ trợ không?",
    "nha toi muon lap pin mat troi co duoc ho tro khong",
    "lắp pin mặt trời thì được nhà nước hỗ trợ mấy đồng ạ",
]
APART = "con tôi học lớp ba có phải đóng học phí không"


def sketch_all(house: House) -> None:
    house.do(sketch_store.put, sketched(house.see(sketch_store.unsketched, 100)))


def gathered(house: House, number: int = 3) -> list[int]:
    ids = [house.queued(f"{ALIKE[0]} ({n})", f"r{n}") for n in range(number)]
    house.do(clusters.gather, house.who("officer"), ids[0], ids[1:])
    house.do(officer_queue.claim, house.who("officer"), ids[0])
    return ids


def test_one_answer_reaches_every_asker_under_his_own_code(house: House) -> None:
    ids = gathered(house)
    house.do(officer_queue.answer, house.who("officer"), ids[0], house.words())
    for one in map(house.question, ids):
        assert one.state == QuestionState.ANSWERED
        told = [body for body in house.told(one.id) if body["notice"] == "officer_answer"]
        assert [body["reference"] for body in told] == [one.reference]
        assert told[0]["answer"]["short_answer"] == "Câu trả lời của cán bộ thử nghiệm."
    assert "answer_together" in house.events(ids[1])


def test_who_asked_for_silence_is_answered_in_the_record_only(house: House) -> None:
    ids = gathered(house)
    house.do(contact_store.set_stopped, house.question(ids[2]).contact_ref, stopped=True)
    house.do(officer_queue.answer, house.who("officer"), ids[0], house.words())
    assert house.question(ids[2]).state == QuestionState.ANSWERED
    assert [body for body in house.told(ids[2]) if body["notice"] == "officer_answer"] == []
    assert "delivery_withheld" in house.events(ids[2])


def test_what_another_officer_holds_is_left_to_him(house: House) -> None:
    ids = gathered(house)
    house.do(officer_queue.claim, house.who("officer2"), ids[1])
    house.do(officer_queue.answer_with_entry, house.who("officer"), ids[0], "E1")
    assert house.question(ids[1]).state == QuestionState.ASSIGNED
    assert house.question(ids[2]).state == QuestionState.ANSWERED
    assert house.question(ids[2]).entry_key == "E1"


def test_one_taken_out_gets_no_answer_and_is_not_suggested_again(house: House) -> None:
    ids = gathered(house)
    sketch_all(house)
    house.do(clusters.take_out, house.who("officer"), ids[2])
    house.do(officer_queue.answer, house.who("officer"), ids[0], house.words())
    assert house.question(ids[2]).state == QuestionState.QUEUED
    near = house.see(Neighbours().like, house.question(ids[2]), "0/")
    assert not {one.question.id for one in near} & set(ids)
    house.do(clusters.gather, house.who("officer"), ids[2], [house.queued(ALIKE[1], "r9")])  # minds can be changed
    with pytest.raises(Conflict):
        house.do(clusters.take_out, house.who("officer"), house.queued("một câu khác hẳn", "r8"))


def test_two_clusters_put_together_are_one(house: House) -> None:
    ids = [house.queued(f"câu {n}", f"r{n}") for n in range(4)]
    officer = house.who("officer")
    house.do(clusters.gather, officer, ids[0], [ids[1]])
    house.do(clusters.gather, officer, ids[2], [ids[3]])
    house.do(clusters.gather, officer, ids[0], [ids[2]])
    assert len({house.question(one).cluster_id for one in ids}) == 1
    with pytest.raises(InvalidInput):
        house.do(clusters.gather, officer, ids[0], [])


def test_other_units_questions_are_not_gathered(house: House) -> None:
    mine, theirs = house.queued("câu một", "r1", unit="7701"), house.queued("câu một", "r2", unit="7702")
    with pytest.raises(NotFound):
        house.do(clusters.gather, house.who("officer7701"), mine, [theirs])
    house.do(clusters.gather, house.who("officer77"), mine, [theirs])


def test_like_questions_are_found_across_wordings_and_unlike_ones_are_not(house: House) -> None:
    ids = [house.queued(text, f"r{n}") for n, text in enumerate([*ALIKE, APART])]
    neighbours = Neighbours()
    fresh = house.see(neighbours.like, house.question(ids[0]), "0/")  # not sketched yet: nothing to compare with
    assert fresh == []
    sketch_all(house)
    near = house.see(neighbours.like, house.question(ids[0]), "0/")
    assert {one.question.id for one in near} == set(ids[1:3])
    assert [[one.id for one in group] for group in house.see(suggested_groups, "0/")] == [ids[:3]]


def test_a_later_asker_is_given_the_answer_of_a_like_question(house: House) -> None:
    first = house.answered(ALIKE[0])
    later = house.assigned(ALIKE[1], resident="r2")
    house.do(clusters.answer_like, house.who("officer"), later, first)
    assert house.question(later).state == QuestionState.ANSWERED
    assert house.question(later).cluster_id == house.question(first).cluster_id is not None
    assert house.told(later)[-1]["reference"] == house.question(later).reference
    unanswered, another = house.queued("chưa ai trả lời", "r3"), house.assigned("một câu nữa", resident="r4")
    with pytest.raises(NotFound):
        house.do(clusters.answer_like, house.who("officer"), another, unanswered)


def test_publishing_settles_the_whole_cluster_and_corrects_every_asker(house: House) -> None:
    ids = gathered(house)
    house.do(officer_queue.answer, house.who("officer"), ids[0], house.words())
    revision = house.review(ids[0])
    from dataclasses import replace  # noqa: PLC0415 - only here

    public = replace(revision.entry, question="Có hỗ trợ pin mặt trời không?", short_answer="Câu đã sửa.")
    house.do(editorial.approve_and_publish, house.who("editor"), revision.id, public)
    assert house.question(ids[0]).disposition == Disposition.OWN_PAGE
    for one in ids:
        assert house.told(one)[-1]["notice"] == "correction"
        assert house.told(one)[-1]["reference"] == house.question(one).reference
    assert {house.question(one).disposition for one in ids[1:]} == {Disposition.LINKED}
