"""Holds `content/` itself: what is shipped loads, is complete and stands on documents in force."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.content import import_content
from knowledge_base.errors import InvalidInput
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.publication import guard_publishable
from knowledge_base.faq.sheet import Sheet
from knowledge_base.faq.sheet_files import read_sheet
from knowledge_base.storage.database import Database
from knowledge_base.text.fold import surface

CONTENT = Path(__file__).parents[2] / "content"
TOPIC_KEYS = [f"T{number:02}" for number in range(1, 61)]
LAST_DAY, FIRST_DAY = date(2026, 12, 31), date(2027, 1, 1)
COVERED_LATER = {"T05": "T01"}  # the poverty line's own entry then says what this one announces before
FEWEST_PHRASINGS = 10


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return read_sheet(CONTENT)


@pytest.fixture(scope="module")
def entries(sheet: Sheet) -> list[FaqEntry]:
    return [placed.value for placed in sheet.entries]


def test_it_reads_without_fault(sheet: Sheet) -> None:
    assert [str(fault) for fault in sheet.faults] == []


def test_it_imports(database: Database, sheet: Sheet) -> None:
    report = database.write_now(import_content, sheet, only_changed_sheets=True)
    assert len(report.keys("new")) == len(sheet.entries)


def test_every_file_is_named_after_its_key(sheet: Sheet) -> None:
    assert [entry.place for entry in sheet.entries if Path(entry.file).stem != entry.value.key] == []


def test_keys_name_their_topic(entries: list[FaqEntry]) -> None:
    assert [entry.key for entry in entries if not re.fullmatch(r"T\d\d(-[a-z0-9-]+)?", entry.key)] == []
    assert {entry.key[:3] for entry in entries} <= set(TOPIC_KEYS)


def test_enough_phrasings(entries: list[FaqEntry]) -> None:
    assert [entry.key for entry in entries if len(entry.phrasings) < FEWEST_PHRASINGS] == []


def test_no_wording_leads_to_two_entries(entries: list[FaqEntry]) -> None:
    wordings = Counter(
        wording
        for entry in entries
        for wording in {surface(text).strip(" ?.!") for text in (entry.question, *entry.phrasings)}
    )
    assert [wording for wording, number in wordings.items() if number > 1] == []


@pytest.mark.parametrize("day", [date(2026, 11, 22), LAST_DAY, FIRST_DAY, date(2027, 12, 31)])
def test_every_topic_is_answered(entries: list[FaqEntry], day: date) -> None:
    held = {entry.key[:3] for entry in entries if entry.status == "approved" and entry.in_force.holds_on(day)}
    covered = COVERED_LATER if day >= FIRST_DAY else {}
    missing = [key for key in TOPIC_KEYS if covered.get(key, key) not in held]
    assert missing == []


@pytest.mark.parametrize(
    ("day", "said", "unsaid"),
    [(LAST_DAY, ("1.500.000", "2.000.000"), "T01-2027"), (FIRST_DAY, ("2.200.000", "2.800.000"), "T01")],
)
def test_the_poverty_line_changes_by_itself(
    entries: list[FaqEntry], day: date, said: tuple[str, str], unsaid: str
) -> None:
    held = {entry.key: entry for entry in entries if entry.key[:3] == "T01" and entry.in_force.holds_on(day)}
    assert unsaid not in held
    (entry,) = held.values()
    assert all(amount in entry.short_answer for amount in said)


def test_every_legal_basis_is_in_the_register(sheet: Sheet) -> None:
    numbers = {document.value.number for document in sheet.documents}
    cited = {basis.document for placed in sheet.entries for basis in placed.value.legal_basis}
    assert cited - numbers == set()


def test_referrals_hold_no_legal_basis(entries: list[FaqEntry]) -> None:
    assert [entry.key for entry in entries if entry.kind == "referral" and entry.legal_basis] == []


def test_answers_stand_on_a_document_known_to_be_in_force(sheet: Sheet) -> None:
    known = {document.value.number for document in sheet.documents if document.value.status == "in_force"}
    weak = [
        placed.value.key
        for placed in sheet.entries
        if placed.value.kind == "answer"
        and placed.value.status == "approved"
        and not known & {basis.document for basis in placed.value.legal_basis}
    ]
    assert weak == []


@pytest.mark.parametrize("day", [LAST_DAY, FIRST_DAY, date(2028, 1, 1), date(2031, 1, 1)])
def test_a_fresh_install_on_any_day_may_publish_it(sheet: Sheet, entries: list[FaqEntry], day: date) -> None:
    windows = {document.value.number: document.value.in_force for document in sheet.documents}
    refused = []
    for entry in entries:
        try:
            guard_publishable(entry, windows, day)
        except InvalidInput as error:
            refused.append((entry.key, error.key))
    assert refused == []
