"""Editors' verbs on the register of legal documents, and what dates make of the answers."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from knowledge_base import law_register, officer_queue
from knowledge_base.content import export_content, import_content
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.faq.entry import InForce
from knowledge_base.faq.legal_document import LegalDocument
from knowledge_base.faq.sheet import Placed, Sheet
from knowledge_base.faq.sheet_files import read_sheet
from knowledge_base.faq.sheet_write import yaml_files
from knowledge_base.law_register import Repeal, fingerprint
from knowledge_base.live_faq import LiveFaq, read_content
from knowledge_base.storage import event_store, faq_store
from tests.core.conftest import LAW, OLD_LAW, House

LAST_MINUTE = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)  # 23:59 in Viet Nam
MIDNIGHT = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
NEW_YEAR = date(2027, 1, 1)
NEW = LegalDocument(
    "03/2026/TT-THU",
    "Thông tư",
    "Văn bản thử nghiệm",
    "Cơ quan thử nghiệm",
    date(2026, 10, 1),
    InForce(NEW_YEAR),
    "https://van-ban.example/3",
    "in_force",
)


def stored(house: House, number: str) -> LegalDocument:
    found: LegalDocument = house.see(faq_store.documents)[number]
    return found


def add(house: House, document: LegalDocument = NEW, who: str = "editor") -> Any:
    return house.do(law_register.add_document, house.who(who), document)


def test_an_editor_adds_a_document_and_it_is_live_at_once(house: House) -> None:
    before = house.see(faq_store.publication_number)
    assert add(house, replace(NEW, number="  03/2026/TT-THU ", title="Văn bản\n thử nghiệm")) == NEW.number
    assert stored(house, NEW.number) == NEW
    assert house.see(faq_store.publication_number) == before + 1
    event = house.see(event_store.events_of)[0]
    assert (event.actor, event.action, event.data["document"]) == ("editor", "law_add", NEW.number)


@pytest.mark.parametrize("who", ["officer", "administrator", "auditor", "collaborator"])
def test_only_editors_change_the_register(small_house: House, who: str) -> None:
    member, seen = small_house.who(who), fingerprint(stored(small_house, LAW))
    for verb, arguments in (
        (law_register.add_document, (NEW,)),
        (law_register.change_document, (replace(NEW, number=LAW), seen)),
        (law_register.repeal, (Repeal(LAW, NEW_YEAR),)),
    ):
        with pytest.raises(Forbidden, match="editor_only"):
            small_house.do(verb, member, *arguments)
    assert NEW.number not in small_house.see(faq_store.documents)


@pytest.mark.parametrize(
    ("changes", "key", "field"),
    [
        ({"number": " "}, "law_field_missing", "number"),
        ({"kind": ""}, "law_field_missing", "kind"),
        ({"title": ""}, "law_field_missing", "title"),
        ({"number": "x" * 121}, "too_long", "number"),
        ({"link": "javascript:alert(1)"}, "law_link", "link"),
        ({"link": "van-ban.example"}, "law_link", "link"),
        ({"link": "https://a b"}, "law_link", "link"),
        ({"in_force": InForce(NEW_YEAR, date(2026, 1, 1))}, "law_window_reversed", "to_day"),
        ({"status": "perhaps"}, "law_status", "status"),
        ({"status": "expired"}, "law_end_missing", "to_day"),
        ({"replaced_by": NEW.number}, "law_successor_self", "replaced_by"),
        ({"replaced_by": "9/9"}, "law_successor_unknown", "replaced_by"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    small_house: House, changes: dict[str, Any], key: str, field: str
) -> None:
    with pytest.raises(InvalidInput, match=key) as caught:
        add(small_house, replace(NEW, **changes))
    assert caught.value.data["field"] == field


def test_a_number_is_taken_whatever_its_capitals(small_house: House) -> None:
    add(small_house)
    with pytest.raises(Conflict, match="law_number_taken"):
        add(small_house, replace(NEW, number="03/2026/tt-thu"))


def test_a_change_needs_the_latest_values(house: House) -> None:
    add(house)
    first, second = replace(NEW, title="Một tên khác"), replace(NEW, title="Tên thứ ba")
    seen = fingerprint(NEW)
    assert house.do(law_register.change_document, house.who("editor"), first, seen)
    assert not house.do(law_register.change_document, house.who("editor"), first, seen)  # a double click
    with pytest.raises(Conflict, match="law_changed"):
        house.do(law_register.change_document, house.who("editor2"), second, seen)
    assert stored(house, NEW.number) == first
    event = house.see(event_store.events_of)[0]
    assert (event.action, event.data["fields"], event.data["was"]) == ("law_change", ["title"], {"title": NEW.title})
    with pytest.raises(NotFound, match="law_document"):
        house.do(law_register.change_document, house.who("editor"), replace(NEW, number="9/9"), seen)


def test_a_repeal_ends_the_document_and_is_told_to_every_citing_entry(house: House) -> None:
    add(house)
    order = Repeal(LAW, NEW_YEAR, replaced_by=NEW.number)
    assert house.do(law_register.repeal, house.who("editor"), order) == 2
    found = stored(house, LAW)
    assert (found.status, found.in_force.to_day, found.replaced_by) == ("repealed", date(2026, 12, 31), NEW.number)
    assert found.standing(date(2026, 12, 31)) == "in_force"
    event = house.see(event_store.events_of, entry_key="E1")[0]
    assert (event.action, event.data) == ("law_repeal", {"document": LAW, "from_day": "2027-01-01"})
    with pytest.raises(Conflict, match="law_ended"):
        house.do(law_register.repeal, house.who("editor"), order)


@pytest.mark.parametrize(
    ("order", "key"),
    [
        (Repeal(LAW, date(2026, 1, 1)), "law_repeal_day"),
        (Repeal(LAW, date.min), "law_repeal_day"),
        (Repeal(LAW, NEW_YEAR, "in_force"), "law_status"),
        (Repeal(LAW, NEW_YEAR, "expired", "9/9"), "law_successor_unknown"),
        (Repeal(LAW, NEW_YEAR, "expired", LAW), "law_successor_self"),
    ],
)
def test_a_repeal_that_cannot_be(small_house: House, order: Repeal, key: str) -> None:
    with pytest.raises(InvalidInput, match=key):
        small_house.do(law_register.repeal, small_house.who("editor"), order)


def test_a_repeal_never_makes_a_document_live_longer(small_house: House) -> None:
    small_house.do(law_register.repeal, small_house.who("editor"), Repeal(OLD_LAW, NEW_YEAR))
    assert stored(small_house, OLD_LAW).in_force.to_day == date(2025, 12, 31)


# --- what dates make of the answers ---------------------------------------------------------------


def test_nothing_is_given_whose_law_has_ended_from_midnight_on(house: House) -> None:
    house.do(law_register.repeal, house.who("editor"), Repeal(LAW, NEW_YEAR))
    content = house.see(read_content)
    assert {key: one.entry.in_force.to_day for key, one in content.revisions.items()} == dict.fromkeys(
        ("E1", "E2"), date(2026, 12, 31)
    )
    assert {one.entry.in_force.to_day for one in content.written.values()} == {None}
    question = house.assigned()
    house.clock.set(MIDNIGHT)
    with pytest.raises(NotFound, match="entry"):
        house.do(officer_queue.answer_with_entry, house.who("officer"), question, "E1")
    house.clock.set(LAST_MINUTE)
    assert house.do(officer_queue.answer_with_entry, house.who("officer"), question, "E1")


async def test_the_bot_matches_until_the_last_minute(small_house: House) -> None:
    small_house.do(law_register.repeal, small_house.who("editor"), Repeal(LAW, NEW_YEAR))
    faq = LiveFaq(small_house.database, small_house.clock)
    await faq.refresh()
    small_house.clock.set(LAST_MINUTE)
    assert "E1" in faq.snapshot.in_force_on(faq.today())
    assert (await faq.match("hỏi về E1")).candidates
    small_house.clock.set(MIDNIGHT)
    assert not faq.snapshot.in_force_on(faq.today())
    assert not faq.snapshot.in_force(faq.today())
    assert (await faq.match("hỏi về E1")).reason == "nothing_in_force"


def test_an_answer_goes_when_its_law_ended_nobody_knows_when(small_house: House) -> None:
    small_house.do(faq_store.put_document, LegalDocument(LAW, status="expired"))
    content = small_house.see(read_content)
    assert not content.revisions
    assert set(content.written) == {"E1", "E2"}


# --- sheets ---------------------------------------------------------------------------------------


def test_importing_an_export_changes_nothing(house: House, tmp_path: Any) -> None:
    add(house)
    house.do(law_register.repeal, house.who("editor"), Repeal(LAW, NEW_YEAR, replaced_by=NEW.number))
    for name, text in yaml_files(house.see(export_content)).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    sheet = read_sheet(tmp_path)
    assert {placed.value.number: placed.value for placed in sheet.documents} == house.see(faq_store.documents)
    assert house.do(import_content, sheet).documents == ()


def test_a_start_does_not_undo_what_an_editor_registered(house: House) -> None:
    shipped = Sheet(documents=[Placed(LegalDocument(LAW, in_force=InForce(date(2026, 1, 1))), "f", {"": 1})])
    house.do(law_register.repeal, house.who("editor"), Repeal(LAW, NEW_YEAR))
    assert house.do(import_content, shipped, only_changed_sheets=True).documents == ()
    assert stored(house, LAW).status == "repealed"
    assert house.do(import_content, shipped).documents == (LAW,)  # an explicit import is the truth
    assert stored(house, LAW).status == "unknown"
    newer = Sheet(documents=[Placed(LegalDocument(LAW, kind="Thông tư"), "f", {"": 1})])
    assert house.do(import_content, newer, only_changed_sheets=True).documents == (LAW,)
