from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument
from knowledge_base.faq.upkeep import Lack, lacks_of_documents, lacks_of_entry, months_later, reviews_due

DAY = date(2026, 11, 22)
LAW = LegalDocument("1/2025/QĐ", issued_on=date(2025, 1, 1), link="https://example.org/1")
OLD = LegalDocument("2/2020/QĐ", in_force=InForce(None, date(2025, 12, 31)))
REGISTER = {document.number: document for document in (LAW, OLD)}


def entry(*basis: LegalBasis, kind: str = "answer", in_force: InForce | None = None) -> FaqEntry:
    return FaqEntry(
        "A1", kind, "approved", "project", "t", "Hỏi?", "Đáp.", legal_basis=basis, in_force=in_force or InForce(),
        sources=("https://example.org",), checked_on=DAY,
    )  # fmt: skip


def lacks(found: FaqEntry) -> set[tuple[str, bool]]:
    return {(lack.kind, lack.serious) for lack in lacks_of_entry(found, REGISTER, DAY)}


def test_an_entry_with_everything_lacks_nothing():
    assert lacks(entry(LegalBasis(LAW.number, "Điều 3"))) == set()
    assert lacks(entry(kind="referral")) == set()


def test_an_answer_must_stand_on_something_in_force():
    assert lacks(entry()) == {("basis-missing", True)}
    assert lacks(entry(LegalBasis(LAW.number))) == {("article-missing", False)}
    assert lacks(entry(LegalBasis("9/2099/QĐ", "Điều 1"))) == {("document-unknown", True)}
    assert lacks(entry(LegalBasis(OLD.number, "Điều 1"))) == {("document-not-in-force", True)}
    assert lacks(entry(LegalBasis(OLD.number, "Điều 1"), in_force=InForce(None, date(2025, 6, 1)))) == set()


def test_only_documents_that_are_cited_are_missed():
    assert list(lacks_of_documents(REGISTER.values(), frozenset({LAW.number}))) == []
    found = list(lacks_of_documents(REGISTER.values(), frozenset({OLD.number})))
    assert found == [
        Lack(OLD.number, "link-missing", "no page is named where residents can read it"),
        Lack(OLD.number, "date-missing", "issued_on is empty"),
    ]


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        (date(2026, 11, 22), 6, date(2027, 5, 22)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 12, 31), 60, date(2031, 12, 31)),
    ],
)
def test_a_day_so_many_months_later(day: date, months: int, due: date) -> None:
    assert months_later(day, months) == due


def test_reviews_are_due_by_the_day_and_the_most_overdue_come_first() -> None:
    today = date(2027, 5, 22)
    over = replace(entry(), key="over", in_force=InForce(None, date(2027, 5, 21)))
    checked = [
        (replace(entry(), key="today"), date(2026, 11, 22)),
        (replace(entry(), key="tomorrow"), date(2026, 11, 23)),
        (replace(entry(), key="long ago"), date(2026, 1, 1)),
        (replace(entry(), key="never"), None),
        (over, None),
    ]
    assert [review.entry.key for review in reviews_due(checked, 6, today)] == ["never", "long ago", "today"]
