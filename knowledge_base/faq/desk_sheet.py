"""The sheet that editors take out of the console and bring back: cells in, rows and every fault of them out. Pure.

Its columns are named in words of the face (`Terms`); what is wrong is a key with data, at a row and a column, for the
face to put into words. A row at fault is set aside; the others stand.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.sheet_compare import tidied
from knowledge_base.faq.sheet_row import LONGEST_LIST, LONGEST_TEXT, Row, distinct, tidy, tidy_line
from knowledge_base.text.fold import fold

FIELDS = (
    "kind",
    "topic",
    "question",
    "short_answer",
    "details",
    "easy_read",
    "audience",
    "phrasings",
    "legal_basis",
    "in_force.from",
    "in_force.to",
    "sources",
    "checked_on",
)
COLUMNS = ("base", "key", "act", *FIELDS)
SEND, LEAVE = "send", "leave"  # what is to become of a row
MOST_ROWS = 20_000
MOST_FAULTS = 500
LONGEST = {"question": 2_000, "short_answer": 2_000, "easy_read": 2_000}  # as the console's forms have it
_REQUIRED = ("question", "short_answer")
_NEEDED = ("kind", "topic", "question", "short_answer")  # columns without which no row makes sense
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
_BASE = re.compile(r"\d{1,9}-[0-9a-f]{16}")
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_SHOWN = 60

Texts = dict[str, str]  # an entry as the cells of its row, by field


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell; `problem` names why it can't be read (a formula, an error value)."""

    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CellFault:
    """One thing wrong: a row and a column as the sheet has them (row 0: the file), a key and its data."""

    row: int
    column: str
    key: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One row that can be read. `base` is empty where it wasn't exported (or somebody took it out)."""

    row: int
    key: str  # empty: a new entry
    base: str
    act: str
    texts: Texts


@dataclass(frozen=True, slots=True)
class Terms:
    """What words of the sheet mean; all folded. Columns and kinds by their names, topics by name and slug."""

    columns: Mapping[str, str]
    kinds: Mapping[str, str]
    acts: Mapping[str, str]
    topics: Mapping[str, str]
    documents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Words:
    """The face's words: of the columns, the lists to choose from, and what is said when a key is typed over."""

    columns: Mapping[str, str]
    lists: Mapping[str, Sequence[str]]  # by column
    sheet: str
    lists_sheet: str
    key_locked: str
    choose: str


def term(words: str) -> str:
    """Words as `Terms` has them: without case, marks and more than one blank."""
    return " ".join(fold(words).split())


# --- an entry as texts, and back ------------------------------------------------------------------


def texts_of(entry: FaqEntry) -> Texts:
    """An entry as the cells of its row; equal entries have equal texts."""
    entry = tidied(entry)
    basis = (f"{one.document} | {one.article}" if one.article else one.document for one in entry.legal_basis)
    window = entry.in_force
    return {
        **{
            name: getattr(entry, name) for name in ("kind", "topic", "question", "short_answer", "details", "easy_read")
        },
        **{name: "\n".join(getattr(entry, name)) for name in ("audience", "phrasings", "sources")},
        "legal_basis": "\n".join(basis),
        "in_force.from": _iso(window.from_day),
        "in_force.to": _iso(window.to_day),
        "checked_on": _iso(entry.checked_on),
    }


def entry_of(key: str, texts: Texts) -> FaqEntry:
    """The entry that texts stand for; the inverse of `texts_of`."""

    def lines(name: str) -> tuple[str, ...]:
        return tuple(texts[name].splitlines())

    return FaqEntry(
        key=key,
        kind="referral" if texts["kind"] == "referral" else "answer",
        status="draft",
        approved_by="",
        topic=texts["topic"],
        question=texts["question"],
        short_answer=texts["short_answer"],
        details=texts["details"],
        easy_read=texts["easy_read"],
        audience=lines("audience"),
        phrasings=lines("phrasings"),
        legal_basis=tuple(_basis(line) for line in lines("legal_basis")),
        in_force=InForce(_day(texts["in_force.from"]), _day(texts["in_force.to"])),
        sources=lines("sources"),
        checked_on=_day(texts["checked_on"]),
    )


def base_of(number: int, texts: Texts) -> str:
    """What tells which text a row was exported from: the revision's number, and a hash of all its cells."""
    stated = {name: text for name, text in texts.items() if text or name != "easy_read"}  # as before there were any
    told = json.dumps(stated, ensure_ascii=False, sort_keys=True)
    return f"{number}-{hashlib.sha256(told.encode(errors='surrogatepass')).hexdigest()[:16]}"


def number_of(base: str) -> int:
    """The revision's number in a base; 0 in none."""
    return int(base.partition("-")[0] or 0)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _basis(line: str) -> LegalBasis:
    document, _, article = line.partition("|")
    return LegalBasis(document.strip(), article.strip())


# --- reading a sheet --------------------------------------------------------------------------------


