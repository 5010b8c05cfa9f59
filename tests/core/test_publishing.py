"""The other ways to a public text: on its day, alone in an emergency, a slip of the pen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from knowledge_base import editorial, publishing
from knowledge_base.errors import Conflict, Forbidden, InvalidInput
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.spelling import guard_spelling
from knowledge_base.storage import event_store, faq_store
from tests.core.conftest import House, an_entry

LATER = date(2026, 12, 1)
NOTE = "Từ tháng mười hai hỏi ở nơi khác."
MIDNIGHT = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)  # 00:00 of 1 December in Viet Nam


def proposed(house: House, author: str = "editor", **changes: str) -> int:
    return house.do(editorial.propose, house.who(author), an_entry("E1", **changes))


def scheduled(house: House, **changes: str) -> int:
    revision_id = proposed(house, short_answer="Từ tháng mười hai thì khác.", **changes)
    entry = house.see(faq_store.revision, revision_id).entry
    return house.do(
        editorial.approve_and_publish, house.who("editor2"), revision_id, entry, publish_on=LATER, public_note=NOTE
    )


def live(house: House) -> str:
    return house.see(faq_store.published_of, "E1").entry.short_answer


def test_what_is_approved_for_a_day_goes_live_on_it_by_itself(house: House) -> None:
    scheduled(house)
    assert live(house) == "Trả lời ngắn E1."
    for early in (MIDNIGHT - timedelta(days=3), MIDNIGHT - timedelta(seconds=1)):
        house.clock.set(early)
        assert house.do(publishing.publish_due) == 0
        assert live(house) == "Trả lời ngắn E1."
    house.clock.set(MIDNIGHT)
    number = house.see(faq_store.publication_number)
    assert house.do(publishing.publish_due) == 1
    assert live(house) == "Từ tháng mười hai thì khác."
    assert house.see(faq_store.publication_number) == number + 1
    assert house.see(faq_store.published_of, "E1").approved_by == "editor2"
    assert [told.note for told in house.see(faq_store.corrections)["E1"]] == [NOTE]
    assert house.do(publishing.publish_due) == 0


def test_phrasings_change_on_the_day_and_not_before(house: House) -> None:
    revision_id = proposed(house, short_answer="Khác.")
    entry = replace(house.see(faq_store.revision, revision_id).entry, phrasings=("câu hỏi mới về E1",))
    house.do(editorial.approve_and_publish, house.who("editor2"), revision_id, entry, publish_on=LATER)
    assert house.see(faq_store.published_of, "E1").entry.phrasings == ("hỏi về E1",)
    house.clock.set(MIDNIGHT)
    house.do(publishing.publish_due)
    assert house.see(faq_store.published_of, "E1").entry.phrasings == ("câu hỏi mới về E1",)


def test_a_schedule_is_the_one_open_text_of_its_entry_and_can_be_stopped(house: House) -> None:
    revision_id = scheduled(house)
    with pytest.raises(Conflict, match="revision_open"):
        proposed(house)
    house.do(editorial.return_with_note, house.who("editor"), revision_id, "để sau")
    house.clock.set(MIDNIGHT)
    assert house.do(publishing.publish_due) == 0
    assert live(house) == "Trả lời ngắn E1."


def test_a_text_whose_basis_is_over_on_its_day_returns_instead(house: House) -> None:
    revision_id = scheduled(house)
    document = house.see(faq_store.documents)["01/2026/TT-THU"]
    window = replace(document.in_force, to_day=date(2026, 11, 30))
    house.do(faq_store.put_document, replace(document, in_force=window))
    house.clock.set(MIDNIGHT)
    house.do(publishing.publish_due)
    returned = house.see(faq_store.revision, revision_id)
    assert (returned.state, returned.note) == (RevisionState.AMENDS_NEEDED, "legal_basis_expired")
    assert live(house) == "Trả lời ngắn E1."


def test_the_author_schedules_nothing_of_his_own(house: House) -> None:
    revision_id = proposed(house)
    entry = house.see(faq_store.revision, revision_id).entry
    with pytest.raises(Forbidden, match="author_is_approver"):
        house.do(editorial.approve_and_publish, house.who("editor"), revision_id, entry, publish_on=LATER)


def test_the_bypass_needs_a_reason_and_stays_reported_until_another_has_looked(house: House) -> None:
    revision_id = proposed(house, short_answer="Khẩn.")
    entry, editor = house.see(faq_store.revision, revision_id).entry, house.who("editor")
    with pytest.raises(InvalidInput, match="bypass_reason"):
        house.do(publishing.publish_by_bypass, editor, revision_id, entry, "gấp")
    for name in ("officer", "administrator", "auditor", "collaborator"):
        with pytest.raises(Forbidden):
            house.do(publishing.publish_by_bypass, house.who(name), revision_id, entry, "bão vào đêm nay")
    live_id = house.do(publishing.publish_by_bypass, editor, revision_id, entry, "bão vào đêm nay")
    [told] = house.see(faq_store.bypasses)
    assert (told.id, told.bypass_reason, told.bypass_checked_by) == (live_id, "bão vào đêm nay", None)
    assert live(house) == "Khẩn."
    with pytest.raises(Forbidden):
        house.do(publishing.check_bypass, editor, live_id)
    house.do(publishing.check_bypass, house.who("editor2"), live_id)
    assert house.see(faq_store.bypasses)[0].bypass_checked_by == "editor2"
    with pytest.raises(Conflict):
        house.do(publishing.check_bypass, house.who("editor2"), live_id)
    actions = [event.action for event in house.see(event_store.events_of, entry_key="E1")]
    assert actions[:3] == ["bypass_checked", "bypass", "publish"]


def test_the_bypass_goes_past_the_second_person_and_past_nothing_else(house: House) -> None:
    revision_id = proposed(house, short_answer="Gọi ông Nguyễn Văn Thử, số 0912 345 678.")
    entry = house.see(faq_store.revision, revision_id).entry
    with pytest.raises(InvalidInput, match="redaction_undecided"):
        house.do(publishing.publish_by_bypass, house.who("editor"), revision_id, entry, "bão vào đêm nay")
    bare = replace(entry, short_answer="Chờ.", legal_basis=())
    with pytest.raises(InvalidInput, match="legal_basis_missing"):
        house.do(publishing.publish_by_bypass, house.who("editor"), revision_id, bare, "bão vào đêm nay")


def test_a_slip_of_the_pen_is_mended_at_once_and_recorded(house: House) -> None:
    slip = an_entry("E1", short_answer="Trả lơi ngắn E1.")
    revision_id = house.do(editorial.propose, house.who("officer"), slip)
    house.do(editorial.approve_and_publish, house.who("editor"), revision_id, slip)
    house.do(publishing.correct_spelling, house.who("editor"), "E1", an_entry("E1"))
    now = house.see(faq_store.published_of, "E1")
    assert (now.entry.short_answer, now.author, now.note) == ("Trả lời ngắn E1.", "officer", "spelling")
    assert house.see(event_store.events_of, entry_key="E1")[0].action == "spelling"
    with pytest.raises(Forbidden):
        house.do(publishing.correct_spelling, house.who("officer"), "E1", slip)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Hộ nghèo được miễn.", "Hộ nghèo không miễn."),
        ("Hộ nghèo được miễn.", "Hộ cận được miễn."),
        ("Nhận 500.000 đồng.", "Nhận 600.000 đồng."),
        ("Nộp trước ngày 15.", "Nộp sau ngày 15."),
        ("Nộp đơn ở xã.", "Nộp đơn ở xã và huyện."),
        ("Nộp đơn ở xã.", "Nộp đơn ở tỉnh."),
        ("Nộp đơn ở xã.", "Nộp đơn ở xã."),
    ],
)
def test_what_changes_the_rule_is_no_slip(before: str, after: str) -> None:
    with pytest.raises(InvalidInput):
        guard_spelling(an_entry(short_answer=before), an_entry(short_answer=after))


@pytest.mark.parametrize(
    ("before", "after"),
    [("Nộp đơn ơ xã.", "Nộp đơn ở xã."), ("Hộ ngèo nộp đơn", "Hộ nghéo nộp đơn"), ("bảo hiêm y tế", "bảo hiểm y tế")],
)
def test_letters_and_marks_are(before: str, after: str) -> None:
    assert guard_spelling(an_entry(short_answer=before), an_entry(short_answer=after)) == 1
