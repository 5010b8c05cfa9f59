"""The FAQ as values: what an editor writes, approves and publishes."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

EntryKind = Literal["answer", "referral"]


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """One article of one legal document; `article` may be empty until it has been seen."""

    document: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class InForce:
    """The days (Viet Nam) between which an answer is true; both included, None is open."""

    from_day: date | None = None
    to_day: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether `day` lies in the window."""
        return (self.from_day is None or self.from_day <= day) and (self.to_day is None or day <= self.to_day)


@dataclass(frozen=True, slots=True)
class FaqEntry:
    """A pre-approved question with its answer, as one row of an editor's sheet.

    `status` is what the sheet says (`draft` or `approved`); the life of a revision in the store
    is told by `publication.py`.
    """

    key: str
    kind: EntryKind
    status: Literal["draft", "approved"]
    approved_by: str
    topic: str
    question: str
    short_answer: str
    details: str = ""
    audience: tuple[str, ...] = ()
    phrasings: tuple[str, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = ()
    in_force: InForce = field(default_factory=InForce)
    sources: tuple[str, ...] = ()
    checked_on: date | None = None
    easy_read: str = ""  # the answer once more in plain words, for who wants them; empty: there is none
