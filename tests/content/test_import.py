from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from knowledge_base import editorial
from knowledge_base.content import ImportReport, import_content, plan_import
from knowledge_base.errors import Fault, SheetFaults
from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.sheet import Sheet
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage import event_store, faq_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import migrate
from knowledge_base.storage.staff_store import StaffMember
from knowledge_base.storage.tables import metadata, phrasings
from tests.content.conftest import DOCUMENT, sheet_of

Bring = Callable[..., ImportReport]
EDITOR = StaffMember(
    **{
        field: {"id": 1, "username": "bien-tap-thu", "role": Role.EDITOR}.get(field)
        for field in StaffMember.__dataclass_fields__
    }
)


@pytest.fixture
def bring(database: Database) -> Bring:
    """Import entries explicitly."""
    return lambda *entries: database.write_now(import_content, sheet_of(*entries))


@pytest.fixture
def start(database: Database) -> Bring:
    """What a start of the server does with its content."""
    return lambda *entries: database.write_now(import_content, sheet_of(*entries), only_changed_sheets=True)


def everything(tx: Transaction) -> dict[str, list[Any]]:
    """All that is told; a write leaves its own key, whatever it does."""
    return {name: tx.execute(select(table)).all() for name, table in metadata.tables.items() if name != "writes"}


def states(database: Database, key: str = "T1") -> list[str]:
    return [str(revision.state) for revision in database.read_now(faq_store.revisions_of, key)]


def live(database: Database, key: str = "T1") -> FaqEntry:
    revision = database.read_now(faq_store.published_of, key)
    assert revision is not None
    return revision.entry


def add_question_phrasing(tx: Transaction, key: str, text: str) -> None:
    values = {"entry_key": key, "text": text, "position": 50, "origin": "question"}
    tx.execute(phrasings.insert().values(**values))


def edit(tx: Transaction, entry: FaqEntry) -> None:
    """An officer proposes a text in the console, an editor publishes it."""
    faq_store.ensure_entry(tx, entry.key, entry.question)
    revision = faq_store.add_revision(tx, entry, RevisionState.IN_REVIEW, "can-bo-thu")
    editorial.approve_and_publish(tx, EDITOR, revision, entry)


# --- explicit import ------------------------------------------------------------------------------


def test_new_entries_go_live(both_databases: Database, entry: FaqEntry) -> None:
    database = both_databases
    told: list[set[str]] = []
    database.listen(told.append)
    report = database.write_now(import_content, sheet_of(entry, replace(entry, key="T2")))
    assert report.keys("new") == ["T1", "T2"]
    assert (
        report.summary
        == "entries: 2 new, 0 changed, 0 unchanged; legal documents: 1 new or changed; topics: 1 new or changed"
    )
    found = database.read_now(faq_store.published_of, "T1")
    assert found is not None
    assert found.entry == entry
    assert (found.author, found.approved_by) == ("import", "biên tập thử nghiệm")
    assert database.read_now(faq_store.documents) == {DOCUMENT.number: DOCUMENT}
    assert database.read_now(faq_store.publication_number) == 1
    assert {"publication"} in told
    assert [event.action for event in database.read_now(event_store.events_of, entry_key="T1")] == ["import"]


def test_the_same_again_changes_nothing(both_databases: Database, entry: FaqEntry, draft: FaqEntry) -> None:
    sheet = sheet_of(entry, replace(draft, key="T2"))
    both_databases.write_now(import_content, sheet)
    before = both_databases.read_now(everything)
    for only_changed in (False, True, False):
        report = both_databases.write_now(import_content, sheet, only_changed_sheets=only_changed)
        assert report.keys("unchanged") == ["T1", "T2"]
    assert both_databases.read_now(everything) == before


def test_a_change_is_a_new_revision(database: Database, bring: Bring, entry: FaqEntry) -> None:
    bring(entry)
    slug = database.read_now(faq_store.revisions_of, "T1")[0].slug
    report = bring(replace(entry, question="Ai được thẻ?", phrasings=("một",)))
    assert report.entries[0].names == ["question", "phrasings"]
    assert states(database) == ["superseded", "published"]
    found = database.read_now(faq_store.published_of, "T1")
    assert found is not None
    assert found.slug == slug
    assert found.entry.phrasings == ("một",)


def test_phrasings_alone_need_no_revision(database: Database, bring: Bring, entry: FaqEntry) -> None:
    bring(entry)
    assert bring(replace(entry, phrasings=("hai", "một"))).entries[0].names == ["phrasings"]
    assert states(database) == ["published"]
    assert live(database).phrasings == ("hai", "một")
    assert database.read_now(faq_store.publication_number) == 2


