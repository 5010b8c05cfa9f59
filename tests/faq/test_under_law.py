"""The law's dates reach the answers: windows that end with it, and what is to be reviewed because of it."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument
from knowledge_base.faq.under_law import notices, to_review, window_under_law

DAY = date(2026, 11, 23)
NEW_YEAR_EVE, NEW_YEAR = date(2026, 12, 31), date(2027, 1, 1)
OPEN = LegalDocument("1/TT")
ENDING = LegalDocument("2/TT", in_force=InForce(date(2021, 1, 1), NEW_YEAR_EVE), status="in_force", replaced_by="3/TT")
COMING = LegalDocument("3/TT", in_force=InForce(NEW_YEAR))
UNDATED = LegalDocument("4/TT", status="expired")
REGISTER = {one.number: one for one in (OPEN, ENDING, COMING, UNDATED)}


def an_entry(*numbers: str, kind: str = "answer", window: InForce | None = None, key: str = "E1") -> FaqEntry:
    return FaqEntry(
        key=key,
        kind="referral" if kind == "referral" else "answer",
        status="approved",
        approved_by="project",
        topic="t",
        question="Hỏi?",
        short_answer="Đáp.",
        legal_basis=tuple(LegalBasis(number) for number in numbers),
        in_force=window or InForce(),
    )


@pytest.mark.parametrize(
    ("numbers", "last"),
    [
        (("1/TT",), None),
        (("2/TT",), NEW_YEAR_EVE),
        (("2/TT", "1/TT"), None),  # one that goes on is enough
        (("2/TT", "3/TT"), None),
        (("2/TT", "4/TT"), NEW_YEAR_EVE),
        (("4/TT",), date.min),  # ended, nobody knows when: never
        (("nowhere",), None),
        ((), None),
    ],
)
def test_an_answer_ends_with_the_last_of_its_documents(numbers: tuple[str, ...], last: date | None) -> None:
    assert window_under_law(an_entry(*numbers), REGISTER).to_day == last


def test_its_own_window_is_never_made_longer() -> None:
    short = InForce(date(2026, 1, 1), date(2026, 6, 30))
    assert window_under_law(an_entry("2/TT", window=short), REGISTER) == short
    assert window_under_law(an_entry("2/TT", window=InForce(date(2026, 1, 1))), REGISTER) == InForce(
        date(2026, 1, 1), NEW_YEAR_EVE
    )


def test_referrals_stand_on_nothing() -> None:
    referral = an_entry("4/TT", kind="referral")
    assert window_under_law(referral, REGISTER) == referral.in_force
    assert notices(referral, REGISTER, DAY) == []


@pytest.mark.parametrize(
    ("document", "day", "reason"),
    [
        ("1/TT", DAY, None),
        ("2/TT", DAY, "ends_first"),
        ("2/TT", NEW_YEAR_EVE, "ends_first"),
        ("2/TT", NEW_YEAR, "ended"),
        ("3/TT", NEW_YEAR_EVE, "not_yet"),
        ("3/TT", NEW_YEAR, None),
        ("4/TT", DAY, "ended"),
        ("nowhere", DAY, "unregistered"),
    ],
)
def test_what_is_to_be_reviewed(document: str, day: date, reason: str | None) -> None:
    found = notices(an_entry(document), REGISTER, day)
    assert [one.reason for one in found] == ([reason] if reason else [])


def test_an_entry_that_ends_with_its_document_needs_no_review() -> None:
    together = an_entry("2/TT", window=InForce(None, NEW_YEAR_EVE))
    assert notices(together, REGISTER, DAY) == []
    assert notices(together, REGISTER, NEW_YEAR) == []  # over: history


def test_an_entry_that_begins_later_is_judged_by_its_first_day() -> None:
    assert notices(an_entry("3/TT", window=InForce(NEW_YEAR)), REGISTER, DAY) == []
    assert [one.reason for one in notices(an_entry("2/TT", window=InForce(NEW_YEAR)), REGISTER, DAY)] == ["ended"]


def test_a_document_cited_twice_is_told_once() -> None:
    twice = replace(an_entry("2/TT"), legal_basis=(LegalBasis("2/TT", "Điều 1"), LegalBasis("2/TT", "Điều 2")))
    found = notices(twice, REGISTER, DAY)
    assert [(one.document, one.day, one.replaced_by) for one in found] == [("2/TT", NEW_YEAR_EVE, "3/TT")]


def test_the_most_pressing_come_first() -> None:
    entries = [an_entry("2/TT", key="E1"), an_entry("4/TT", key="E2"), an_entry("nowhere", key="E3")]
    assert [one.key for one in to_review(entries, REGISTER, DAY)] == ["E2", "E3", "E1"]


@pytest.mark.parametrize(
    ("document", "day", "standing"),
    [
        (ENDING, NEW_YEAR_EVE, "in_force"),
        (ENDING, NEW_YEAR, "expired"),
        (replace(ENDING, status="repealed"), NEW_YEAR_EVE, "in_force"),  # repealed from a day to come
        (replace(ENDING, status="repealed"), NEW_YEAR, "repealed"),
        (COMING, NEW_YEAR_EVE, "not_yet"),
        (COMING, NEW_YEAR, "unknown"),
        (UNDATED, DAY, "expired"),
    ],
)
def test_how_a_document_stands_follows_its_dates(document: LegalDocument, day: date, standing: str) -> None:
    assert document.standing(day) == standing
