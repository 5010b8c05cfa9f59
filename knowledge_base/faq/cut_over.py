"""What changes on a day: entries and documents that begin or end, and ends that nothing takes the place of. Pure.

Something *begins* on its first day, and *ends* on the day after its last: the first one on which it holds no more.
An end has a successor when another entry of its key's family (`T01`, `T01-2027`: all up to the first hyphen) begins
on that very day. A family is one topic of the fact sheet with its cases, so a case that goes on is no successor.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge_base.faq.entry import FaqEntry, InForce
from knowledge_base.faq.legal_document import LegalDocument


@dataclass(frozen=True, slots=True)
class CutOver:
    """One day's changes, in the order of keys or numbers; `left_open` are those of `ends` without a successor."""

    day: date
    begins: tuple[FaqEntry, ...]
    ends: tuple[FaqEntry, ...]
    left_open: tuple[FaqEntry, ...]
    documents_begin: tuple[LegalDocument, ...]
    documents_end: tuple[LegalDocument, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.begins or self.ends or self.documents_begin or self.documents_end)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The days with changes before and after a day; None where there is none."""

    before: date | None
    after: date | None


def family(key: str) -> str:
    """What an entry's key has in common with those of its other windows and cases."""
    return key.split("-", 1)[0]


def _ends_on(window: InForce) -> date | None:
    """The first day on which a window is over; None where it has no end."""
    if window.to_day is None or window.to_day in (date.min, date.max):
        return None
    return window.to_day + timedelta(days=1)


def cut_over(entries: Iterable[FaqEntry], documents: Iterable[LegalDocument], day: date) -> CutOver:
    """What changes on a day; the entries come with the windows that the law leaves them."""
    ordered = sorted(entries, key=lambda entry: entry.key)
    register = sorted(documents, key=lambda document: document.number)
    begins = tuple(entry for entry in ordered if entry.in_force.from_day == day)
    ends = tuple(entry for entry in ordered if _ends_on(entry.in_force) == day)
    fresh = {family(entry.key) for entry in begins}
    return CutOver(
        day=day,
        begins=begins,
        ends=ends,
        left_open=tuple(entry for entry in ends if family(entry.key) not in fresh),
        documents_begin=tuple(one for one in register if one.window.from_day == day),
        documents_end=tuple(one for one in register if _ends_on(one.window) == day),
    )


def days_of_change(entries: Iterable[FaqEntry], documents: Iterable[LegalDocument]) -> list[date]:
    """Every day on which anything begins or ends, in order."""
    windows = [entry.in_force for entry in entries] + [document.window for document in documents]
    days = {window.from_day for window in windows} | {_ends_on(window) for window in windows}
    return sorted(day for day in days if day is not None)


def neighbours(days: Iterable[date], day: date) -> Neighbours:
    """The nearest days with changes on both sides of a day."""
    found = list(days)
    before, after = (one for one in found if one < day), (one for one in found if one > day)
    return Neighbours(max(before, default=None), min(after, default=None))
