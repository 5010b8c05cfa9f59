"""One row of a sheet, whatever file it came from: takes typed fields out of it and notes every fault at its place."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from knowledge_base.errors import Fault
from knowledge_base.faq.entry import InForce
from knowledge_base.text.clean import clean

LONGEST_TEXT = 20_000
LONGEST_LIST = 2_000
ROW = ""  # the name under which `Row.rows` keeps the row of the whole
_SHOWN = 40
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")  # line ends that file forms would turn into others
_NOT_XML = re.compile("[\ufffe\uffff]")  # no workbook can hold them
_SCHEME = re.compile(r"(?!https?://)[A-Za-z][A-Za-z0-9+.-]*:(?!\s)")


@dataclass(frozen=True, slots=True)
class Value:
    """What stands in one place of a file; every scalar is the text that was written."""

    row: int
    data: "str | list[Value] | dict[str, Value]"


def shown(data: object) -> str:
    """A value in an error message: short, on one line."""
    if isinstance(data, list):
        return "a list"
    if isinstance(data, dict):
        return "fields with values"
    text = str(data)
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def too_long(data: object, limit: int) -> str:
    """Why a text is refused that is longer than may be."""
    return f"{len(str(data)):,} characters are too many; at most {limit:,}"


def tidy(text: str) -> str:
    """A text as the FAQ keeps it: cleaned, one kind of line end, no blanks around it."""
    return clean(_NOT_XML.sub("\ufffd", _LINE_ENDS.sub("\n", text))).strip()


def tidy_line(text: str) -> str:
    """A text that must stay on one line: every run of blanks is one space."""
    return " ".join(tidy(text).split())


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts on one line each, without those that differ from an earlier one only in case."""
    seen: dict[str, str] = {}
    for line in map(tidy_line, texts):
        if line:
            seen.setdefault(line.casefold(), line)
    return tuple(seen.values())


