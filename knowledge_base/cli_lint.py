"""`lint`: what an editor should look at, one line each: entries that compete, wordings that don't reach, what lacks."""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge_base.clock import SystemClock, vietnam_day
from knowledge_base.errors import SheetFaults
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.legal_document import LegalDocument
from knowledge_base.faq.sheet_files import read_sheet
from knowledge_base.faq.upkeep import Lack, lacks_of_documents, lacks_of_entry
from knowledge_base.keys import Keys
from knowledge_base.live_faq import build_snapshot, indexed_entry, read_content
from knowledge_base.matching.index import MatchIndex
from knowledge_base.matching.lint import SERIOUS, Finding, lint
from knowledge_base.settings import Settings, secret_key
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import schema_state

FOUND, REFUSED = 1, 2


@dataclass(frozen=True, slots=True)
class Linted:
    """What is looked at: entries and documents, where each stands (`file:row`, or its key), and their index."""

    entries: Sequence[FaqEntry]
    documents: Mapping[str, LegalDocument]
    places: Mapping[str, str]
    index: MatchIndex


def lint_command(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the findings, the serious ones marked with `!`; exit 1 where there is one of those, else 0.

    Looks at a sheet, else at what is live, else (nobody has served yet) at the content that would be.
    """
    day = arguments.at or vietnam_day(SystemClock().now())
    try:
        live = None if arguments.path else _of_store(settings)
        looked_at = live or _of_sheet(arguments.path or settings.content_dir)
    except SheetFaults as error:
        print(*error.faults, sep="\n", file=sys.stderr)
        return REFUSED
    found = sorted(_lines(looked_at, day))
    for _place, _key, serious, line in found:
        print("!" if serious else " ", line)
    count = sum(serious for _, _, serious, _ in found)
    print(f"{len(looked_at.entries)} entries, {len(found)} findings, {count} serious", file=sys.stderr)
    return FOUND if count else 0


def _of_sheet(path: Path) -> Linted:
    sheet = read_sheet(path)
    if sheet.faults:
        raise SheetFaults(sheet.faults)
    places = {placed.value.key: placed.place for placed in sheet.entries}
    places |= {placed.value.number: placed.place for placed in sheet.documents}
    entries = [placed.value for placed in sheet.entries]
    documents = {placed.value.number: placed.value for placed in sheet.documents}
    return Linted(entries, documents, places, MatchIndex.build([indexed_entry(entry) for entry in entries]))


def _of_store(settings: Settings) -> Linted | None:
    """What is live; None where nobody has served from this folder yet."""
    database = open_database(settings.database, SystemClock(), Keys.from_secret(secret_key(settings)))
    try:
        content = database.read_now(read_content) if schema_state(database.engine) == "current" else None
        if content is None or not content.revisions:
            return None
        snapshot = build_snapshot(content, settings.data_dir / "cache")
    finally:
        database.close()
    entries = [revision.entry for revision in snapshot.revisions.values()]
    return Linted(entries, snapshot.documents, {}, snapshot.index)


def _lines(looked_at: Linted, day: date) -> Iterator[tuple[str, str, bool, str]]:
    """(place, key, serious, line) of every finding."""
    cited = frozenset(basis.document for entry in looked_at.entries for basis in entry.legal_basis)
    lacks = [lack for entry in looked_at.entries for lack in lacks_of_entry(entry, looked_at.documents, day)]
    for lack in [*lacks, *lacks_of_documents(looked_at.documents.values(), cited)]:
        place = looked_at.places.get(lack.of, lack.of)
        yield place, lack.of, lack.serious, f"{place}: {lack.of}: {_of_lack(lack)}"
    for finding in lint(looked_at.index, day, _told):
        place = looked_at.places.get(finding.key, finding.key)
        serious = finding.flaw in SERIOUS
        yield place, finding.key, serious, f"{place}: {finding.key}: {_of_finding(finding)}"


def _of_lack(lack: Lack) -> str:
    return f"{lack.kind}: {lack.note}"


def _of_finding(finding: Finding) -> str:
    parts = [repr(finding.phrasing) if finding.phrasing else "", finding.other and f"-> {finding.other}", finding.note]
    return f"{finding.flaw}: {' '.join(part for part in parts if part)}"


def _told(done: int, parts: int) -> None:
    if sys.stderr.isatty():
        print(f"phrasings held out: part {done} of {parts}", file=sys.stderr)
