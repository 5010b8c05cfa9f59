"""Do the tests test? Each deliberate breakage, in a copy of the tree, must make its tests fail; unbroken they pass."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.faults.counts import PROFILE
from tests.faults.deployment import ROOT
from tests.faults.sabotages import SABOTAGES, Sabotage

CHOSEN = SABOTAGES if PROFILE.every_sabotage else [one for one in SABOTAGES if one.quick]
FAILED, PASSED = 1, 0  # pytest's exit codes; whatever else it says is a mistake of ours
LEFT_OUT = (".git", ".venv", ".stamps", "var", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project to break."""
    copy = tmp_path_factory.mktemp("sabotage") / "tree"
    # With times and compiled files: what isn't broken need not be compiled again.
    return Path(shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT)))


def run_tests(tree: Path, selections: Iterable[str]) -> subprocess.CompletedProcess[str]:
    """A selection of the tests, in a copy of the tree."""
    # No compiled files are written: two breakages in one second would look like the same source.
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "FAULTS": "sabotage",
        "INDEXES": str(tree.parent / "indexes"),
    }
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    for selection in selections:
        command += shlex.split(selection)
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.timeout(1200)
def test_unbroken_they_pass(tree: Path) -> None:
    selections = dict.fromkeys(sabotage.tests for sabotage in CHOSEN)
    together = [selection for selection in selections if " " not in selection]
    for group in [together, *([selection] for selection in selections if " " in selection)]:
        done = run_tests(tree, group)
        if done.returncode == FAILED:  # a busy machine may answer 503 where a test wants 200; twice it is no accident
            done = run_tests(tree, group)
        assert done.returncode == PASSED, done.stdout[-3000:]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("sabotage", CHOSEN, ids=lambda sabotage: sabotage.name)
def test_it_is_noticed(tree: Path, sabotage: Sabotage, figures: dict[str, Any]) -> None:
    path = tree / sabotage.file
    whole = path.read_text(encoding="utf-8")
    assert whole.count(sabotage.old) == 1, f"{sabotage.file} has changed: bring the sabotage up to date"
    try:
        path.write_text(whole.replace(sabotage.old, sabotage.new), encoding="utf-8")
        done = run_tests(tree, [sabotage.tests])
    finally:
        path.write_text(whole, encoding="utf-8")
    assert done.returncode == FAILED, f"nobody noticed, or the tests could not run:\n{done.stdout[-3000:]}"
    figures["caught"] = True


def test_each_fits_the_code() -> None:
    """Of those too that the short profile doesn't try: who changes the code brings its sabotage up to date."""
    stale = [one.name for one in SABOTAGES if (ROOT / one.file).read_text(encoding="utf-8").count(one.old) != 1]
    assert stale == []


def test_the_list_is_in_the_documents() -> None:
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    assert [sabotage.name for sabotage in SABOTAGES if f"| {sabotage.name} |" not in page] == []
