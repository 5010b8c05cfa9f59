"""YAML in and out. Read event by event: bombs are refused before they are built, and every value has its line."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml

from knowledge_base.errors import Fault
from knowledge_base.faq.sheet_row import LONGEST_TEXT, Value, shown

# libyaml's parser and emitter where PyYAML was built with them: about ten times as fast.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BaseDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_DEEPEST = 8  # an entry needs four levels
_MOST_FIELDS = 100  # in one mapping
_MOST_VALUES = 1_000_000  # in one file
_NULLS = ("", "~", "null", "Null", "NULL")


class _Broken(Exception):
    """The file cannot be understood from here on."""

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(reason)
        self.row = row
        self.reason = reason


def read_yaml(file: str, text: str, faults: list[Fault]) -> list[Value]:
    """The rows of a YAML file: of its list, or its one mapping; none (and a fault) when it is broken."""
    known = len(faults)
    try:
        root = _Composer(file, text, faults).document()
    except _Broken as broken:
        faults.append(Fault(file, broken.row, "-", broken.reason))
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        faults.append(Fault(file, mark.line + 1 if mark else 1, "-", _broken_yaml(error.problem)))
    except yaml.reader.ReaderError as error:
        row = text.encode(errors="replace")[: error.position].count(b"\n") + 1
        faults.append(Fault(file, row, "-", _broken_yaml(error.reason)))
    else:
        if root is not None and root.data != "":
            return root.data if isinstance(root.data, list) else [root]
        if len(faults) == known:
            faults.append(Fault(file, 1, "-", "the file is empty; write an entry or remove the file"))
    return []


def _broken_yaml(problem: str | None) -> str:
    return f"broken YAML ({problem or 'unknown'}); check indents, and quote texts that contain ': ' or ' #'"


def _row(event: Any) -> int:
    row: int = event.start_mark.line + 1
    return row


class _Composer:
    """Builds values from events, at most `_DEEPEST` levels deep."""

    def __init__(self, file: str, text: str, faults: list[Fault]) -> None:
        self._file = file
        self._faults = faults
        self._values = 0
        self._events: Iterator[Any] = yaml.parse(text, Loader=_Loader)

    def document(self) -> Value | None:
        """The one document of the stream; None when there is none."""
        next(self._events)
        if not isinstance(next(self._events), yaml.DocumentStartEvent):
            return None
        root = self._value(next(self._events), 0)
        next(self._events)
        more = next(self._events)
        if isinstance(more, yaml.DocumentStartEvent):
            raise _Broken(_row(more), "a second document begins here; put several entries in a list")
        return root

    def _value(self, event: Any, depth: int) -> Value:
        row = _row(event)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _Broken(row, "anchors (&) and aliases (*) are not allowed; write the text out, or quote it")
        if event.tag is not None:
            raise _Broken(row, f"tags ({shown(event.tag)}) are not allowed; remove it, or quote the text")
        if depth > _DEEPEST:
            raise _Broken(row, "too many levels inside each other; compare with another entry")
        self._values += 1
        if self._values > _MOST_VALUES:
            raise _Broken(row, f"more than {_MOST_VALUES:,} values in one file; split it")
        if isinstance(event, yaml.ScalarEvent):
            plain_null = event.implicit[0] and event.value in _NULLS
            return Value(row, "" if plain_null else event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return Value(row, self._sequence(depth))
        return Value(row, self._mapping(depth))

    def _sequence(self, depth: int) -> list[Value]:
        items = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, depth + 1))
        return items

    def _mapping(self, depth: int) -> dict[str, Value]:
        fields: dict[str, Value] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._value(event, depth + 1)
            value = self._value(next(self._events), depth + 1)
            if not isinstance(key.data, str):
                raise _Broken(key.row, f"expected a field's name, got {shown(key.data)}")
            name = key.data[:LONGEST_TEXT]
            if name in fields:
                reason = f"given twice, first in row {fields[name].row}; keep one of them"
                self._faults.append(Fault(self._file, key.row, shown(name)[1:-1], reason))
            else:
                fields[name] = Value(key.row, value.data)
            if len(fields) > _MOST_FIELDS:
                raise _Broken(key.row, f"more than {_MOST_FIELDS} fields; start each entry with '- ' in a list")
        return fields


# --- writing --------------------------------------------------------------------------------------


class _Dumper(_BaseDumper):  # type: ignore[misc]  # which of PyYAML's two it is, is known at run time only
    """Texts of several lines as blocks, days as days, nothing as nothing."""


def _text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _nothing(dumper: Any, _nothing: None) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:null", "")


def _day(dumper: Any, day: date) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", day.isoformat())


_Dumper.add_representer(str, _text)
_Dumper.add_representer(type(None), _nothing)
_Dumper.add_representer(date, _day)


def write_yaml(data: dict[str, Any] | list[dict[str, Any]]) -> str:
    """Fields with values, or a list of such, as YAML text."""
    text: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return text