class Row:
    """One mapping of fields. Whatever is wrong goes to `faults`; the getters then return a default."""

    def __init__(self, file: str, value: Value, faults: list[Fault], prefix: str = "") -> None:
        self._file = file
        self._row = value.row
        self._fields = value.data if isinstance(value.data, dict) else {}
        self._faults = faults
        self._prefix = prefix
        self._failed: set[str] = set()

    def rows(self) -> dict[str, int]:
        """Where each field stands; `ROW` for the whole."""
        return {ROW: self._row, **{name: value.row for name, value in self._fields.items()}}

    def failed(self, name: str) -> bool:
        """Whether a fault was noted for this field."""
        return name in self._failed

    def fault(self, name: str, reason: str, row: int | None = None) -> None:
        """Note a fault at a field, or at the row of the whole where the field is not there."""
        self._failed.add(name)
        place = row or (self._fields[name].row if name in self._fields else self._row)
        self._faults.append(Fault(self._file, place, self._prefix + name, reason))

    def only(self, allowed: Iterable[str]) -> None:
        """Refuse every field that is not allowed."""
        names = tuple(allowed)
        for name in self._fields:
            if name not in names:
                label = " ".join(name.split())[:_SHOWN] or "-"
                reason = f"unknown field; the fields are {', '.join(names)}"
                self._faults.append(Fault(self._file, self._fields[name].row, self._prefix + label, reason))

    # --- one field --------------------------------------------------------------------------------

    def text(
        self,
        name: str,
        *,
        required: bool = False,
        limit: int = LONGEST_TEXT,
        check: Callable[[str], str] | None = None,
    ) -> str:
        """A text field, cleaned; empty where it is not given."""
        value = self._fields.get(name)
        found = "" if value is None else self._scalar(name, value, limit)
        if required and not found and not self.failed(name):
            self.fault(name, "missing; fill it in" if value is None else "empty; fill it in")
        if check is not None and found and (reason := check(found)):
            self.fault(name, reason)
        return found

    def line(self, name: str, *, required: bool = False, limit: int = LONGEST_TEXT) -> str:
        """A text field that must stay on one line."""
        return tidy_line(self.text(name, required=required, limit=limit))

    def _scalar(self, name: str, value: Value, limit: int = LONGEST_TEXT) -> str:
        if not isinstance(value.data, str):
            self.fault(name, f"expected a text, got {shown(value.data)}", value.row)
            return ""
        if len(value.data) > limit:
            self.fault(name, too_long(value.data, limit), value.row)
            return ""
        return tidy(value.data)

    def shaped(self, name: str, shape: re.Pattern[str], expected: str) -> str:
        """A required text of one shape."""
        found = self.text(name, required=True)
        if found and not shape.fullmatch(found):
            self.fault(name, f"expected {expected}, got {shown(found)}")
            return ""
        return found

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        found = self.text(name, required=True)
        if found in allowed:
            return found
        if not self.failed(name):
            self.fault(name, f"expected {' or '.join(allowed)}, got {shown(found)}")
        return default

    def day(self, name: str) -> date | None:
        """A day, or None where the field is empty."""
        found = self.text(name)
        if not found:
            return None
        try:
            if _DAY.fullmatch(found):
                return date.fromisoformat(found)
        except ValueError:
            pass
        self.fault(name, f"expected a day of the calendar as year-month-day, like 2026-11-22, got {shown(found)}")
        return None

    @staticmethod
    def web_address(text: str) -> str:
        """Why a text may not stand where readers get a link; empty when it may."""
        return f"expected an address beginning with https://, got {shown(text)}" if _SCHEME.match(text) else ""

    # --- fields made of several values --------------------------------------------------------------

    def part(self, name: str, value: Value, allowed: tuple[str, ...]) -> "Row | None":
        """A mapping inside a field; None (and a fault) when it is something else."""
        if not isinstance(value.data, dict):
            self.fault(name, f"expected {' and '.join(allowed)}, got {shown(value.data)}", value.row)
            return None
        row = Row(self._file, value, self._faults, f"{self._prefix}{name}.")
        row.only(allowed)
        return row

    def window(self, name: str) -> InForce:
        """The days `from` and `to` between which something holds."""
        value = self._fields.get(name)
        part = None if value is None or value.data == "" else self.part(name, value, ("from", "to"))
        if part is None:
            return InForce()
        window = InForce(part.day("from"), part.day("to"))
        if window.from_day and window.to_day and window.to_day < window.from_day:
            part.fault("to", f"the window ends on {window.to_day}, before it begins on {window.from_day}")
            return InForce()
        return window

    def items(self, name: str) -> list[Value]:
        """The values of a list field."""
        value = self._fields.get(name)
        if value is None or value.data == "":
            return []
        if not isinstance(value.data, list):
            too_long_cell = isinstance(value.data, str) and len(value.data) > LONGEST_TEXT
            reason = (
                too_long(value.data, LONGEST_TEXT) if too_long_cell else f"expected a list, got {shown(value.data)}"
            )
            self.fault(name, reason)
            return []
        if len(value.data) > LONGEST_LIST:
            self.fault(name, f"{len(value.data):,} items are too many; at most {LONGEST_LIST:,}")
            return []
        return value.data

    def texts(self, name: str, *, check: Callable[[str], str] | None = None) -> tuple[str, ...]:
        """A list of texts, each on one line, none twice."""
        seen: dict[str, str] = {}
        for value in self.items(name):
            line = tidy_line(self._scalar(name, value))
            if not line:
                if not self.failed(name):
                    self.fault(name, "an empty item in the list; fill it in or remove it", value.row)
            elif line.casefold() in seen:
                self.fault(name, f"{shown(line)} stands there twice; keep one", value.row)
            elif check is not None and (reason := check(line)):
                self.fault(name, reason, value.row)
            seen.setdefault(line.casefold(), line)
        return tuple(seen.values())
