import csv
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.cli_content import export_command, import_command
from knowledge_base.content import import_content
from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.sheet_compare import tidied
from knowledge_base.faq.sheet_files import read_sheet
from knowledge_base.faq.sheet_write import Export, csv_file, xlsx_file, yaml_file, yaml_files
from knowledge_base.storage import faq_store
from knowledge_base.storage.database import Database, Transaction
from tests.content.conftest import ENTRY, sheet_of

FORMS = ["folder", "a.yaml", "a.csv", "a.xlsx"]
NEW_SUMMARY = "entries: 1 new, 0 changed, 0 unchanged; legal documents: 1 new or changed; topics: 1 new or changed"
HARD = [
    "=1+1",
    "+84 ơi",
    "- gạch đầu dòng",
    "@import",
    "'=đã có dấu",
    "'trích'",
    '"trích", phẩy; chấm phẩy\tcách',
    "hai\n\ndòng: # không phải chú thích",
    "null",
    "~",
    "true",
    "0123",
    "2026-01-01",
    "[a, {b: c}]",
    "&neo *neo !thẻ %YAML",
    "…\u2026 “ngoặc” ‘đơn’ — ễ ậ ữ đ Đ",
    "_x000D_ _x0041_",
    "🙏 cảm ơn 👨‍👩‍👧",
    "<b>&amp;</b>",
    "\\n \\u0041",
    "a\xa0b\u3000c",
    "không phải chữ: \ufffe \uffff \U0001fffe",
    "a\x1cb\x1fc\x85d\u2028e",
    "--- \n...",
]


def write(form: str, folder: Path, export: Export) -> Path:
    path = folder / form
    if form == "folder":
        (path / "entries").mkdir(parents=True, exist_ok=True)
        for name, text in yaml_files(export).items():
            (path / name).write_bytes(text.encode())
        return path
    writers: dict[str, Callable[[], bytes]] = {
        "a.yaml": lambda: yaml_file(export),
        "a.csv": lambda: csv_file("a.csv", export),
        "a.xlsx": lambda: xlsx_file("a.xlsx", export),
    }
    path.write_bytes(writers[form]())
    return path


