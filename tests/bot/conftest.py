"""A small live FAQ and the parts around it, without a server."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.inbox import Inbox
from knowledge_base.faq.entry import FaqEntry, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.publication import RevisionState
from knowledge_base.live_faq import LiveFaq
from knowledge_base.settings import Settings
from knowledge_base.storage import faq_store
from knowledge_base.storage.database import Database, Transaction

PHRASINGS = {
    "T25": (
        "Người thuộc hộ nghèo có được cấp thẻ bảo hiểm y tế miễn phí không?",
        (
            "hộ nghèo có được phát thẻ bảo hiểm y tế không",
            "thẻ bảo hiểm y tế cho người nghèo",
            "nhà có sổ hộ nghèo thì thẻ bảo hiểm có mất tiền không",
        ),
    ),
    "T49": (
        "Hộ nghèo được hỗ trợ tiền điện bao nhiêu, nhận ở đâu?",
        ("tiền điện hộ nghèo nhận ở đâu", "mỗi tháng hộ nghèo được bù bao nhiêu tiền điện", "hỗ trợ tiền điện"),
    ),
    "T43": (
        "Vay Ngân hàng Chính sách có phải thế chấp nhà đất không?",
        ("vay hộ nghèo có phải cắm sổ đỏ không", "không có sổ đỏ có vay được không", "thế chấp nhà đất để vay vốn"),
    ),
}  # fmt: skip


def fill(tx: Transaction) -> None:
    faq_store.put_topic(tx, 0, Topic("thu", "Thử", "Trial", ""))
    faq_store.put_document(tx, LegalDocument("188/2025/NĐ-CP", kind="Nghị định", status="in_force"))
    for key, (title, wordings) in PHRASINGS.items():
        entry = FaqEntry(
            key=key, kind="answer", status="approved", approved_by="project", topic="thu", question=title,
            short_answer=f"Trả lời thử của {key}.", phrasings=wordings,
            legal_basis=(LegalBasis("188/2025/NĐ-CP"),), checked_on=date(2026, 11, 22),
        )  # fmt: skip
        faq_store.ensure_entry(tx, key, title)
        faq_store.add_revision(tx, entry, RevisionState.PUBLISHED, "import", approved_by="project")
        faq_store.replace_phrasings(tx, key, wordings, keep_questions=False)
    faq_store.record_publication(tx, "import", "import", None)


def renew(tx: Transaction, key: str, **changes: Any) -> int:
    """Put another text in the place of the one that is live; its id."""
    live = faq_store.published_of(tx, key)
    assert live
    faq_store.set_revision(tx, live.id, state=RevisionState.SUPERSEDED)
    made = faq_store.add_revision(
        tx, replace(live.entry, **changes), RevisionState.PUBLISHED, "bien-tap", approved_by="bien-tap-hai"
    )
    faq_store.record_publication(tx, "bien-tap", "publish", key)
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, unit_contact="Phòng một cửa")


@pytest.fixture
async def faq(database: Database, clock, tmp_path_factory: pytest.TempPathFactory) -> LiveFaq:
    database.write_now(fill)
    live = LiveFaq(database, clock, tmp_path_factory.getbasetemp() / "index")  # built once for all tests
    await live.refresh()
    return live


@pytest.fixture
def inbox(database: Database, faq: LiveFaq, settings: Settings, clock) -> Inbox:
    return Inbox(database, faq, settings, clock)
