from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge_base.faq.sheet import Sheet
from knowledge_base.faq.sheet_files import read_sheet

ENTRY = """\
key: T25
kind: answer
status: approved
approved_by: cán bộ thử nghiệm
topic: bao-hiem-y-te
question: Hộ nghèo có được thẻ không?
short_answer: Có.
details: |
  ## Mức hưởng
  - một
audience: [ho-ngheo]
phrasings:
  - thẻ cho hộ nghèo
  - xin thẻ ở đâu
legal_basis:
  - {document: "1/2025/NĐ-CP", article: "Điều 3"}
in_force: {from: 2025-08-15, to: }
sources:
  - https://example.org/a
checked_on: 2026-11-22
"""


@pytest.fixture
def entry() -> str:
    return ENTRY


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str, str | bytes], Sheet]:
    """Write a file and read it as a sheet."""

    def read(name: str, text: str | bytes) -> Sheet:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_sheet(path)

    return read


@pytest.fixture
def faults(read: Callable[[str, str | bytes], Sheet], tmp_path: Path) -> Callable[[str, str | bytes], list[str]]:
    """The faults of a file, as printed, without the folder."""

    def faults(name: str, text: str | bytes) -> list[str]:
        return [str(fault).removeprefix(f"{tmp_path}/") for fault in read(name, text).faults]

    return faults