def hard(text: str) -> FaqEntry:
    return tidied(
        replace(
            ENTRY,
            question=text,
            short_answer=text,
            details=f"{text}\n\n## Mục\n  {text}",
            phrasings=(text, f"{text} nữa"),
            approved_by=text[:20],
            audience=(text,),
            legal_basis=(LegalBasis("1/2025/NĐ-CP", text),),
        )
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", HARD)
def test_hard_texts_come_back_exactly(tmp_path: Path, form: str, text: str) -> None:
    entry = hard(text)
    sheet = read_sheet(write(form, tmp_path, Export([entry], [], [])))
    assert [str(fault) for fault in sheet.faults if "empty" not in fault.reason] == []
    assert [placed.value for placed in sheet.entries] == [entry]


any_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(
    lambda text: tidied(replace(ENTRY, question=text, phrasings=(text,))).phrasings and "|" not in text
)


@settings(max_examples=60, deadline=None)
@given(any_text, st.sampled_from(["a.yaml", "a.csv", "a.xlsx"]))
def test_any_text_comes_back_exactly(text: str, form: str) -> None:
    entry = hard(text)
    with tempfile.TemporaryDirectory() as folder:
        sheet = read_sheet(write(form, Path(folder), Export([entry], [], [])))
    assert sheet.faults == []
    assert sheet.entries[0].value == entry


def test_registers_come_back_exactly(tmp_path: Path) -> None:
    document = LegalDocument(
        "1/2025/NĐ-CP",
        "Nghị định",
        "Tên: dài",
        "Chính phủ",
        date(2025, 1, 1),
        InForce(None, date(2030, 1, 1)),
        "",
        "in_force",
        "2",
    )
    topic = Topic("the", "Thẻ", "Card", "gợi ý: đây")
    sheet = read_sheet(write("folder", tmp_path, Export([], [document], [topic])))
    assert sheet.documents[0].value == document
    assert sheet.topics[0].value == topic


# --- through the store and the commands -----------------------------------------------------------


def fill(tx: Transaction) -> None:
    entries = [replace(hard(text), key=f"T{number}") for number, text in enumerate(HARD, start=10)]
    drafts = [replace(entry, key=f"{entry.key}-n", status="draft", approved_by="") for entry in entries[:2]]
    import_content(tx, sheet_of(*entries, *drafts))
    # What the console may have put there: untidy, and with phrasings that differ in case only.
    untidy = replace(ENTRY, key="T9", details=" a\r\nb \n", phrasings=("Một  hai", "một hai"), audience=("", "x"))
    faq_store.ensure_entry(tx, "T9", untidy.question)
    faq_store.add_revision(tx, untidy, RevisionState.PUBLISHED, "can-bo-thu", approved_by="bien-tap-thu")
    faq_store.replace_phrasings(tx, "T9", untidy.phrasings, keep_questions=False)


@pytest.mark.parametrize("form", FORMS)
def test_importing_an_export_changes_nothing(
    database: Database, clock: object, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    database.write_now(fill)
    path = tmp_path / form
    assert export_command(database, path, None) == 0
    assert import_command(database, path, dry_run=False) == 0
    out = capsys.readouterr().out
    assert "0 new, 0 changed, 27 unchanged; legal documents: 0 new or changed; topics: 0 new or changed" in out
    assert database.read_now(faq_store.publication_number) == 1


def test_a_table_is_safe_to_open(database: Database, tmp_path: Path) -> None:
    database.write_now(fill)
    path = tmp_path / "a.csv"
    assert export_command(database, path, None) == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_cell_that_would_not_be_taken_back(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = replace(ENTRY, phrasings=tuple(f"{number} {'x' * 500}" for number in range(50)))
    database.write_now(import_content, sheet_of(entry))
    assert export_command(database, tmp_path / "a.csv", None) == 2
    assert "a.csv:2:phrasings: longer than 20,000 characters in one cell" in capsys.readouterr().err
    assert list(tmp_path.glob("a.csv*")) == []
    assert export_command(database, tmp_path / "a", None) == 0


def test_formats_and_places(database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database.write_now(import_content, sheet_of(ENTRY))
    assert export_command(database, tmp_path / "odd.txt", "csv") == 0
    assert export_command(database, tmp_path / "new" / "deep", "yaml") == 0
    assert (tmp_path / "new" / "deep" / "entries" / "T1.yaml").exists()
    capsys.readouterr()
    (tmp_path / "new" / "deep" / "entries" / "old.yaml").write_text("x", encoding="utf-8")
    assert export_command(database, tmp_path / "new" / "deep", None) == 2
    assert "old.yaml:1:-: is not part of this export" in capsys.readouterr().err
    assert export_command(database, tmp_path / "nowhere" / "a.csv", None) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert export_command(database, tmp_path / "a", "pdf") == 2


def test_a_refused_import(database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("key: T1\nkind: answer\ntopic: khac\n", encoding="utf-8")
    assert import_command(database, path, dry_run=False) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert [line.split(":")[2] for line in captured.err.splitlines()] == [
        "legal_basis",
        "question",
        "short_answer",
        "status",
        "topic",
    ]
    assert import_command(database, path, dry_run=True) == 2


def test_a_dry_run_prints_each_entry(database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("folder", tmp_path, Export([ENTRY], [sheet_of().documents[0].value], [sheet_of().topics[0].value]))
    assert import_command(database, path, dry_run=True) == 0
    assert capsys.readouterr().out.splitlines() == [
        "T1: new",
        "legal document 1/2025/NĐ-CP: new or changed",
        "topic the: new or changed",
        f"dry run, nothing was changed; {NEW_SUMMARY}",
    ]


def test_sixty_entries_in_time(database: Database, tmp_path: Path) -> None:
    words = "một hai ba bốn năm sáu bảy tám chín mười".split()
    entries = [
        replace(ENTRY, key=f"T{n}", phrasings=tuple(f"{word} {n} {other}" for word in words for other in words[:3]))
        for n in range(60)
    ]
    sheet = sheet_of()
    registers = [sheet.documents[0].value], [sheet.topics[0].value]
    path = write("folder", tmp_path, Export(entries, *registers))

    def seconds(only_changed: bool) -> float:
        start = datetime.now(UTC)
        database.write_now(import_content, read_sheet(path), only_changed_sheets=only_changed)
        return (datetime.now(UTC) - start).total_seconds()

    assert seconds(only_changed=True) < 4  # 0.4 s on two cores; the bound allows for a busy machine
    assert seconds(only_changed=True) < 1  # 0.06 s
