"""The editors' verbs, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from knowledge_base import editorial, officer_queue
from knowledge_base.content import export_content
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.faq.publication import RevisionState
from knowledge_base.ledger import ledger
from knowledge_base.questions.change import RESIDENT
from knowledge_base.questions.question import CloseReason, Disposition, QuestionState
from knowledge_base.storage import contact_store, faq_store, question_store
from tests.core.conftest import an_entry


def publish(house, question_id, editor="editor", *, correct=True, **changes) -> int:
    """Approve and publish the answer in review, with changed words."""
    revision = house.review(question_id)
    public = replace(revision.entry, **changes)
    return house.do(editorial.approve_and_publish, house.who(editor), revision.id, public, correct_askers=correct)


def reopened(house, question_id) -> None:
    def again(tx) -> None:
        officer_queue.reopen(tx, question_store.question(tx, question_id), RESIDENT, 5, "resident")

    house.do(again)


# --- publishing -----------------------------------------------------------------------------------


def test_an_officers_answer_becomes_a_page_of_its_own(house) -> None:
    question_id = house.answered()
    before = house.see(faq_store.publication_number)
    live_id = publish(house, question_id)
    question = house.question(question_id)
    assert (question.disposition, question.disposition_entry) == (Disposition.OWN_PAGE, f"Q{question.id}")
    live = house.see(faq_store.published_of, f"Q{question.id}")
    assert (live.id, live.author, live.approved_by, live.on_trial) == (live_id, "officer", "editor", False)
    assert house.see(faq_store.publication_number) > before
    assert house.see(ledger) == {"total": 1, "own_page": 1, "linked": 0, "excluded": {}, "pending": 0}
    assert house.events(question_id)[-1] == "publish"
    assert [body["notice"] for body in house.told(question_id)] == ["officer_answer"]  # same words: no correction


def test_nobody_approves_his_own_text(house) -> None:
    question_id = house.answered(officer="editor")
    with pytest.raises(Forbidden, match="author_is_approver"):
        publish(house, question_id, "editor")
    with pytest.raises(Forbidden, match="author_is_approver"):
        house.do(editorial.link, house.who("editor"), question_id, "E1", "")
    publish(house, question_id, "editor2")


@pytest.mark.parametrize("name", ["officer", "officer2", "administrator"])
def test_only_editors_edit(house, name) -> None:
    question_id = house.answered()
    who, revision = house.who(name), house.review(question_id)
    acts = [
        (editorial.approve_and_publish, who, revision.id, revision.entry),
        (editorial.return_with_note, who, revision.id, "không được"),
        (editorial.withdraw, who, "E1", "không được"),
        (editorial.link, who, question_id, "E1", ""),
        (editorial.exclude, who, question_id, CloseReason.OUT_OF_SCOPE),
    ]
    for verb, *inputs in acts:
        with pytest.raises(Forbidden):
            house.do(verb, *inputs)
    assert house.question(question_id).disposition == Disposition.PENDING
    assert house.review(question_id).state == RevisionState.IN_REVIEW


@pytest.mark.parametrize(
    "changes",
    [
        {"question": "Ông có số 0912 345 678 hỏi gì?"},
        {"short_answer": "Gọi 0912345678."},
        {"details": "Thư: nguoi.hoi@example.org"},
        {"easy_read": "Thư: nguoi.hoi@example.org"},
        {"phrasings": ("CCCD 012345678901 của tôi",)},
    ],
)
def test_personal_data_is_never_published(house, changes) -> None:
    question_id = house.answered()
    with pytest.raises(InvalidInput, match="redaction_undecided"):
        publish(house, question_id, **changes)
    assert house.see(faq_store.publication_number) == 0


def test_a_page_needs_a_known_topic_and_a_basis(house) -> None:
    question_id = house.answered()
    with pytest.raises(InvalidInput, match="topic_unknown"):
        publish(house, question_id, topic="khong-co")
    with pytest.raises(InvalidInput, match="legal_basis_missing"):
        publish(house, question_id, legal_basis=())


def test_changed_words_are_sent_to_the_asker_and_keep_their_author(house) -> None:
    question_id = house.answered()
    live_id = publish(house, question_id, short_answer="Nay đọc lại như sau.", question="Lời hỏi công khai?")
    first, correction = house.told(question_id)
    assert first["notice"] == "officer_answer"
    assert correction["notice"] == "correction"
    assert correction["answer"]["short_answer"] == "Nay đọc lại như sau."
    live = house.see(faq_store.revision, live_id)
    assert (live.author, live.number) == ("officer", 2)
    states = [revision.state for revision in house.see(faq_store.revisions_of, live.key)]
    assert states == [RevisionState.SUPERSEDED, RevisionState.PUBLISHED]


@pytest.mark.parametrize("changes", [{"question": "Chỉ lời hỏi đổi?"}, {"phrasings": ("thêm một cách hỏi",)}])
def test_what_does_not_change_the_answer_sends_nothing(house, changes) -> None:
    question_id = house.answered()
    publish(house, question_id, **changes)
    assert len(house.told(question_id)) == 1


def test_a_correction_can_be_left_out_and_silence_is_kept(house) -> None:
    quiet = house.answered(resident="r1")
    publish(house, quiet, correct=False, short_answer="Sửa dấu chấm.")
    stopped = house.answered("Câu khác?", resident="r2")
    house.do(contact_store.set_stopped, house.question(stopped).contact_ref, stopped=True)
    publish(house, stopped, short_answer="Lời mới.")
    assert [len(house.told(question_id)) for question_id in (quiet, stopped)] == [1, 1]
    assert "delivery_withheld" in house.events(stopped)
    assert "correction" not in house.events(stopped)


def test_a_text_is_published_once(house) -> None:
    question_id = house.answered()
    revision = house.review(question_id)
    publish(house, question_id)
    with pytest.raises(Conflict, match="revision_state"):
        house.do(editorial.approve_and_publish, house.who("editor2"), revision.id, revision.entry)
    with pytest.raises(NotFound):
        house.do(editorial.approve_and_publish, house.who("editor"), 10**6, revision.entry)


def test_of_two_decisions_at_once_one_stands(house) -> None:
    for number in range(3):
        question_id = house.answered(f"Câu hỏi lạ số {number}?")
        revision = house.review(question_id)

        def decide(act, revision=revision) -> str:
            try:
                act(revision)
            except Conflict:
                return "too late"
            return "done"

        acts = [
            lambda one: house.do(editorial.approve_and_publish, house.who("editor"), one.id, one.entry),
            lambda one: house.do(editorial.return_with_note, house.who("editor2"), one.id, "Viết rõ hơn."),
        ]
        with ThreadPoolExecutor(4) as threads:
            assert sorted(threads.map(decide, acts * 2)) == ["done", "too late", "too late", "too late"]
        decided = [action for action in house.events(question_id) if action in ("publish", "return")]
        assert len(decided) == 1


def test_two_officers_answer_the_same_words_at_once(house) -> None:
    asked = [house.assigned("Cùng một câu hỏi lạ?", name, name) for name in ("officer", "officer2")]

    def answer(name, question_id) -> int:
        return house.do(officer_queue.answer, house.who(name), question_id, house.words())

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(answer, ("officer", "officer2"), asked))
    assert len({house.review(question_id).slug for question_id in asked}) == 2


# --- returning and proposing ----------------------------------------------------------------------


def test_a_returned_text_is_amended_and_published(house) -> None:
    question_id = house.answered()
    revision = house.review(question_id)
    with pytest.raises(InvalidInput, match="note_missing"):
        house.do(editorial.return_with_note, house.who("editor"), revision.id, "  ")
    house.do(editorial.return_with_note, house.who("editor"), revision.id, "Thiếu mức.")
    assert house.review(question_id).note == "Thiếu mức."
    with pytest.raises(Conflict):
        publish(house, question_id)
    better = replace(revision.entry, short_answer="Đã thêm mức.")
    house.do(editorial.amend, house.who("officer"), revision.id, better)
    publish(house, question_id)
    assert house.question(question_id).disposition == Disposition.OWN_PAGE


def test_a_proposed_text_of_a_live_entry_takes_its_place(house) -> None:
    live = house.see(faq_store.published_of, "E1")
    text = replace(live.entry, short_answer="Mức mới.")
    revision_id = house.do(editorial.propose, house.who("officer"), text)
    with pytest.raises(Conflict, match="revision_open"):
        house.do(editorial.propose, house.who("officer2"), text)
    assert house.see(faq_store.published_of, "E1").id == live.id
    house.do(editorial.approve_and_publish, house.who("editor"), revision_id, text)
    now = house.see(faq_store.published_of, "E1")
    assert (now.id, now.entry.short_answer) == (revision_id, "Mức mới.")
    assert house.see(faq_store.revision, live.id).state == RevisionState.SUPERSEDED


# --- linking, excluding, withdrawing --------------------------------------------------------------


def test_linking_gives_the_entry_a_phrasing(house) -> None:
    question_id = house.answered("Anh Thử số 0912345678 hỏi chuyện lạ?")
    with pytest.raises(InvalidInput, match="redaction_undecided"):
        house.do(editorial.link, house.who("editor"), question_id, "E1", house.question(question_id).text)
    house.do(editorial.link, house.who("editor"), question_id, "E1", " hỏi chuyện lạ ")
    question = house.question(question_id)
    assert (question.disposition, question.disposition_entry) == (Disposition.LINKED, "E1")
    assert "hỏi chuyện lạ" in house.see(faq_store.published_of, "E1").entry.phrasings
    assert house.review(question_id).state == RevisionState.SUPERSEDED
    assert house.see(ledger)["linked"] == 1


def test_linking_needs_a_live_entry(house) -> None:
    question_id = house.answered()
    with pytest.raises(NotFound):
        house.do(editorial.link, house.who("editor"), question_id, "KHONG-CO", "")


def test_excluding_keeps_the_text_out(house) -> None:
    question_id = house.answered()
    house.do(editorial.exclude, house.who("editor"), question_id, CloseReason.PERSONAL_CASE)
    assert house.see(ledger)["excluded"] == {"personal_case": 1}
    assert house.review(question_id).state == RevisionState.SUPERSEDED
    with pytest.raises(Conflict):
        publish(house, question_id)


def test_what_is_public_is_withdrawn_before_it_is_excluded(house) -> None:
    question_id = house.answered()
    publish(house, question_id)
    editor, key = house.who("editor"), house.question(question_id).disposition_entry
    with pytest.raises(Conflict, match="withdraw_first"):
        house.do(editorial.exclude, editor, question_id, CloseReason.PERSONAL_CASE)
    with pytest.raises(Conflict, match="withdraw_first"):
        house.do(officer_queue.close, house.who("officer"), question_id, CloseReason.PERSONAL_CASE, "")
    reopened(house, question_id)  # and answered again: the page that is live is not the newest text
    house.do(officer_queue.claim, house.who("officer"), question_id)
    house.do(officer_queue.answer, house.who("officer"), question_id, house.words(short_answer="Khác."))
    with pytest.raises(Conflict, match="withdraw_first"):
        house.do(editorial.exclude, editor, question_id, CloseReason.PERSONAL_CASE)
    house.do(editorial.withdraw, editor, key, "riêng tư")
    house.do(editorial.exclude, editor, question_id, CloseReason.PERSONAL_CASE)
    assert house.see(faq_store.published_of, key) is None
    assert house.see(ledger)["excluded"] == {"personal_case": 1}


def test_withdrawing_returns_every_linked_question(house) -> None:
    own, linked = house.answered(resident="r1"), house.answered("Câu khác?", resident="r2")
    publish(house, own)
    key = house.question(own).disposition_entry
    house.do(editorial.link, house.who("editor"), linked, key, "")
    by_bot = house.asked("Câu ba?", "r3")
    house.do(officer_queue.answer_by_bot, by_bot, key, house.see(faq_store.published_of, key).id)
    assert house.see(ledger) == {"total": 3, "own_page": 1, "linked": 2, "excluded": {}, "pending": 0}
    with pytest.raises(InvalidInput, match="note_missing"):
        house.do(editorial.withdraw, house.who("editor"), key, "")
    house.do(editorial.withdraw, house.who("editor"), key, "sai căn cứ")
    assert house.see(ledger) == {"total": 3, "own_page": 0, "linked": 0, "excluded": {}, "pending": 3}
    assert house.see(faq_store.published_of, key) is None
    assert [question.disposition_entry for question in map(house.question, (own, linked, by_bot.id))] == [None] * 3
    on_the_desk = [question.id for question in house.see(question_store.waiting_for_publication, "0/")]
    assert on_the_desk == [own, linked, by_bot.id]
    with pytest.raises(NotFound):
        house.do(editorial.withdraw, house.who("editor"), key, "lần nữa")


def test_a_closed_question_may_still_be_published(house) -> None:
    question_id = house.answered()
    house.do(officer_queue.close, house.who("officer"), question_id, CloseReason.SETTLED, "")
    publish(house, question_id)
    question = house.question(question_id)
    assert (question.state, question.disposition) == (QuestionState.CLOSED, Disposition.OWN_PAGE)


def test_plain_words_travel_with_the_answer_and_say_no_figure_of_their_own(house) -> None:
    """Through review by another, word for word; into an export and back; refused where they add a figure."""
    typed = an_entry("E1", short_answer="Trả lời mới: 70%.", easy_read="Nhà nước giúp 70 phần trăm.")
    made = house.do(editorial.propose, house.who("officer"), typed)
    strange = replace(typed, easy_read="Nhà nước giúp 75%.")
    for day in (None, date(2026, 12, 15)):
        with pytest.raises(InvalidInput, match="easy_read_figures"):
            house.do(
                editorial.approve_and_publish, house.who("editor"), made, strange, publish_on=day, public_note="Đổi."
            )
    with pytest.raises(Forbidden, match="editor_only"):
        house.do(editorial.approve_and_publish, house.who("officer"), made, typed, public_note="Đổi.")
    live = house.do(editorial.approve_and_publish, house.who("editor"), made, typed, public_note="Đổi.")
    assert house.see(faq_store.revision, live).entry.easy_read == typed.easy_read
    (kept,) = [one for one in house.see(export_content).entries if one.key == "E1"]
    assert kept.easy_read == typed.easy_read
    # Plain words alone are no change of substance: nobody has to be told.
    eased = replace(typed, easy_read="Được giúp 70%.")
    again = house.do(editorial.propose, house.who("officer"), eased)
    assert house.do(editorial.approve_and_publish, house.who("editor"), again, eased)
    assert house.see(faq_store.corrections, "E1")["E1"][0].note == "Đổi."
