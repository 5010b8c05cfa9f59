"""The editors' sheet as a workbook for people: frozen head, wrapped cells, lists to choose from; and its cells back.

Every cell is a text, whatever it begins with; formulas that come back are named, never computed.
"""

import io
import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from knowledge_base.faq.desk_sheet import COLUMNS, MOST_ROWS, Cell, Words
from knowledge_base.faq.sheet_xlsx import text_cell, text_of_value, weigh

_WIDEST = 60  # columns looked at
_WIDTHS = {
    "key": 12,
    "act": 14,
    "kind": 14,
    "question": 40,
    "short_answer": 50,
    "details": 70,
    "easy_read": 50,
    "phrasings": 40,
}
_WIDTH = 20
_GREY = PatternFill("solid", fgColor="E7E6E6")
_ROOM = 500  # further rows in which the lists are offered, for new entries
_ROW_HEIGHT = 120  # points: a text of several lines can be read, and rows stay alike


def write_desk_workbook(rows: Iterable[Mapping[str, str]], words: Words) -> bytes:
    """Rows (by column, in words of the face) as a workbook."""
    book = Workbook(write_only=True)
    sheet, lists = book.create_sheet(words.sheet), book.create_sheet(words.lists_sheet)
    sheet.freeze_panes = "D2"
    for column, letter in _letters():
        sheet.column_dimensions[letter].width = _WIDTHS.get(column, _WIDTH)
        sheet.column_dimensions[letter].hidden = column == "base"
    sheet.append([_heading(sheet, words.columns[column]) for column in COLUMNS])
    number = 1
    for number, row in enumerate(rows, start=2):
        sheet.row_dimensions[number].height = _ROW_HEIGHT
        sheet.append([_value(sheet, column, row[column]) for column in COLUMNS])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{number}"
    _offer_lists(sheet, lists, words, number + _ROOM)
    _guard_keys(sheet, number, words)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _letters() -> Iterator[tuple[str, str]]:
    return ((column, get_column_letter(number)) for number, column in enumerate(COLUMNS, start=1))


def _heading(sheet: Any, text: str) -> Any:
    cell = text_cell(sheet, text, Font(bold=True))
    cell.fill = _GREY
    return cell


def _value(sheet: Any, column: str, text: str) -> Any:
    cell = text_cell(sheet, text)
    cell.number_format = "@"  # a text stays one when it is typed over: no day turned round, no leading zero lost
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if column in ("key", "base"):
        cell.fill = _GREY
    cell.protection = Protection(locked=column in ("key", "base"))
    return cell


def _offer_lists(sheet: Any, lists: Any, words: Words, last: int) -> None:
    """The lists stand in a sheet of their own: Excel takes no long list in the rule itself."""
    offered = [(column, words.lists[column]) for column in COLUMNS if column in words.lists]
    lists.append([_heading(lists, words.columns[column]) for column, _values in offered])
    for position in range(max((len(values) for _column, values in offered), default=0)):
        lists.append([text_cell(lists, values[position] if position < len(values) else "") for _, values in offered])
    letters = dict(_letters())
    for number, (column, values) in enumerate(offered, start=1):
        place, title = get_column_letter(number), words.lists_sheet.replace("'", "''")
        rule = DataValidation("list", f"'{title}'!${place}$2:${place}${len(values) + 1}", allow_blank=True)
        rule.error, rule.showErrorMessage = words.choose, True
        rule.add(f"{letters[column]}2:{letters[column]}{last}")
        sheet.data_validations.append(rule)


def _guard_keys(sheet: Any, last: int, words: Words) -> None:
    """Nothing typed over an exported key is taken; rows below are free for new entries."""
    if last < 2:  # noqa: PLR2004 - the head alone
        return
    rule = DataValidation("custom", "FALSE", allow_blank=False)
    rule.error, rule.showErrorMessage = words.key_locked, True
    rule.add(f"A2:B{last}")
    sheet.data_validations.append(rule)


# --- and back ---------------------------------------------------------------------------------------


def read_desk_workbook(data: bytes) -> tuple[list[list[Cell]], str]:
    """The cells of the first sheet, and why there are none (a key); formulas and error values are named."""
    refused = weigh(data)
    if refused:
        return [], refused
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and validations, which are not read
            return _table(data)
    except Exception:  # noqa: BLE001 - a damaged workbook makes openpyxl raise almost anything
        return [], "sheet_file_unreadable"


def _table(data: bytes) -> tuple[list[list[Cell]], str]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        if not book.worksheets:
            return [], "sheet_file_unreadable"
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        table: list[list[Cell]] = []
        filled = 0
        for cells in sheet.iter_rows(max_col=_WIDEST):
            row = [_read(cell) for cell in cells]
            while row and not row[-1].text.strip() and not row[-1].problem:
                row.pop()
            filled += bool(row)
            table.append(row)
            if filled > MOST_ROWS + 1:  # the head, and one too many, which is a fault
                break
        return table, ""
    finally:
        book.close()


def _read(cell: Any) -> Cell:
    if cell.data_type == "f":
        return Cell("", "sheet_formula")
    if cell.data_type == "e":
        return Cell("", "sheet_error_value")
    return Cell(text_of_value(cell.value))