def test_an_explicit_import_replaces_all_phrasings(database: Database, bring: Bring, entry: FaqEntry) -> None:
    bring(entry)
    database.write_now(add_question_phrasing, "T1", "lời của dân")
    assert bring(replace(entry, phrasings=("lời của dân", "mới"))).keys("changed") == ["T1"]
    assert live(database).phrasings == ("lời của dân", "mới")


def test_a_new_revision_must_be_confirmed_anew(database: Database, bring: Bring, entry: FaqEntry) -> None:
    bring(replace(entry, approved_by="project"))
    confirm = lambda tx: faq_store.set_revision(tx, 1, confirmed_by="quan-tri-thu")  # noqa: E731
    database.write_now(confirm)
    bring(replace(entry, approved_by="project", short_answer="Có, miễn phí."))
    found = database.read_now(faq_store.published_of, "T1")
    assert found is not None
    assert found.on_trial


def test_a_draft_leaves_what_is_live_alone(database: Database, bring: Bring, entry: FaqEntry, draft: FaqEntry) -> None:
    bring(entry)
    number = database.read_now(faq_store.publication_number)
    other = replace(draft, short_answer="Chưa rõ.", phrasings=("khác",))
    assert bring(other).keys("changed") == ["T1"]
    assert live(database) == entry
    assert states(database) == ["published", "draft"]
    assert database.read_now(faq_store.publication_number) == number
    assert bring(other).keys("unchanged") == ["T1"]
    assert bring(replace(other, short_answer="Rõ.")).keys("changed") == ["T1"]
    assert states(database) == ["published", "superseded", "draft"]
    approved = replace(other, status="approved", approved_by="biên tập thử nghiệm")
    assert bring(approved).keys("changed") == ["T1"]
    assert states(database) == ["superseded", "superseded", "superseded", "published"]


def test_a_draft_is_not_public(database: Database, bring: Bring, draft: FaqEntry) -> None:
    bring(draft)
    assert database.read_now(faq_store.published_of, "T1") is None
    assert bring(replace(draft, phrasings=("một",))).entries[0].names == ["phrasings"]
    assert states(database) == ["draft"]


def test_a_withdrawn_entry_comes_back_only_when_asked(
    database: Database, bring: Bring, start: Bring, entry: FaqEntry
) -> None:
    start(entry)
    database.write_now(editorial.withdraw, EDITOR, "T1", "sai")
    assert start(entry).keys("unchanged") == ["T1"]
    assert start(replace(entry, short_answer="Khác.")).keys("kept") == ["T1"]
    assert states(database) == ["withdrawn"]
    assert bring(entry).keys("changed") == ["T1"]
    assert states(database) == ["withdrawn", "published"]


def test_topics_follow_the_order_of_the_sheet(database: Database, entry: FaqEntry) -> None:
    sheet = sheet_of(entry)
    second = replace(sheet.topics[0], value=replace(sheet.topics[0].value, slug="hai"))
    sheet.topics.append(second)
    assert database.write_now(import_content, sheet).topics == ("the", "hai")
    sheet.topics.reverse()
    assert database.write_now(import_content, sheet).topics == ("hai", "the")
    assert [topic.slug for topic in database.read_now(faq_store.all_topics)] == ["hai", "the"]
    assert database.write_now(import_content, sheet).topics == ()


def test_a_dry_run_tells_and_writes_nothing(database: Database, bring: Bring, entry: FaqEntry) -> None:
    bring(entry)
    before = database.read_now(everything)
    changed = replace(entry, short_answer="Không.", phrasings=("thẻ cho hộ nghèo", "mới"))
    report = database.read_now(plan_import, sheet_of(changed, replace(entry, key="T2")))
    assert str(report.entries[0]).splitlines() == [
        "T1: changed (short_answer, phrasings)",
        "  - short_answer: Có.",
        "  + short_answer: Không.",
        "  - phrasings: xin thẻ ở đâu",
        "  + phrasings: mới",
    ]
    assert str(report.entries[1]) == "T2: new"
    assert database.read_now(everything) == before


# --- refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"topic": "khac"}, "a.csv:3:topic: unknown topic 'khac'; the topics are the"),
        ({"legal_basis": (LegalBasis("9/2030"),)}, "a.csv:3:legal_basis: '9/2030' is not in the register"),
        ({"in_force": InForce(None, date(2024, 1, 1))}, "a.csv:3:legal_basis: none of its documents is in force"),
        ({"status": "draft", "legal_basis": (LegalBasis("9/2030"),)}, "a.csv:3:legal_basis: '9/2030'"),
    ],
)
def test_all_or_nothing(database: Database, entry: FaqEntry, changes: dict[str, Any], expected: str) -> None:
    before = database.read_now(everything)
    with pytest.raises(SheetFaults) as refused:
        database.write_now(import_content, sheet_of(entry, replace(entry, key="T2", **changes)))
    assert [str(fault)[: len(expected)] for fault in refused.value.faults] == [expected]
    assert database.read_now(everything) == before


