import os
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge_base.faq.sheet import Sheet
from knowledge_base.faq.sheet_files import read_sheet

Read = Callable[[str, str | bytes], Sheet]


def faults_of(path: Path) -> list[str]:
    return [str(fault).removeprefix(f"{path.parent}/") for fault in read_sheet(path).faults]


@pytest.fixture
def folder(tmp_path: Path, entry: str) -> Path:
    folder = tmp_path / "content"
    (folder / "entries").mkdir(parents=True)
    (folder / "entries" / "T25.yaml").write_text(entry, encoding="utf-8")
    (folder / "legal_documents.yaml").write_text('- {number: "1/2025/NĐ-CP"}\n', encoding="utf-8")
    (folder / "topics.yaml").write_text("- {slug: t, name: T, name_en: T}\n", encoding="utf-8")
    (folder / "holidays.yaml").write_text("- 2026-01-01\n", encoding="utf-8")
    return folder


def test_a_folder_with_entries(folder: Path) -> None:
    sheet = read_sheet(folder)
    assert sheet.faults == []
    assert [len(part) for part in (sheet.entries, sheet.documents, sheet.topics)] == [1, 1, 1]


def test_a_folder_whose_entries_stand_in_it(folder: Path) -> None:
    (folder / "holidays.yaml").unlink()
    (folder / "entries" / "T25.yaml").rename(folder / "T25.yml")
    (folder / "entries").rmdir()
    sheet = read_sheet(folder)
    assert sheet.faults == []
    assert len(sheet.entries) == 1


def test_the_same_key_in_two_files(folder: Path, entry: str) -> None:
    (folder / "entries" / "T26.yaml").write_text(f"# a copy\n{entry}", encoding="utf-8")
    first = folder / "entries" / "T25.yaml"
    assert faults_of(folder) == [
        f"content/entries/T26.yaml:2:key: 'T25' is given twice, first at {first}:1; keep one of them"
    ]


def test_registers_are_checked_too(folder: Path) -> None:
    (folder / "legal_documents.yaml").write_text(
        "- {number: A, issued_on: soon}\n- {number: A}\n- {title: x}\n- {number: B, link: 'javascript:x'}\n", "utf-8"
    )
    (folder / "topics.yaml").write_text("- {slug: Á, name: T, name_en: T, icon: x}\n", encoding="utf-8")
    assert [line.split(": ")[0] for line in faults_of(folder)] == [
        "content/legal_documents.yaml:1:issued_on",
        "content/legal_documents.yaml:2:number",
        "content/legal_documents.yaml:3:number",
        "content/legal_documents.yaml:4:link",
        "content/topics.yaml:1:icon",
        "content/topics.yaml:1:slug",
    ]


def test_paths_that_bring_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.doc").write_bytes(b"x")
    (tmp_path / "dir.yaml").mkdir()
    assert "no .yaml file" in faults_of(tmp_path / "empty")[0]
    assert "no .yaml file" in faults_of(tmp_path / "dir.yaml")[0]
    assert "no such file" in faults_of(tmp_path / "missing.yaml")[0]
    assert "by its ending" in faults_of(tmp_path / "a.doc")[0]
    assert "cannot be read" in faults_of(tmp_path / ("x" * 300))[0]


def test_a_file_over_twenty_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    assert faults_of(path) == ["a.csv:1:-: the file is larger than 20 MB; split it"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("x", encoding="utf-8")
    path.chmod(0)
    assert "cannot be read" in faults_of(path)[0]
