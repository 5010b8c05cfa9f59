"""No text becomes public, by whatever way, while a hit of personal data in it is undecided."""

from dataclasses import replace

import pytest

from knowledge_base import editorial, redacting
from knowledge_base.content import import_content
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound, SheetFaults
from knowledge_base.faq.public_text import passages_of
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.sheet import Placed, Sheet
from knowledge_base.redaction.decisions import Verdict, all_marks
from knowledge_base.redaction.find import MASK
from knowledge_base.storage import event_store, faq_store, question_store
from tests.core.conftest import an_entry

ASKED = "Tôi tên là Người Thử Đầu, số 0900000000, hỏi một điều lạ?"
MASKED = f"Tôi tên là {MASK}, số {MASK}, hỏi một điều lạ?"
OFFICE = "0211000000"


def marks(entry, *, asked=True):
    return all_marks(passages_of(entry, from_resident=asked))


def decide(house, revision, typed, ids, verdict=Verdict.MASKED, who="editor"):
    return house.do(redacting.decide_redaction, house.who(who), revision.id, typed, ids, verdict)


def test_the_question_stays_as_it_was_and_the_public_one_is_looked_at(house) -> None:
    question_id = house.answered(ASKED)
    revision = house.review(question_id)
    assert revision.entry.question == MASKED
    with pytest.raises(InvalidInput, match="redaction_undecided") as refused:
        house.do(editorial.approve_and_publish, house.who("editor"), revision.id, revision.entry)
    assert refused.value.data == {"field": "question", "words": [MASK], "count": 2}
    name, phone = marks(revision.entry)
    decide(house, revision, revision.entry, [name.id])
    with pytest.raises(InvalidInput, match="redaction_undecided"):
        house.do(editorial.approve_and_publish, house.who("editor"), revision.id, revision.entry)
    decide(house, revision, revision.entry, [phone.id])
    house.do(editorial.approve_and_publish, house.who("editor"), revision.id, revision.entry)
    assert house.see(faq_store.published_of, revision.key).entry.question == MASKED
    assert house.question(question_id).text == ASKED
    events = house.see(event_store.events_of, entry_key=revision.key)
    told = [event.data for event in events if event.action == "redact"]
    assert {(one["field"], one["kind"], one["verdict"]) for one in told} == {("question", "hidden", "masked")}
    assert "0900000000" not in str(told)


def test_what_is_kept_stays_and_what_is_masked_goes(house) -> None:
    question_id = house.answered()
    revision = house.review(question_id)
    typed = replace(
        revision.entry,
        short_answer=f"Gọi xã {OFFICE}.",
        details="Số của bạn: 0900000000.",
        phrasings=("của 0900000001",),
    )
    office, own, phrased = marks(typed)
    decide(house, revision, typed, [office.id], Verdict.KEPT)
    decide(house, revision, typed, [own.id, phrased.id])
    live_id = house.do(editorial.approve_and_publish, house.who("editor"), revision.id, typed)
    live = house.see(faq_store.revision, live_id).entry
    assert (live.short_answer, live.details) == (f"Gọi xã {OFFICE}.", f"Số của bạn: {MASK}.")
    assert live.phrasings == (f"của {MASK}",)


def test_masking_alone_corrects_nobody(house) -> None:
    question_id = house.assigned()
    words = house.words(short_answer="Đã ghi số 0900000000.")
    house.do(officer_answer, house.who("officer"), question_id, words)
    revision = house.review(question_id)
    decide(house, revision, revision.entry, [mark.id for mark in marks(revision.entry)])
    house.do(editorial.approve_and_publish, house.who("editor"), revision.id, revision.entry)
    assert house.see(faq_store.published_of, revision.key).entry.short_answer == f"Đã ghi số {MASK}."
    assert [body["notice"] for body in house.told(question_id)] == ["officer_answer"]


def officer_answer(tx, member, question_id, words):
    from knowledge_base import officer_queue  # noqa: PLC0415 - beside its one use

    return officer_queue.answer(tx, member, question_id, words)


def test_a_masked_place_is_put_back(house) -> None:
    revision = house.review(house.answered(ASKED))
    name, phone = marks(revision.entry)
    now = decide(house, revision, revision.entry, [phone.id], Verdict.KEPT)
    assert now.question == f"Tôi tên là {MASK}, số 0900000000, hỏi một điều lạ?"
    _found, decisions = house.see(redacting.redaction_of, now, from_resident=True)
    assert [decision.verdict for decision in decisions.values()] == ["kept"]
    decide(house, revision, now, [name.id])
    live_id = house.do(editorial.approve_and_publish, house.who("editor"), revision.id, now)
    assert house.see(faq_store.revision, live_id).entry.question == now.question


