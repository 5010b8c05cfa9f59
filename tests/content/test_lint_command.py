from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge_base import cli_lint
from knowledge_base.__main__ import main
from knowledge_base.content import import_content
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.sheet_write import Export, yaml_files
from knowledge_base.matching.index import MatchIndex
from knowledge_base.matching.lint import Finding, Flaw
from tests.content.conftest import DOCUMENT, TOPIC, sheet_of


@pytest.fixture
def folder(tmp_path: Path, entry: FaqEntry) -> Path:
    """Two entries that ask the same, written as a folder of content."""
    twin = replace(entry, key="T2", legal_basis=(replace(entry.legal_basis[0], article=""),))
    for name, text in yaml_files(Export([entry, twin], [DOCUMENT], [TOPIC])).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_findings_name_file_and_entry(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["lint", str(folder), "--at", "2026-11-22"]) == 1
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert any(
        line.startswith("! ") and "entries/T1.yaml:1: T1: same-words" in line and "-> T2" in line for line in lines
    )
    assert any("T2.yaml:1: T2: article-missing" in line for line in lines)
    assert any("legal_documents.yaml" in line and "link-missing" in line for line in lines)
    assert "2 entries" in shown.err


def test_a_sheet_at_fault_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["lint", str(tmp_path / "nothing")]) == 2
    assert "there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize(("flaw", "code"), [(Flaw.ANOTHER_WINS, 1), (Flaw.OVERLAP, 0)])
def test_only_serious_findings_fail(
    flaw: Flaw, code: int, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(cli_lint, "MatchIndex", type("Unbuilt", (), {"build": staticmethod(list)}))
    monkeypatch.setattr(cli_lint, "lint", lambda *_: [Finding("T1", flaw, "thẻ", "T2", "because")])
    assert main(["lint", str(folder)]) == code
    assert f"T1: {flaw}: 'thẻ' -> T2 because" in capsys.readouterr().out


def test_without_a_path_what_is_live_is_looked_at(
    both_databases, tmp_path: Path, entry: FaqEntry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    both_databases.write_now(import_content, sheet_of(entry))
    built: list[list[str]] = []

    def build(entries: list, _labels: Sequence = ()) -> MatchIndex:
        built.append([one.key for one in entries])
        return index_of_nothing

    index_of_nothing = MatchIndex.build([])
    monkeypatch.setattr(MatchIndex, "build", staticmethod(build))
    monkeypatch.setenv("DATABASE_URL", both_databases.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert main(["lint"]) == 0
    assert built[0] == ["T1"]
    assert "T1: article-missing" not in capsys.readouterr().out
