"""A change is live at once, learned from a little later, and neither is lost at a restart."""

import asyncio
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from knowledge_base import live_faq
from knowledge_base.errors import Unavailable
from knowledge_base.faq.entry import FaqEntry, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument
from knowledge_base.faq.publication import RevisionState
from knowledge_base.live_faq import LiveFaq
from knowledge_base.matching.apart import built_apart
from knowledge_base.matching.index import MatchIndex
from knowledge_base.questions.question import CloseReason, QuestionState
from knowledge_base.storage import contact_store, faq_store, question_store
from knowledge_base.storage.database import Database, Transaction
from tests.conftest import learned as learned_in_earnest

ENTRY = FaqEntry(
    "E1",
    "answer",
    "approved",
    "project",
    "t",
    "Hộ nghèo được hỗ trợ tiền điện bao nhiêu?",
    "Trả lời.",
    phrasings=("tiền điện hộ nghèo nhận ở đâu", "mỗi tháng hộ nghèo được bù bao nhiêu tiền điện"),
    legal_basis=(LegalBasis("1/TT"),),
)
SECOND = replace(
    ENTRY, key="E2", question="Vay vốn có phải thế chấp nhà đất không?", phrasings=("vay vốn cần sổ đỏ không",)
)


def publish(tx: Transaction, entry: FaqEntry) -> None:
    faq_store.put_document(tx, LegalDocument("1/TT"))
    faq_store.ensure_entry(tx, entry.key, entry.question)
    faq_store.add_revision(tx, entry, RevisionState.PUBLISHED, "import", approved_by="project")
    faq_store.replace_phrasings(tx, entry.key, entry.phrasings, keep_questions=False)
    faq_store.record_publication(tx, "import", "import", entry.key)


@pytest.fixture(autouse=True)
def built_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests need not wait for is looked at here."""
    monkeypatch.setattr(live_faq, "_learned", learned_in_earnest)


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the index of the one entry is kept once it was learned: learning takes seconds."""
    return tmp_path_factory.mktemp("learned") / "cache"


@pytest.fixture
async def live(database: Database, clock, tmp_path: Path, learned: Path) -> LiveFaq:
    database.write_now(publish, ENTRY)
    cache = tmp_path / "cache"
    await asyncio.to_thread(_copy_once, learned, cache)
    faq = LiveFaq(database, clock, cache)
    await faq.refresh()
    await asyncio.to_thread(_copy_once, cache, learned)
    return faq


def _copy_once(folder: Path, to: Path) -> None:
    if folder.exists() and not to.exists():
        shutil.copytree(folder, to)


async def test_a_change_is_live_without_learning_and_learned_from_later(
    live: LiveFaq, database: Database, clock, tmp_path: Path
) -> None:
    database.write_now(publish, SECOND)
    assert await live.refresh()
    assert not await live.refresh()
    match = await live.match("vay von can so do khong")
    assert match.candidates[0].key == "E2"
    quick = live.snapshot.index
    assert await live.learn()
    assert live.snapshot.index is not quick
    assert not await live.learn()
    again = LiveFaq(database, clock, tmp_path / "cache")
    await again.refresh()
    assert not await again.learn()


async def test_learning_that_is_called_off_ends_the_other_process(
    live: LiveFaq, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()
    refused: list[str] = []

    def watched(*given: Any) -> MatchIndex:
        begun.set()
        try:
            return built_apart(*given)
        except Unavailable as error:
            refused.append(error.key)
            raise
        finally:
            ended.set()

    monkeypatch.setattr(live_faq, "built_apart", watched)
    database.write_now(publish, SECOND)
    await live.refresh()
    learning = asyncio.create_task(live.learn())
    assert await asyncio.to_thread(begun.wait, 60)
    learning.cancel()
    with pytest.raises(asyncio.CancelledError):
        await learning
    assert await asyncio.to_thread(ended.wait, 60)
    assert refused == ["match_index_unbuilt"]


def close_as_out_of_scope(tx: Transaction) -> None:
    ref = contact_store.ensure_contact(tx, "web_chat", "một người")
    row = {"reference": "AAAA-0001", "contact_ref": ref, "channel": "web_chat", "unit_code": "0"}
    closed = {"state": QuestionState.CLOSED, "close_reason": CloseReason.OUT_OF_SCOPE}
    question_store.add_questions(tx, [{**row, **closed, "text": "Xin giấy phép nuôi ong ở đâu?"}])


async def test_new_labels_are_learned_from_without_a_publication(
    live: LiveFaq, database: Database, clock, tmp_path: Path
) -> None:
    assert not await live.relabel()
    database.write_now(close_as_out_of_scope)
    assert await live.relabel()
    former = live.snapshot.index
    again = LiveFaq(database, clock, tmp_path / "cache")
    await again.refresh()
    assert again.snapshot.index.labels == former.labels  # at once, and the labels are learned from beside it
    assert await again.learn()
    assert await live.learn()
    assert live.snapshot.index.labels == again.snapshot.index.labels != former.labels
    assert not await live.relabel()
    last = LiveFaq(database, clock, tmp_path / "cache")
    await last.refresh()
    assert not await last.learn()


async def test_a_restart_before_learning_starts_from_the_former_index(
    live: LiveFaq, database: Database, clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert live.ready
    database.write_now(publish, SECOND)
    again = LiveFaq(database, clock, tmp_path / "cache")

    def too_slow(*_arguments: object) -> MatchIndex:
        raise AssertionError("a start must not learn")

    monkeypatch.setattr(MatchIndex, "build", too_slow)
    await again.refresh()
    assert (await again.match("vay von can so do khong")).candidates[0].key == "E2"


async def test_a_damaged_cache_is_built_anew(live: LiveFaq, database: Database, clock, tmp_path: Path) -> None:
    assert live.ready
    for path in (tmp_path / "cache").glob("*.bin"):
        path.write_bytes(b"torn")
    again = LiveFaq(database, clock, tmp_path / "cache")
    await again.refresh()
    assert again.ready


async def test_the_watch_outlives_whatever_happens(live: LiveFaq, monkeypatch) -> None:
    monkeypatch.setattr(live_faq, "_POLL_SECONDS", 0)
    faults, through = [OSError("disk"), RuntimeError("bug")], asyncio.Event()

    async def work() -> bool:
        if faults:
            raise faults.pop()
        through.set()
        return False

    watch = asyncio.create_task(live._every(work))
    await asyncio.wait_for(through.wait(), 5)
    watch.cancel()


async def test_a_cache_that_cannot_be_written_only_costs_time(database: Database, clock, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    database.write_now(publish, ENTRY)
    faq = LiveFaq(database, clock, tmp_path / "cache")
    assert await faq.refresh()
