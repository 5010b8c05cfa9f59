"""XLSX workbooks. The archive is weighed before it is opened; formulas are refused, never computed."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from knowledge_base.errors import Fault
from knowledge_base.faq.sheet_row import Value, shown
from knowledge_base.faq.sheet_table import COLUMNS, rows_of_cells

_LARGEST_UNPACKED = 64 * 1024 * 1024
_MOST_PARTS = 1_000
_WIDEST = 100  # columns looked at; a stray cell far to the right must not make every row that wide
_SHEET = "entries"
WEIGHED = {
    "sheet_file_empty": "the file is empty; the first row must name the columns",
    "sheet_file_unpacked": f"unpacks to more than {_LARGEST_UNPACKED >> 20} MB; split it, or export it as CSV",
    "sheet_file_doctype": "holds a document type, which no spreadsheet needs; save it again as .xlsx",
    "sheet_file_unreadable": "not a workbook; save it again as .xlsx",
}
_NARROW, _WIDE = 14, 50
_WIDE_COLUMNS = ("question", "short_answer", "details", "easy_read", "phrasings", "sources")


def read_xlsx(path: Path, faults: list[Fault]) -> list[Value]:
    """The rows of a workbook's sheet `entries`, or of its first one."""
    file = str(path)
    data = path.read_bytes()
    refused = WEIGHED.get(weigh(data))
    if refused:
        faults.append(Fault(file, 1, "-", refused))
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and validations, which are not read
            return _rows(file, data, faults)
    except Exception as error:  # noqa: BLE001 - a damaged workbook makes openpyxl raise almost anything
        reason = f"not a workbook that can be read ({type(error).__name__}); save it again as .xlsx"
        faults.append(Fault(file, 1, "-", reason))
        return []


def cells_of(file: str, data: bytes, faults: list[Fault]) -> list[list[str]]:
    """The first sheet of any workbook as texts, each row as wide as the first."""
    refused = WEIGHED.get(weigh(data))
    if refused:
        faults.append(Fault(file, 1, "-", refused))
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and validations, which are not read
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            try:
                return list(_cells(file, book.worksheets[0], faults)) if book.worksheets else []
            finally:
                book.close()
    except Exception as error:  # noqa: BLE001 - a damaged workbook makes openpyxl raise almost anything
        reason = f"not a workbook that can be read ({type(error).__name__}); save it again as .xlsx"
        faults.append(Fault(file, 1, "-", reason))
        return []


def weigh(data: bytes) -> str:
    """Why an archive must not be opened, a key of `WEIGHED`; empty when it may be."""
    if not data:
        return "sheet_file_empty"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
                return "sheet_file_unpacked"
            # No office program writes a DTD; entity bombs do.
            if any(b"<!DOCTYPE" in archive.read(part) for part in parts if part.filename.endswith((".xml", ".rels"))):
                return "sheet_file_doctype"
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error):
        return "sheet_file_unreadable"
    return ""


def _rows(file: str, data: bytes, faults: list[Fault]) -> list[Value]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        if not book.worksheets:
            faults.append(Fault(file, 1, "-", "the workbook has no sheet with cells"))
            return []
        sheet = next((one for one in book.worksheets if one.title == _SHEET), book.worksheets[0])
        return rows_of_cells(file, _cells(file, sheet, faults), faults)
    finally:
        book.close()


def _cells(file: str, sheet: Any, faults: list[Fault]) -> Iterator[list[str]]:
    """Each row as texts, as wide as the header."""
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    header: list[str] = []
    blank: object = None  # openpyxl gives the same object for each of a million rows that are not there
    for number, cells in enumerate(sheet.iter_rows(max_col=_WIDEST), start=1):
        if cells is blank:
            yield [""] * len(header)
            continue
        texts = []
        for position, cell in enumerate(cells):
            column = header[position] if position < len(header) else f"column {position + 1}"
            texts.append(_text(file, number, column, cell, faults))
        while texts and not texts[-1].strip():
            texts.pop()
        header = header or texts
        blank = blank if texts else cells
        yield texts + [""] * (len(header) - len(texts))


def _text(file: str, number: int, column: str, cell: Any, faults: list[Fault]) -> str:
    if cell.data_type == "f":
        faults.append(Fault(file, number, column, "a formula; put its value there as text"))
        return "0"
    if cell.data_type == "e":
        faults.append(Fault(file, number, column, f"an error value ({shown(cell.value)}); put a text there"))
        return "0"
    return text_of_value(cell.value)


def text_of_value(value: Any) -> str:
    """What a cell holds, as text: days as `2026-12-31`, whole numbers without a point."""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def write_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows of cells as a workbook; every cell is a text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_SHEET)
    sheet.freeze_panes = "B2"
    for number, column in enumerate(COLUMNS):
        letter = chr(ord("A") + number)
        sheet.column_dimensions[letter].width = _WIDE if column in _WIDE_COLUMNS else _NARROW
    sheet.append([text_cell(sheet, column, Font(bold=True)) for column in COLUMNS])
    for row in rows:
        sheet.append([text_cell(sheet, text) for text in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def text_cell(sheet: Any, text: str, font: Font | None = None) -> Any:
    """A cell that is a text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, value=text or None)
    if text:
        cell.data_type = "s"  # openpyxl takes a text that begins with = for a formula
        cell.quotePrefix = True
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if font is not None:
        cell.font = font
    return cell
