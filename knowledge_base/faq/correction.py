"""What readers are told when a live text is changed in substance: which parts, and the editor's sentence. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from knowledge_base.errors import InvalidInput
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.parts import basis_of, figures_of, window_of
from knowledge_base.redaction.find import find_personal_data

LONGEST_NOTE = 500
_WORDING = "wording"


@dataclass(frozen=True, slots=True)
class Correction:
    """One change of substance: when it was made public, which parts it touched, and what the editor says of it.

    `note` is empty only where nobody was there to write one: a sheet brought the change.
    """

    at: datetime
    parts: tuple[str, ...]  # kind | figures | basis | window | wording
    note: str


def changed_parts(before: FaqEntry, after: FaqEntry) -> tuple[str, ...]:
    """The parts of an answer that differ; whoever reads the one may do another thing than who reads the other."""
    looked_at = {
        "kind": (before.kind, after.kind),
        "figures": (sorted(figures_of(before)), sorted(figures_of(after))),
        "basis": (set(basis_of(before)), set(basis_of(after))),
        "window": (window_of(before), window_of(after)),
        _WORDING: ((before.short_answer, before.details), (after.short_answer, after.details)),
    }
    return tuple(name for name, (former, now) in looked_at.items() if former != now)


def tidy_note(note: str) -> str:
    """A sentence that many people will read, in one line.

    Raises:
        InvalidInput: `note_personal` with the `words`: it has no need to name anybody.
    """
    tidied = " ".join(note.split())
    if hits := find_personal_data(tidied):
        words = [tidied[hit.start : hit.end] for hit in hits]
        raise InvalidInput("note_personal", field="public_note", words=words)
    return tidied


def correction_of(before: FaqEntry | None, after: FaqEntry, note: str) -> dict[str, Any] | None:
    """What is kept with a text that takes the place of another; None where nothing of substance changed.

    A change of words alone is one of substance when the editor says what it is, in a note.
    """
    parts = changed_parts(before, after) if before else ()
    of_substance = set(parts) - {_WORDING}
    return {"parts": list(parts), "note": note} if of_substance or (parts and note) else None


def guard_told(correction: Mapping[str, Any] | None) -> None:
    """Readers who relied on the former text are told what changed.

    Raises:
        InvalidInput: `public_note_missing`.
    """
    if correction is not None and not correction["note"]:
        raise InvalidInput("public_note_missing", field="public_note")
