"""What changes on a day: beginnings, ends, ends that nothing follows, and the days around."""

from datetime import date

from knowledge_base.faq.cut_over import cut_over, days_of_change, family, neighbours
from knowledge_base.faq.entry import FaqEntry, InForce
from knowledge_base.faq.legal_document import LegalDocument

EVE, NEW_YEAR = date(2026, 12, 31), date(2027, 1, 1)


def an_entry(key: str, first: date | None = None, last: date | None = None) -> FaqEntry:
    window = InForce(first, last)
    return FaqEntry(key, "answer", "approved", "project", "t", f"{key}?", "Đáp.", in_force=window)


ENTRIES = [
    an_entry("T04", None, EVE),
    an_entry("T01-2027", NEW_YEAR),
    an_entry("T01", date(2022, 1, 1), EVE),
    an_entry("T02"),
    an_entry("T04-case", date(2022, 1, 1)),
    an_entry("T05", None, date(2027, 1, 1)),
]
DOCUMENTS = [
    LegalDocument("3/TT", in_force=InForce(NEW_YEAR)),
    LegalDocument("2/TT", in_force=InForce(None, EVE)),
    LegalDocument("1/TT", status="expired"),  # nobody knows when: no day to show it on
]


def keys(entries: tuple[FaqEntry, ...]) -> list[str]:
    return [entry.key for entry in entries]


def test_a_new_year() -> None:
    cut = cut_over(ENTRIES, DOCUMENTS, NEW_YEAR)
    assert keys(cut.begins) == ["T01-2027"]
    assert keys(cut.ends) == ["T01", "T04"]  # their last day was the eve
    assert keys(cut.left_open) == ["T04"]  # a case that goes on takes nobody's place
    assert [one.number for one in cut.documents_begin] == ["3/TT"]
    assert [one.number for one in cut.documents_end] == ["2/TT"]
    assert not cut.empty


def test_the_day_after_an_end_is_the_day_of_the_end() -> None:
    assert cut_over(ENTRIES, DOCUMENTS, EVE).empty
    assert keys(cut_over(ENTRIES, DOCUMENTS, date(2027, 1, 2)).ends) == ["T05"]


def test_a_successor_that_begins_a_day_late_is_none() -> None:
    late = [an_entry("T01", None, EVE), an_entry("T01-2027", date(2027, 1, 2))]
    assert keys(cut_over(late, [], NEW_YEAR).left_open) == ["T01"]


def test_days_with_changes_and_their_neighbours() -> None:
    days = days_of_change(ENTRIES, DOCUMENTS)
    assert days == [date(2022, 1, 1), NEW_YEAR, date(2027, 1, 2)]
    assert neighbours(days, date(2026, 11, 23)).after == NEW_YEAR
    assert neighbours(days, NEW_YEAR) == type(neighbours(days, NEW_YEAR))(date(2022, 1, 1), date(2027, 1, 2))
    assert neighbours([], NEW_YEAR).before is None


def test_the_ends_of_the_calendar_are_no_days() -> None:
    windows = [an_entry("A", date.min, date.max), an_entry("B", None, date.min)]
    assert days_of_change(windows, []) == [date.min]
    assert cut_over(windows, [], date.max).empty


def test_families() -> None:
    assert {family(key) for key in ("T01", "T01-2027", "T01-nong-thon")} == {"T01"}
    assert family("T011") == "T011"