def test_what_was_blanked_cannot_be_put_back(house) -> None:
    question_id = house.answered(ASKED)
    revision = house.review(question_id)
    house.do(lambda tx: question_store.save(tx, question_store.question(tx, question_id), text=""))
    with pytest.raises(NotFound, match="redaction_original"):
        decide(house, revision, revision.entry, [marks(revision.entry)[0].id], Verdict.KEPT)


def test_only_another_editor_decides_about_a_text_in_review(house) -> None:
    question_id = house.answered(ASKED, officer="editor")
    revision = house.review(question_id)
    ids = [mark.id for mark in marks(revision.entry)]
    for who in ("editor", "officer", "administrator"):
        with pytest.raises(Forbidden):
            decide(house, revision, revision.entry, ids, who=who)
    for wrong in ([], ["0" * 24], [*ids, "x"]):
        with pytest.raises(Conflict, match="redaction_gone"):
            decide(house, revision, revision.entry, wrong, who="editor2")
    house.do(editorial.return_with_note, house.who("editor2"), revision.id, "sửa")
    with pytest.raises(Conflict, match="revision_state"):
        decide(house, revision, revision.entry, ids, who="editor2")


def test_decisions_outlive_changes_around_them_and_new_words_are_undecided(house) -> None:
    live = house.see(faq_store.published_of, "E1").entry
    first = replace(live, details=f"Gọi {OFFICE}.")
    revision = house.see(faq_store.revision, house.do(editorial.propose, house.who("officer"), first))
    decide(house, revision, first, [marks(first)[0].id], Verdict.KEPT)
    told = {"public_note": "Thêm nơi hỏi."}
    house.do(editorial.approve_and_publish, house.who("editor"), revision.id, first, **told)
    again = replace(first, details=f"Xin gọi {OFFICE} trong giờ làm việc.")
    next_id = house.do(editorial.propose, house.who("officer"), again)
    other = replace(again, details=f"{again.details} Hoặc 0211000001.")
    with pytest.raises(InvalidInput) as refused:
        house.do(editorial.approve_and_publish, house.who("editor"), next_id, other)
    assert refused.value.data["words"] == ["0211000001"]
    house.do(editorial.approve_and_publish, house.who("editor"), next_id, again)


# --- the other ways in ----------------------------------------------------------------------------


def sheet_of(entry) -> Sheet:
    return Sheet(entries=[Placed(entry, "a.csv", {"": 2})], documents=[], topics=[], faults=[])


FIELDS = {
    "question": {"question": f"Gọi {OFFICE} được không?"},
    "short_answer": {"short_answer": f"Gọi {OFFICE}."},
    "details": {"details": f"Gọi {OFFICE}."},
    "phrasings": {"phrasings": (f"gọi {OFFICE}",)},
}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("at_start", [False, True])
@pytest.mark.parametrize("key", ["E1", "E9"])
def test_an_import_publishes_nothing_undecided(small_house, field, at_start, key) -> None:
    before = small_house.see(faq_store.publication_number)
    entry = an_entry(key, **FIELDS[field])
    with pytest.raises(SheetFaults) as refused:
        small_house.do(import_content, sheet_of(entry), only_changed_sheets=at_start and key == "E9")
    assert [(fault.field, OFFICE in fault.reason) for fault in refused.value.faults] == [(field, True)]
    assert small_house.see(faq_store.publication_number) == before


def test_a_draft_may_be_imported_and_decided_about(small_house) -> None:
    entry = an_entry("E9", details=f"Gọi {OFFICE}.")
    small_house.do(import_content, sheet_of(replace(entry, status="draft", approved_by="")))
    revision_id = small_house.do(editorial.propose, small_house.who("officer"), entry)
    revision = small_house.see(faq_store.revision, revision_id)
    (mark,) = marks(entry, asked=False)
    decide(small_house, revision, entry, [mark.id], Verdict.KEPT)
    small_house.do(editorial.approve_and_publish, small_house.who("editor"), revision_id, entry)
    # What an editor kept may come back with a sheet; what he masked may not.
    small_house.do(import_content, sheet_of(replace(entry, short_answer="Lời khác.")))
    next_id = small_house.do(editorial.propose, small_house.who("officer"), entry)
    decide(small_house, small_house.see(faq_store.revision, next_id), entry, [mark.id], Verdict.MASKED)
    with pytest.raises(SheetFaults):
        small_house.do(import_content, sheet_of(replace(entry, short_answer="Lời khác nữa.")))


def test_no_address_of_a_page_tells_a_name(small_house) -> None:
    entry = an_entry("E9", question="Ông Người Thử Đầu số 0900000000 hỏi gì?", status="draft", approved_by="")
    small_house.do(editorial.propose, small_house.who("officer"), entry)
    (revision,) = small_house.see(faq_store.revisions_of, "E9")
    assert "0900000000" not in revision.slug
    assert revision.state == RevisionState.IN_REVIEW
