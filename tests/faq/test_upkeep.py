from datetime import date

from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument
from knowledge_base.faq.upkeep import Lack, lacks_of_documents, lacks_of_entry

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
