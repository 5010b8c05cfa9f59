"""The console's list of entries in memory shows what the store has, whatever changed it."""

from dataclasses import replace
from typing import Any

from knowledge_base import editorial
from knowledge_base.entry_list import EntryList
from knowledge_base.faq.publication import RevisionState
from knowledge_base.storage import faq_store
from tests.core.conftest import House, an_entry


def listed(house: House, entries: EntryList) -> dict[str, Any]:
    found = {one.revision.key: one for one in house.see(entries.all)}
    # What a list that never saw the store before would show.
    assert found == {one.revision.key: one for one in house.see(EntryList().all)}
    return found


def test_every_change_is_seen(house: House) -> None:
    entries = EntryList()
    assert listed(house, entries)["E1"].revision.state == "published"

    proposed = house.do(editorial.propose, house.who("editor"), an_entry("E1", short_answer="Khác."))
    assert listed(house, entries)["E1"].revision.entry.short_answer == "Trả lời ngắn E1."
    wording = replace(an_entry("E1", short_answer="Khác."), phrasings=("hỏi cách khác",))
    house.do(editorial.approve_and_publish, house.who("editor2"), proposed, wording)
    now = listed(house, entries)["E1"]
    assert (now.revision.id, "hoi cach khac" in now.folded) == (proposed, True)

    new = house.do(editorial.propose, house.who("editor"), an_entry("E9"))
    assert listed(house, entries)["E9"].revision.state == "in_review"
    house.do(editorial.return_with_note, house.who("editor2"), new, "Sai số liệu.")
    assert listed(house, entries)["E9"].revision.state == "amends_needed"
    assert [one.id for one in house.see(faq_store.latest_revisions, RevisionState.AMENDS_NEEDED)] == [new]

    house.do(editorial.withdraw, house.who("editor2"), "E1", "Hết hiệu lực.")
    assert listed(house, entries)["E1"].revision.state == "withdrawn"


def test_only_what_changed_is_read_again(house: House) -> None:
    entries = EntryList()
    before = {one.revision.key: one for one in house.see(entries.all)}
    house.do(editorial.propose, house.who("editor"), an_entry("E9"))
    after = {one.revision.key: one for one in house.see(entries.all)}
    assert set(after) - set(before) == {"E9"}
    assert all(after[key] is before[key] for key in before)
