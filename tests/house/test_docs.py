"""What the documents promise is there, and what is there is documented."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge_base.settings import SECRETS, Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_every_setting_is_documented_and_no_other() -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}
    assert set(re.findall(r"^\| `([A-Z_]+)` \*secret\*", page, re.MULTILINE)) == set(SECRETS)


def test_every_documented_command_exists() -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    verbs = set(re.findall(r"`python -m knowledge_base (\w+)", page))
    shown = subprocess.run(
        [sys.executable, "-m", "knowledge_base", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    listed = re.search(r"\{([\w,]+)\}", shown)
    assert listed
    assert set(listed.group(1).split(",")) == verbs


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_named_in_documents_exist(page: Path) -> None:
    for path in re.findall(
        r"`((?:knowledge_base|bot|admin|info_page|processes|quality|translations)/[\w./]*)", page.read_text()
    ):
        assert (ROOT / path.rstrip(".:")).exists(), path


def test_third_party_licences_cover_the_lock() -> None:
    page = (ROOT / "THIRD_PARTY_LICENSES.md").read_text(encoding="utf-8")
    locked = re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert locked
    assert [name for name in locked if f"| {name} |" not in page] == []


def test_locks_name_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)
        assert "--hash=sha256:" in text
