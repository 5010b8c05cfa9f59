"""What a human made of each hit: masked or kept; undecided until somebody says. Pure.

A decision is bound to the exact words of the hit and to their field, and to which of several equal ones it is. Where
the text around them changes it stays; other words are undecided.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from knowledge_base.redaction.find import MASK, find_personal_data
from knowledge_base.redaction.hit import Kind, PersonalData

_ID_LENGTH = 24  # hex digits


class Verdict(StrEnum):
    """What becomes of a hit in the public text."""

    MASKED = "masked"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what, and when."""

    verdict: Verdict
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """A hit in a field; `number` tells equal words of one field apart, from 0."""

    field: str
    kind: Kind
    words: str
    start: int
    end: int
    number: int = 0

    @property
    def id(self) -> str:
        """The same for the same words in the same field, wherever they stand in it."""
        told = "\0".join((self.field, self.words, str(self.number)))
        return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()[:_ID_LENGTH]


@dataclass(frozen=True, slots=True)
class Passage:
    """One text of a field, with its marks in order."""

    field: str
    text: str
    marks: tuple[Mark, ...]


Decisions = Mapping[str, Decision]  # by the marks' ids


def passages(texts: Iterable[tuple[str, str]], *, hidden_in: str = "") -> tuple[Passage, ...]:
    """Texts with the names of their fields, marked.

    In the field `hidden_in` places that were masked by themselves are marks, too: a human looks at each.
    """
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for field, text in texts:
        marks: list[Mark] = []
        for hit in sorted([*find_personal_data(text), *(_hidden(text) if field == hidden_in else ())], key=_place):
            words = text[hit.start : hit.end]
            # All masked places say the same: their place among the marks tells them apart, also when one is put back.
            number = len(marks) if hit.kind == Kind.HIDDEN else seen[field, words]
            marks.append(Mark(field, hit.kind, words, hit.start, hit.end, number))
            seen[field, words] += 1
        found.append(Passage(field, text, tuple(marks)))
    return tuple(found)


def _place(hit: PersonalData) -> int:
    return hit.start


def _hidden(text: str) -> Iterable[PersonalData]:
    at = text.find(MASK)
    while at >= 0:
        yield PersonalData(Kind.HIDDEN, at, at + len(MASK))
        at = text.find(MASK, at + len(MASK))


def all_marks(found: Sequence[Passage]) -> list[Mark]:
    """Every mark of every passage."""
    return [mark for passage in found for mark in passage.marks]


def undecided(found: Sequence[Passage], decisions: Decisions) -> list[Mark]:
    """The marks that nobody has decided about."""
    return [mark for mark in all_marks(found) if mark.id not in decisions]


def is_decided(found: Sequence[Passage], decisions: Decisions) -> bool:
    """Whether every mark has its decision."""
    return not undecided(found, decisions)


def public_text(passage: Passage, decisions: Decisions) -> str:
    """The passage as the public may read it: a text of its own. What isn't surely kept is masked."""
    parts, at = [], 0
    for mark in passage.marks:
        decision = decisions.get(mark.id)
        kept = decision is not None and decision.verdict == Verdict.KEPT and mark.kind != Kind.HIDDEN
        parts += [passage.text[at : mark.start], mark.words if kept else MASK]
        at = mark.end
    return "".join([*parts, passage.text[at:]])


def put_back(passage: Passage, original: str, hidden: Mark) -> str | None:
    """The passage's text with one of its masked places as the original has it.

    None where that can't be told: the original is gone, or the marks of both don't answer each other.
    """
    hits = find_personal_data(original)
    if len(hits) != len(passage.marks) or hidden not in passage.marks:
        return None
    words = original[hits[hidden.number].start : hits[hidden.number].end]
    return passage.text[: hidden.start] + words + passage.text[hidden.end :]
