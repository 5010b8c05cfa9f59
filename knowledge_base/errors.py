"""The error family of the core. Errors carry data and a message key; faces turn them into sentences.

KnowledgeBaseError
├── InvalidInput        bad input, with the places that are wrong
│   └── SheetFaults     bad import: file, row and field of every fault
├── NotFound            the thing asked for does not exist (or the asker may not know that it does)
├── Forbidden           the actor may not do this
├── Conflict            somebody else was first; carries who
└── Unavailable         a part that must be there is not (database, index)
"""

from dataclasses import dataclass
from typing import Any


class KnowledgeBaseError(Exception):
    """Base of all errors of the core; `key` names the message, `data` fills it."""

    def __init__(self, key: str, /, **data: Any) -> None:
        super().__init__(key, data)
        self.key = key
        self.data = data

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.data.items())
        return f"{self.key}({details})" if details else self.key


class InvalidInput(KnowledgeBaseError):
    """Input that cannot be taken; nothing was changed."""


class NotFound(KnowledgeBaseError):
    """There is no such thing, or the asker may not know of it."""


class Forbidden(KnowledgeBaseError):
    """The actor may not do this."""


class Conflict(KnowledgeBaseError):
    """Somebody else was first; the data says who and when."""


class Unavailable(KnowledgeBaseError):
    """A part that must be there is not."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in an imported sheet; `row` is 1-based (a line of YAML, a row of CSV or XLSX)."""

    file: str
    row: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.row}:{self.field}: {self.reason}"


class SheetFaults(InvalidInput):
    """An import that was refused whole, with every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("sheet_faults", count=len(faults))
        self.faults = faults
