"""Tables: rows of cells become rows of a sheet and back; CSV. Lists stand one per line in their cell."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from knowledge_base.errors import Fault
from knowledge_base.faq.sheet import ENTRY_FIELDS
from knowledge_base.faq.sheet_row import LONGEST_TEXT, Value

LISTS = ("audience", "phrasings", "sources")
COLUMNS = tuple(
    column
    for field in ENTRY_FIELDS
    for column in (("in_force.from", "in_force.to") if field == "in_force" else (field,))
)
MOST_ROWS = 100_000
# What a spreadsheet program takes for a formula; an apostrophe before it says that it is a text.
_FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(f"'+{_FORMULA.pattern}")
_TO_GUARD = re.compile(f"'*{_FORMULA.pattern}")
_DELIMITERS = ",;\t"


def guard(text: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return "'" + text if _TO_GUARD.match(text) else text


def unguard(text: str) -> str:
    """The inverse of `guard`."""
    return text[1:] if _GUARDED.match(text) else text


def rows_of_cells(file: str, table: Iterable[Sequence[str]], faults: list[Fault]) -> list[Value]:
    """The rows of a table whose first row names the columns."""
    rows = iter(enumerate(table, start=1))
    header = _header(file, next(rows, (1, ()))[1], faults)
    if header is None:
        return []
    found: list[Value] = []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(found) >= MOST_ROWS:
            faults.append(Fault(file, number, "-", f"more than {MOST_ROWS:,} rows; split the file"))
            break
        if len(cells) == len(header):
            found.append(_row(number, dict(zip(header, cells, strict=True))))
        else:
            reason = f"{len(cells)} cells where the header names {len(header)} columns; check commas and quotes"
            faults.append(Fault(file, number, "-", reason))
    if not found and not any(fault.file == file for fault in faults):
        faults.append(Fault(file, 2, "-", "no entry stands under the header"))
    return found


def _header(file: str, cells: Sequence[str], faults: list[Fault]) -> list[str] | None:
    """The columns' names; None (and a fault) when the first row names none of ours."""
    names = [cell.strip() for cell in cells]
    columns = ", ".join(COLUMNS)
    if not set(names) & set(COLUMNS):
        faults.append(Fault(file, 1, "-", f"the first row must name the columns: {columns}"))
        return None
    known = len(faults)
    for position, name in enumerate(names):
        label = " ".join(name.split())[:40] or f"column {position + 1}"
        if name not in COLUMNS:
            faults.append(Fault(file, 1, label, f"unknown column; the columns are {columns}"))
        elif name in names[:position]:
            faults.append(Fault(file, 1, label, "the column is there twice; keep one"))
    missing = [name for name in ("key", "kind", "status", "topic", "question", "short_answer") if name not in names]
    faults.extend(Fault(file, 1, name, "the column is missing; add it") for name in missing)
    # With a wrong header the same fault would come again for every row.
    return names if len(faults) == known else None


def _row(number: int, cells: dict[str, str]) -> Value:
    fields: dict[str, Value] = {}
    window: dict[str, Value] = {}
    for name, cell in cells.items():
        if name.startswith("in_force."):
            window[name.removeprefix("in_force.")] = Value(number, cell)
        else:
            fields[name] = Value(number, _cell(name, number, cell))
    return Value(number, {**fields, "in_force": Value(number, window)})


def _cell(name: str, number: int, cell: str) -> str | list[Value]:
    if len(cell) > LONGEST_TEXT:
        return cell  # refused with its length when the field is taken
    lines = [line.strip() for line in cell.splitlines() if line.strip()]
    if name in LISTS:
        return [Value(number, line) for line in lines]
    if name == "legal_basis":
        return [Value(number, _basis(number, line)) for line in lines]
    return cell


def _basis(number: int, line: str) -> dict[str, Value]:
    document, _, article = line.partition("|")
    return {"document": Value(number, document), "article": Value(number, article)}


# --- CSV ------------------------------------------------------------------------------------------


def read_csv(file: str, text: str, faults: list[Fault]) -> list[Value]:
    """The rows of a CSV file."""
    if not text.strip():
        faults.append(Fault(file, 1, "-", "the file is empty; the first row must name the columns"))
        return []
    # The default refuses cells over 128 KB without naming the column; the file's own size is limited already.
    former = csv.field_size_limit(max(len(text), LONGEST_TEXT))
    try:
        return rows_of_cells(file, _csv_rows(file, text, faults), faults)
    finally:
        csv.field_size_limit(former)


def _csv_rows(file: str, text: str, faults: list[Fault]) -> Iterator[list[str]]:
    first_line = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            yield [unguard(cell) for cell in cells]
    except csv.Error as error:
        faults.append(Fault(file, number + 1, "-", f"broken CSV ({error}); check the quotes"))


def write_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells as CSV, safe to open in a spreadsheet program."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    writer.writerows([guard(cell) for cell in row] for row in rows)
    return "\ufeff" + stream.getvalue()  # the mark tells spreadsheet programs that it is UTF-8