def test_a_sheet_with_faults_is_refused_with_all_of_them(database: Database, entry: FaqEntry) -> None:
    sheet = sheet_of(replace(entry, topic="khac"), faults=(Fault("a.csv", 9, "key", "bad"),))
    with pytest.raises(SheetFaults) as refused:
        database.write_now(import_content, sheet)
    assert [fault.row for fault in refused.value.faults] == [2, 9]


def test_a_broken_register_does_not_blame_every_entry(database: Database, entry: FaqEntry) -> None:
    sheet = Sheet(entries=sheet_of(entry).entries, faults=[Fault("c/topics.yaml", 1, "-", "broken")])
    with pytest.raises(SheetFaults) as refused:
        database.write_now(import_content, sheet)
    assert [fault.field for fault in refused.value.faults] == ["legal_basis", "-"]


def test_a_basis_that_has_ended_since_does_not_block_what_stands(
    database: Database, clock: Any, entry: FaqEntry
) -> None:
    sheet = sheet_of(entry)
    ended = replace(DOCUMENT, in_force=InForce(None, date(2026, 12, 31)))
    sheet.documents = [replace(sheet.documents[0], value=ended)]
    database.write_now(import_content, sheet)
    clock.set(datetime(2027, 1, 2, tzinfo=UTC))
    assert database.write_now(import_content, sheet).keys("unchanged") == ["T1"]
    sheet.entries = sheet_of(replace(entry, short_answer="Mới.")).entries
    with pytest.raises(SheetFaults):
        database.write_now(import_content, sheet)


# --- a start of the server ------------------------------------------------------------------------


def test_a_start_takes_new_and_changed_sheets(database: Database, start: Bring, entry: FaqEntry) -> None:
    assert start(entry).keys("new") == ["T1"]
    assert start(entry).keys("unchanged") == ["T1"]
    assert start(replace(entry, short_answer="Mới.")).keys("changed") == ["T1"]
    assert live(database).short_answer == "Mới."


def test_a_start_leaves_what_the_console_edited(database: Database, start: Bring, entry: FaqEntry) -> None:
    start(entry)
    database.write_now(edit, replace(entry, short_answer="Biên tập sửa."))
    assert start(entry).keys("unchanged") == ["T1"]
    report = start(replace(entry, short_answer="Bản mới."))
    assert report.keys("kept") == ["T1"]
    assert "1 kept as the store has them (T1)" in report.summary
    assert live(database).short_answer == "Biên tập sửa."


def test_a_start_leaves_what_somebody_imported(database: Database, bring: Bring, start: Bring, entry: FaqEntry) -> None:
    start(entry)
    bring(replace(entry, short_answer="Của xã."))
    assert start(entry).keys("unchanged") == ["T1"]
    assert start(replace(entry, details="Bản mới.")).keys("kept") == ["T1"]
    assert live(database).short_answer == "Của xã."


def test_a_start_after_importing_its_own_content(
    database: Database, bring: Bring, start: Bring, entry: FaqEntry
) -> None:
    changed = replace(entry, short_answer="Mới.")
    bring(entry)
    assert start(changed).keys("changed") == ["T1"]
    bring(replace(changed, details="Mới nữa."))
    assert start(replace(changed, details="Mới nữa.")).keys("unchanged") == ["T1"]
    assert start(replace(changed, details="Mới hẳn.")).keys("changed") == ["T1"]


def test_a_start_keeps_phrasings_from_questions(database: Database, start: Bring, entry: FaqEntry) -> None:
    start(entry)
    database.write_now(add_question_phrasing, "T1", "lời của dân")
    assert start(replace(entry, phrasings=("một",))).entries[0].names == ["phrasings"]
    assert live(database).phrasings == ("một", "lời của dân")
    assert start(replace(entry, short_answer="Mới.", phrasings=("một",))).entries[0].names == ["short_answer"]
    assert live(database).phrasings == ("một", "lời của dân")


def test_two_processes_that_start_at_once(postgresql_url: str, clock: Any, keys: Any, entry: FaqEntry) -> None:
    first, second = (open_database(postgresql_url, clock, keys) for _ in range(2))
    migrate(first.engine)
    sheet = sheet_of(*(replace(entry, key=f"T{number}") for number in range(10, 40)))
    with ThreadPoolExecutor(2) as threads:
        bring = lambda database: database.write_now(import_content, sheet, only_changed_sheets=True)  # noqa: E731
        reports = list(threads.map(bring, (first, second)))
    assert sorted(len(report.keys("new")) for report in reports) == [0, 30]
    first.close()
    second.close()
