"""Shipped text is confirmed point by point, each bound to the words that were read; then its label falls."""

from dataclasses import replace

import pytest

from knowledge_base import confirming, editorial, publishing
from knowledge_base.confirming import Said
from knowledge_base.content import export_content, import_content
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.faq.checklist import Finding, Point, hash_of, open_points
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.sheet import Placed, Sheet
from knowledge_base.storage import event_store, faq_store, staff_store
from tests.core.conftest import House, an_entry


def said(house: House, *points: Point, key: str = "E1", **how: str) -> list[Said]:
    entry = house.see(confirming.shipped_one, key).revision.entry
    finding, remark = Finding(how.get("finding", "right")), how.get("remark", "")
    return [Said(point, finding, remark, hash_of(entry, point)) for point in points]


def check(house: House, *points: Point, who: str = "editor", key: str = "E1", **how: str) -> bool:
    return house.do(confirming.check, house.who(who), key, said(house, *points, key=key, **how))


def is_open(house: House, key: str = "E1") -> list[Point]:
    return open_points(house.see(confirming.shipped_one, key).points)


def publish(house: House, **changes: object) -> None:
    text = replace(an_entry("E1"), **changes)
    revision_id = house.do(editorial.propose, house.who("officer"), text)
    told = {"public_note": "Đã sửa."}
    house.do(editorial.approve_and_publish, house.who("editor2"), revision_id, text, **told)


def on_trial(house: House, key: str = "E1") -> bool:
    return house.see(faq_store.published_of, key).on_trial


def test_the_label_falls_with_the_fifth_point_and_only_of_that_entry(house: House) -> None:
    number = house.see(faq_store.publication_number)
    for point in list(Point)[:4]:
        assert not check(house, point)
        assert on_trial(house)
    assert house.see(faq_store.publication_number) == number
    assert check(house, Point.PHRASINGS, who="editor2")  # another person: each point has its own name
    assert house.see(faq_store.publication_number) == number + 1
    assert not on_trial(house)
    assert on_trial(house, "E2")
    points = house.see(confirming.shipped_one, "E1").points
    assert {found.by for found in points.values()} == {"editor", "editor2"}
    assert all(found.at == house.clock.now() for found in points.values())
    actions = [event.action for event in house.see(event_store.events_of, entry_key="E1")]
    assert actions == ["confirm", *["check"] * 5]


def test_a_changed_part_is_open_again_and_no_other(house: House) -> None:
    check(house, *Point)
    publish(house, details="Được 70%.")
    assert is_open(house) == [Point.TEXT, Point.FIGURES]
    assert on_trial(house)
    check(house, Point.TEXT, Point.FIGURES)
    assert not on_trial(house)
    assert house.see(faq_store.published_of, "E1").confirmed_by == "editor"
    publish(house, details="Được 70%.", topic="thu-tuc", phrasings=("hỏi về E1",))
    assert not on_trial(house)  # nothing that was looked at has changed


def test_two_people_here_are_no_way_round_the_points(house: House) -> None:
    publish(house, details="Khác.")
    assert on_trial(house)
    assert is_open(house) == list(Point)


def test_a_slip_mended_and_a_sheet_open_their_points(house: House) -> None:
    check(house, *Point)
    slip = replace(an_entry("E1"), short_answer="Trả lơì ngắn E1.")
    house.do(publishing.correct_spelling, house.who("editor"), "E1", slip)
    assert is_open(house) == [Point.TEXT]
    assert on_trial(house)
    check(house, Point.TEXT)
    sheet = Sheet([Placed(replace(slip, phrasings=("hỏi khác",)), "t.csv", 2)], [], [], [])
    house.do(import_content, sheet)
    assert is_open(house) == [Point.PHRASINGS]
    assert on_trial(house)
    check(house, Point.PHRASINGS)
    exported = {entry.key: entry.approved_by for entry in house.see(export_content).entries}
    assert exported == {"E1": "editor", "E2": "project"}
    again = Sheet([Placed(entry, "t.csv", 2) for entry in house.see(export_content).entries], [], [], [])
    assert house.do(import_content, again).keys("unchanged") == ["E1", "E2"]


def test_a_residents_wording_learned_opens_nothing(house: House) -> None:
    check(house, *Point)
    question_id = house.answered("câu dân hỏi")
    house.do(editorial.link, house.who("editor"), question_id, "E1", "dân hỏi thế này")
    assert not on_trial(house)
    assert is_open(house) == []


def test_what_is_wrong_goes_to_amends_with_the_remark(house: House) -> None:
    with pytest.raises(InvalidInput, match="remark_missing"):
        check(house, Point.FIGURES, finding="wrong")
    assert not check(house, Point.FIGURES, finding="wrong", remark="Mức này của năm ngoái.")
    check(house, Point.BASIS, finding="wrong", remark="Thiếu điều.")
    returned = house.see(faq_store.revisions_of, "E1")[-1]
    assert returned.state == RevisionState.AMENDS_NEEDED
    assert returned.note == "Mức này của năm ngoái.\nThiếu điều."
    assert on_trial(house)
    amended = house.do(editorial.amend, house.who("officer"), returned.id, an_entry("E1", details="Được 70%."))
    text = house.see(faq_store.revision, amended).entry
    house.do(editorial.approve_and_publish, house.who("editor"), amended, text, public_note="Đã sửa mức.")
    found = house.see(confirming.shipped_one, "E1")
    assert [check.point for check in found.wrong] == [Point.BASIS]  # that part is still as it was


def test_whoever_thinks_better_of_it_takes_the_text_from_amends(house: House) -> None:
    check(house, Point.BASIS, finding="wrong", remark="Thiếu điều.")
    check(house, Point.BASIS)
    assert house.see(faq_store.revisions_of, "E1")[-1].state == RevisionState.SUPERSEDED


@pytest.mark.parametrize("who", ["officer", "administrator", "auditor", "collaborator"])
def test_only_editors_confirm(house: House, who: str) -> None:
    with pytest.raises(Forbidden, match="editor_only"):
        check(house, *Point, who=who)
    assert on_trial(house)


def test_no_editor_of_a_unit_below_and_no_author_confirms(house: House) -> None:
    editor = house.who("editor")
    below = replace(editor, unit_code="7701", unit_path="0/77/7701/")
    with pytest.raises(Forbidden, match="top_unit_only"):
        house.do(confirming.check, below, "E1", said(house, *Point))
    text = an_entry("E1", details="Lời của người duyệt.")
    revision_id = house.do(editorial.propose, editor, text)
    house.do(editorial.approve_and_publish, house.who("editor2"), revision_id, text)
    with pytest.raises(Forbidden, match="author_is_approver"):
        check(house, *Point)
    assert check(house, *Point, who="editor2")


def test_what_is_said_holds_for_what_was_read(house: House) -> None:
    read = said(house, *Point)
    publish(house, details="Khác.")
    with pytest.raises(Conflict, match="part_changed"):
        house.do(confirming.check, house.who("editor"), "E1", read)
    assert is_open(house) == list(Point)
    with pytest.raises(InvalidInput, match="nothing_checked"):
        house.do(confirming.check, house.who("editor"), "E1", [])
    with pytest.raises(NotFound):
        house.do(confirming.check, house.who("editor"), "E9", read)
    assert house.see(staff_store.member_by_username, "editor")


def test_what_was_confirmed_as_a_whole_before_stays_so(house: House) -> None:
    live = house.see(faq_store.published_of, "E1")
    house.do(faq_store.set_revision, live.id, confirmed_by="administrator")
    house.do(confirming.settle, "E1")
    assert not on_trial(house)
