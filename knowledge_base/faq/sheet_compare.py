"""What differs between an entry as a sheet has it and as the store has it; and the hash that tells changed sheets."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Literal

from knowledge_base.faq.entry import FaqEntry, LegalBasis
from knowledge_base.faq.sheet_row import distinct, tidy, tidy_line

Action = Literal["new", "changed", "unchanged", "kept"]
_SHORTENED = 100


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs; lists and long texts line by line."""

    field: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What an import does to one entry. `kept`: the sheet changed, but the store's own text wins."""

    key: str
    action: Action
    fields: tuple[FieldChange, ...] = ()

    @property
    def names(self) -> list[str]:
        """The fields that differ."""
        return [change.field for change in self.fields]

    def __str__(self) -> str:
        lines = [f"{self.key}: {self.action}" + (f" ({', '.join(self.names)})" if self.fields else "")]
        for change in self.fields:
            lines += [f"  - {change.field}: {_short(line)}" for line in change.before if line not in change.after]
            lines += [f"  + {change.field}: {_short(line)}" for line in change.after if line not in change.before]
        return "\n".join(lines)


def _short(line: str) -> str:
    return line if len(line) <= _SHORTENED else line[:_SHORTENED] + "…"


def tidied(entry: FaqEntry, texts: Iterable[str] | None = None) -> FaqEntry:
    """A stored entry in the form that a sheet gives it, so that both can be compared."""
    return replace(
        entry,
        approved_by=tidy(entry.approved_by) if entry.status == "approved" else "",
        topic=tidy(entry.topic),
        question=tidy(entry.question),
        short_answer=tidy(entry.short_answer),
        details=tidy(entry.details),
        easy_read=tidy(entry.easy_read),
        audience=distinct(entry.audience),
        phrasings=distinct(entry.phrasings if texts is None else texts),
        legal_basis=tuple(
            dict.fromkeys(
                LegalBasis(tidy_line(basis.document), tidy_line(basis.article)) for basis in entry.legal_basis
            )
        ),
        sources=distinct(entry.sources),
    )


def digest(entry: FaqEntry) -> str:
    """The hash of an entry as a sheet has it; the same for every file form and layout.

    Without plain words it is what it was before entries could have them, so that no former sheet seems to be new.
    """
    fields = {name: value for name, value in asdict(entry).items() if value or name != "easy_read"}
    canonical = json.dumps(fields, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _lines(entry: FaqEntry) -> dict[str, tuple[str, ...]]:
    days = {
        "in_force.from": entry.in_force.from_day,
        "in_force.to": entry.in_force.to_day,
        "checked_on": entry.checked_on,
    }
    return {
        **{name: (getattr(entry, name),) for name in ("kind", "status", "approved_by", "topic", "question")},
        "short_answer": (entry.short_answer,),
        "details": tuple(entry.details.split("\n")),
        "easy_read": tuple(entry.easy_read.split("\n")),
        "audience": entry.audience,
        "phrasings": entry.phrasings,
        "legal_basis": tuple(f"{basis.document} | {basis.article}" for basis in entry.legal_basis),
        "sources": entry.sources,
        **{name: (day.isoformat() if day else "",) for name, day in days.items()},
    }


def differences(before: FaqEntry, after: FaqEntry) -> tuple[FieldChange, ...]:
    """The fields that differ between two entries."""
    former = _lines(before)
    return tuple(
        FieldChange(name, former[name], lines) for name, lines in _lines(after).items() if former[name] != lines
    )
