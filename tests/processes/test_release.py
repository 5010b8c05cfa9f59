"""Preparing the store at a start."""

import shutil
from pathlib import Path

import pytest

from knowledge_base.settings import Settings
from knowledge_base.storage.faq_store import publication_number
from processes import release
from tests.faults.deployment import small_content


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were read."""
    found: list[Path] = []
    read_sheet = release.read_sheet

    def noted(path: Path) -> object:
        found.append(path)
        return read_sheet(path)

    monkeypatch.setattr(release, "read_sheet", noted)
    return found


def started(settings: Settings) -> int:
    """Prepare the store; how often the FAQ was published."""
    prepared = release.prepare(settings)
    number: int = prepared.database.read_now(publication_number)
    prepared.close()
    return number


def test_a_sheet_is_read_once(tmp_path: Path, reads: list[Path]) -> None:
    content = small_content(tmp_path / "content")
    settings = Settings(data_dir=tmp_path / "data", content_dir=content)
    first = started(settings)
    assert started(settings) == first
    assert len(reads) == 1
    file = min((content / "entries").iterdir())
    file.write_text(file.read_text().replace("?", " vậy?", 1))
    assert started(settings) > first
    assert started(settings) > first
    assert len(reads) == 2


def test_a_faulty_sheet_is_read_and_told_at_every_start(
    tmp_path: Path, reads: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    content = small_content(tmp_path / "content")
    settings = Settings(data_dir=tmp_path / "data", content_dir=content)
    first = started(settings)
    file = min((content / "entries").iterdir())
    whole = file.read_text()
    file.write_text("- [")
    for starts in (2, 3):
        assert started(settings) == first
        assert len(reads) == starts
    assert caplog.text.count("content was not loaded") == 2
    file.write_text(whole)
    assert started(settings) == first
    assert len(reads) == 3  # the one that was taken before


def test_a_start_without_content_is_told(tmp_path: Path) -> None:
    content = small_content(tmp_path / "content")
    settings = Settings(data_dir=tmp_path / "data", content_dir=content)
    first = started(settings)
    shutil.rmtree(content)
    assert started(settings) == first