def read_desk_sheet(table: Iterable[Sequence[Cell]], terms: Terms) -> tuple[list[DeskRow], list[CellFault]]:
    """The rows of a table whose first row names the columns, and every fault (at most `MOST_FAULTS`)."""
    rows = iter(enumerate(table, start=1))
    header, faults = _header(next(rows, (1, ()))[1], terms)
    if faults:
        return [], faults
    found: list[DeskRow] = []
    seen: dict[str, int] = {}
    filled = 0
    for number, cells in rows:
        if not any(cell.text.strip() or cell.problem for cell in cells):
            continue
        filled += 1
        if filled > MOST_ROWS:
            faults.append(CellFault(number, "", "sheet_rows", {"most": MOST_ROWS}))
            break
        named = {name: cell for name, cell in zip(header, cells, strict=False) if name}
        row, wrong = _Reader(number, named, terms).read()
        if row.key and row.key in seen:
            wrong.append(CellFault(number, "key", "sheet_key_twice", {"key": row.key, "first": seen[row.key]}))
        seen.setdefault(row.key, number)
        faults += wrong
        if not wrong:
            found.append(row)
        if len(faults) > MOST_FAULTS:
            faults = [*faults[:MOST_FAULTS], CellFault(number, "", "sheet_faults_many", {"most": MOST_FAULTS})]
            break
    if not filled:
        faults.append(CellFault(2, "", "sheet_no_rows"))
    return found, faults


def _header(cells: Sequence[Cell], terms: Terms) -> tuple[list[str], list[CellFault]]:
    """The columns in their order; one whose name isn't known is empty, for people keep columns of their own."""
    names = [terms.columns.get(term(cell.text), "") for cell in cells]
    faults = [
        CellFault(1, name, "sheet_column_twice")
        for position, name in enumerate(names)
        if name and name in names[:position]
    ]
    faults += [CellFault(1, name, "sheet_column_missing") for name in _NEEDED if name not in names]
    return names, faults


class _Reader:
    """One row. A field whose column isn't there is empty."""

    def __init__(self, number: int, cells: Mapping[str, Cell], terms: Terms) -> None:
        self._number = number
        self._cells = cells
        self._terms = terms
        self._faults: list[CellFault] = []

    def read(self) -> tuple[DeskRow, list[CellFault]]:
        """The row, and what is wrong with it."""
        for name, cell in self._cells.items():
            if cell.problem:
                self._fault(name, cell.problem)
        texts = {name: self._field(name) for name in FIELDS}
        if texts["kind"] == "answer" and not texts["legal_basis"]:
            self._fault("legal_basis", "sheet_basis_missing")
        if texts["in_force.from"] and texts["in_force.to"] and texts["in_force.to"] < texts["in_force.from"]:
            self._fault("in_force.to", "sheet_window")
        key, base = self._text("key", 80), self._text("base", 80)
        if key and not _KEY.fullmatch(key):
            self._fault("key", "sheet_key", value=key[:_SHOWN])
        act = self._terms.acts.get(term(self._text("act", 80)), SEND)
        row = DeskRow(self._number, key, base if _BASE.fullmatch(base) else "", act, texts)
        return row, self._faults

    def _fault(self, column: str, key: str, **data: Any) -> None:
        if not any(fault.column == column for fault in self._faults):  # one thing wrong a cell is enough
            self._faults.append(CellFault(self._number, column, key, data))

    def _text(self, name: str, limit: int = LONGEST_TEXT) -> str:
        text = self._cells.get(name, Cell("")).text
        if len(text) > limit:
            self._fault(name, "sheet_too_long", most=limit, length=len(text))
            return ""
        return tidy(text)

    def _field(self, name: str) -> str:
        readers: dict[str, Callable[[str], str]] = {
            "kind": self._kind,
            "topic": self._topic,
            "legal_basis": self._legal_basis,
            **dict.fromkeys(("audience", "phrasings", "sources"), self._lines),
            **dict.fromkeys(("in_force.from", "in_force.to", "checked_on"), self._date),
        }
        if name in readers:
            return readers[name](name)
        text = self._text(name, LONGEST.get(name, LONGEST_TEXT))
        text = tidy_line(text) if name == "question" else text
        if not text and name in _REQUIRED:
            self._fault(name, "sheet_empty")
        return text

    def _kind(self, name: str) -> str:
        return self._choice(name, self._terms.kinds, "sheet_kind")

    def _topic(self, name: str) -> str:
        return self._choice(name, self._terms.topics, "sheet_topic")

    def _choice(self, name: str, known: Mapping[str, str], key: str) -> str:
        text = self._text(name)
        found = known.get(term(text))
        if found is None:
            self._fault(name, key if text else "sheet_empty", value=text[:_SHOWN])
        return found or ""

    def _lines(self, name: str) -> str:
        lines = distinct(self._text(name).splitlines())
        if len(lines) > LONGEST_LIST:
            self._fault(name, "sheet_lines", most=LONGEST_LIST)
        if name == "sources" and (strange := [line for line in lines if Row.web_address(line)]):
            self._fault(name, "sheet_address", value=strange[0][:_SHOWN])
        return "\n".join(lines)

    def _legal_basis(self, name: str) -> str:
        found = [_basis(tidy_line(line)) for line in self._text(name).splitlines() if line.strip()]
        unknown = [one.document for one in found if one.document not in self._terms.documents]
        if unknown:
            self._fault(name, "sheet_document", value=unknown[0][:_SHOWN])
        return "\n".join(f"{one.document} | {one.article}" if one.article else one.document for one in found)

    def _date(self, name: str) -> str:
        text = self._text(name)
        for shape in _DAYS if text else ():
            try:
                return datetime.strptime(text, shape).date().isoformat()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        if text:
            self._fault(name, "sheet_date", value=text[:_SHOWN])
        return ""
