"""Sheets that people fill in: rows of cells by the names of their columns, faults named `file:row:field`.

A fault's reason is a key where it is ours (`REASONS`); faces translate it.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from knowledge_base.errors import Fault
from knowledge_base.faq.sheet_table import unguard
from knowledge_base.text.clean import clean
from knowledge_base.text.fold import fold

MOST_ROWS = 20_000
_LONGEST = 4_000  # characters of a cell
_PHONE = re.compile(r"(?:\+?84|0)(\d{9})")
REASONS: Mapping[str, str] = {
    "column_missing": "the column is missing",
    "column_unknown": "a column that is not known",
    "cell_empty": "must not be empty",
    "cell_long": "too long",
    "unit_unknown": "no unit of yours has this code or name",
    "phone_shape": "not a telephone number of ten digits",
    "twice": "stands in the sheet twice",
    "line_unknown": "the form has no such line or code",
    "no_rows": "no row stands under the header",
    "too_many_rows": f"more than {MOST_ROWS:,} rows; split the sheet",
    "not_text": "not a text that can be read; save it as .xlsx or as CSV (UTF-8)",
}
ROSTER = {"unit": "ma xa", "team": "to", "hamlet": "thon", "name": "ho ten", "phone": "so dien thoai"}
_SPELLED = {
    "xa": "unit", "ma don vi": "unit", "don vi": "unit", "unit": "unit",
    "ten to": "team", "team": "team",
    "thon ban": "hamlet", "thon/ban": "hamlet", "thon, ban": "hamlet", "hamlet": "hamlet", "ap": "hamlet",
    "ho va ten": "name", "ten": "name", "name": "name", "thanh vien": "name",
    "dien thoai": "phone", "sdt": "phone", "phone": "phone",
    "dong": "line", "so thu tu": "line", "stt": "line", "ma phieu": "line", "line": "line",
    "cau hoi": "question", "noi dung": "question", "question": "question",
}  # fmt: skip
Row = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A member of a team as a sheet lists him."""

    unit_code: str
    team: str
    hamlet: str
    name: str
    phone: str


def tidy_phone(text: str) -> str | None:
    """A telephone number of Viet Nam as `0…`, ten digits; empty stays empty, None for anything else."""
    bare = re.sub(r"[\s.()-]", "", text)
    found = _PHONE.fullmatch(bare)
    if found:
        return f"0{found.group(1)}"
    return "" if not bare else None


def table_of(
    file: str, data: bytes, columns: Mapping[str, str], needed: Sequence[str], faults: list[Fault]
) -> list[Row]:
    """The filled rows of a workbook or a CSV file, each with its number and its cells by column."""
    lines = (_cells if data[:2] == b"PK" else _csv)(file, data, faults)
    if not lines:
        return []
    known = {fold(spelled): name for name, spelled in columns.items()}
    known |= {spelled: name for spelled, name in _SPELLED.items() if name in columns}
    header = [known.get(fold(cell).replace("_", " ").strip()) for cell in lines[0]]
    before = len(faults)
    for cell, name in zip(lines[0], header, strict=True):
        if name is None and cell.strip():
            faults.append(Fault(file, 1, " ".join(cell.split())[:40], "column_unknown"))
    faults += [Fault(file, 1, columns[name], "column_missing") for name in needed if name not in header]
    if len(faults) > before:
        return []
    rows = [
        (number, {name: clean(cell).strip() for name, cell in zip(header, cells, strict=False) if name})
        for number, cells in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    if not rows or len(rows) > MOST_ROWS:
        faults.append(Fault(file, 2, "-", "too_many_rows" if rows else "no_rows"))
        return []
    for number, cells in rows:
        for name in needed:
            if not cells.get(name):
                faults.append(Fault(file, number, columns[name], "cell_empty"))
        faults += [
            Fault(file, number, columns[name], "cell_long") for name, cell in cells.items() if len(cell) > _LONGEST
        ]
    return rows


def _cells(file: str, data: bytes, faults: list[Fault]) -> list[list[str]]:
    from knowledge_base.faq.sheet_xlsx import cells_of  # noqa: PLC0415 - a start must not wait for a library it doesn't use

    return cells_of(file, data, faults)


def _csv(file: str, data: bytes, faults: list[Fault]) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
        delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
        return [
            [unguard(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except (UnicodeDecodeError, csv.Error):
        faults.append(Fault(file, 1, "-", "not_text"))
        return []


def read_roster(file: str, data: bytes, unit_of: Callable[[str], str | None], faults: list[Fault]) -> list[Listed]:
    """Teams and members; `unit_of` tells the code of a unit that words name, if it is one of the reader's."""
    listed: list[Listed] = []
    seen: set[tuple[str, str, str]] = set()
    units: dict[str, str | None] = {}
    for number, cells in table_of(file, data, ROSTER, ("unit", "team", "name"), faults):
        words = cells["unit"]
        if words not in units:
            units[words] = unit_of(words)
        unit, phone = units[words], tidy_phone(cells.get("phone", ""))
        name, team = " ".join(cells["name"].split()), " ".join(cells["team"].split())
        if unit is None and words:
            faults.append(Fault(file, number, ROSTER["unit"], "unit_unknown"))
        if phone is None:
            faults.append(Fault(file, number, ROSTER["phone"], "phone_shape"))
        for column, text in (("name", name), ("team", team)):
            if len(text) > 120:  # noqa: PLR2004 - community.LONGEST_NAME
                faults.append(Fault(file, number, ROSTER[column], "cell_long"))
        key = (unit or words, team, name)
        if key in seen and name:
            faults.append(Fault(file, number, ROSTER["name"], "twice"))
        seen.add(key)
        listed.append(Listed(unit or "", team, " ".join(cells.get("hamlet", "").split())[:120], name, phone or ""))
    return listed
