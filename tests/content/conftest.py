from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.errors import Fault
from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.sheet import Placed, Sheet

ENTRY = FaqEntry(
    key="T1",
    kind="answer",
    status="approved",
    approved_by="biên tập thử nghiệm",
    topic="the",
    question="Hộ nghèo có được thẻ không?",
    short_answer="Có.",
    details="## Mức hưởng\n- một\n- hai",
    audience=("ho-ngheo",),
    phrasings=("thẻ cho hộ nghèo", "xin thẻ ở đâu"),
    legal_basis=(LegalBasis("1/2025/NĐ-CP", "Điều 3"),),
    in_force=InForce(date(2025, 8, 15), None),
    sources=("https://example.org/a",),
    checked_on=date(2026, 11, 22),
)
DOCUMENT = LegalDocument("1/2025/NĐ-CP", title="Nghị định thử", in_force=InForce(date(2025, 1, 1), None))
TOPIC = Topic("the", "Thẻ", "Card", "gợi ý")


def sheet_of(*entries: FaqEntry, faults: tuple[Fault, ...] = ()) -> Sheet:
    """A sheet with these entries, one a row, and the registers they need."""
    return Sheet(
        entries=[Placed(entry, "a.csv", {"": row}) for row, entry in enumerate(entries, start=2)],
        documents=[Placed(DOCUMENT, "legal_documents.yaml", {"": 1})],
        topics=[Placed(TOPIC, "topics.yaml", {"": 1})],
        faults=list(faults),
    )


@pytest.fixture
def entry() -> FaqEntry:
    return ENTRY


@pytest.fixture
def draft() -> FaqEntry:
    return replace(ENTRY, status="draft", approved_by="")
