"""A small FAQ with a poverty line that changes at New Year, and one resident's question."""

from datetime import date
from typing import Any

from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.publication import RevisionState
from knowledge_base.storage import faq_store, question_store
from knowledge_base.storage.database import Transaction

LINE_2026 = "chuan-ngheo-nam-2026-la-bao-nhieu"
LINE_2027 = "chuan-ngheo-nam-2027-la-bao-nhieu"
CARD = "ho-ngheo-co-duoc-cap-the-bao-hiem-y-te-khong"
RENT = "toi-o-tro-thi-hoi-o-dau"
HOSTILE = '<script>alert(1)</script> & "dấu"'


def entry(key: str, question: str, short_answer: str, **fields: Any) -> FaqEntry:
    values: dict[str, Any] = {
        "kind": "answer",
        "topic": "chuan-ngheo",
        "legal_basis": (LegalBasis("1/2021/NĐ-TN", "Điều 3"),),
    }
    return FaqEntry(
        key=key,
        status="approved",
        approved_by="project",
        question=question,
        short_answer=short_answer,
        **values | fields,
    )


ENTRIES = (
    entry(
        "T01",
        "Chuẩn nghèo năm 2026 là bao nhiêu?",
        "Nông thôn 1.500.000 đồng một người một tháng.",
        details="## Mức hưởng\n- Nông thôn: 1.500.000 đồng\n\n<script>alert(1)</script> [bấm](javascript:alert(1))",
        phrasings=("Mức nghèo bây giờ bao nhiêu tiền", "Ngưỡng nghèo hiện hành ở nông thôn là mấy triệu"),
        in_force=InForce(date(2022, 1, 1), date(2026, 12, 31)),
        sources=("https://www.nguon.example/bai", "javascript:alert(1)"),
        checked_on=date(2026, 11, 22),
    ),
    entry(
        "T01-2027",
        "Chuẩn nghèo năm 2027 là bao nhiêu?",
        "Nông thôn 2.200.000 đồng một người một tháng.",
        phrasings=("Mức nghèo bây giờ bao nhiêu tiền", "Chuẩn nghèo mới là mấy triệu"),
        in_force=InForce(date(2027, 1, 1), None),
    ),
    entry(
        "T25",
        "Hộ nghèo có được cấp thẻ bảo hiểm y tế không?",
        "Có. Nhà nước đóng tiền thẻ cho người thuộc hộ nghèo.",
        topic="bao-hiem-y-te",
        phrasings=("Sổ hộ nghèo có được thẻ bảo hiểm y tế miễn phí", "Thẻ khám bệnh cho nhà nghèo"),
    ),
)
RESIDENTS = entry(
    "Q7",
    "Tôi ở trọ thì hỏi ở đâu?",
    "Bạn hỏi Ủy ban nhân dân cấp xã nơi đang ở.",
    kind="referral",
    topic="bao-hiem-y-te",
    legal_basis=(),
)


def add_question(tx: Transaction, reference: str, **values: Any) -> int:
    text = values.pop("text", "Mẹ tôi là bà Thử Nghiệm, số 0900000000, hỏi thẻ")
    where = {"contact_ref": "0" * 32, "channel": "web_chat", "unit_code": "0", "state": "queued"}
    return question_store.add_questions(tx, [{"reference": reference, "text": text, **where, **values}])[reference]


def publish(tx: Transaction, one: FaqEntry, question_id: int | None = None, approver: str = "project") -> None:
    faq_store.ensure_entry(tx, one.key, one.question, question_id)
    revision_id = faq_store.add_revision(tx, one, RevisionState.PUBLISHED, "import", approved_by=approver)
    assert revision_id
    faq_store.replace_phrasings(tx, one.key, one.phrasings, keep_questions=True)
    faq_store.record_publication(tx, "import", "publish", one.key)


def fill(tx: Transaction) -> None:
    """What every test but those of the empty page starts from."""
    faq_store.put_topic(tx, 0, Topic("chuan-ngheo", "Chuẩn nghèo", "Poverty line", "Thế nào là nghèo"))
    faq_store.put_topic(tx, 1, Topic("bao-hiem-y-te", "Thẻ bảo hiểm y tế", "Health insurance", "Được cấp thẻ"))
    faq_store.put_document(
        tx, LegalDocument("1/2021/NĐ-TN", "Nghị định", "Văn bản thử nghiệm", link="https://van-ban.example/1")
    )
    for one in ENTRIES:
        publish(tx, one)
    publish(tx, RESIDENTS, add_question(tx, "AAAA-AAAA", state="answered"), "bien-tap-thu-nghiem")
