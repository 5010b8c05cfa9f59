"""How the law's dates reach the answers that stand on it: until when an answer holds, and which ones need a look."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge_base.faq.entry import FaqEntry, InForce
from knowledge_base.faq.legal_document import LegalDocument

Documents = Mapping[str, LegalDocument]
Reason = Literal["ended", "not_yet", "ends_first", "unregistered"]


@dataclass(frozen=True, slots=True)
class Notice:
    """Why an entry is to be reviewed because of one document that it cites; `day` is the document's last or first."""

    key: str
    document: str
    reason: Reason
    day: date | None = None
    replaced_by: str = ""


def window_under_law(entry: FaqEntry, documents: Documents) -> InForce:
    """The days on which an entry may be given as an answer: its own, but not past the last day of all its documents.

    A document that is not in the register has no known end. Referrals stand on nothing and keep their own window.
    """
    if entry.kind == "referral" or not entry.legal_basis:
        return entry.in_force
    cited = [documents.get(basis.document) for basis in entry.legal_basis]
    ends = [document.window.to_day or date.max if document else date.max for document in cited]
    last = min(max(ends), entry.in_force.to_day or date.max)
    return InForce(entry.in_force.from_day, None if last == date.max else last)


def notices(entry: FaqEntry, documents: Documents, day: date) -> list[Notice]:
    """What the law's dates make of a live entry on a day; nothing for referrals, and for entries that are over."""
    if entry.kind == "referral" or (entry.in_force.to_day and entry.in_force.to_day < day):
        return []
    first = max(day, entry.in_force.from_day or day)  # an entry that begins later is judged by its own first day
    cited = dict.fromkeys(basis.document for basis in entry.legal_basis)
    return [found for number in cited if (found := _notice(entry, number, documents.get(number), first))]


def _notice(entry: FaqEntry, number: str, document: LegalDocument | None, first: date) -> Notice | None:
    if document is None:
        return Notice(entry.key, number, "unregistered")
    window = document.window
    if window.to_day and window.to_day < first:
        # A document that ended, but nobody knows when, has no day to show.
        day = None if window.to_day == date.min else window.to_day
        return Notice(entry.key, number, "ended", day, document.replaced_by)
    if window.from_day and first < window.from_day:
        return Notice(entry.key, number, "not_yet", window.from_day)
    if window.to_day and window.to_day < (entry.in_force.to_day or date.max):
        return Notice(entry.key, number, "ends_first", window.to_day, document.replaced_by)
    return None


_URGENCY: dict[Reason, int] = {"ended": 0, "unregistered": 1, "not_yet": 2, "ends_first": 3}


def to_review(entries: Iterable[FaqEntry], documents: Documents, day: date) -> list[Notice]:
    """The editors' worklist: what the law has left behind first, then what it will, soonest first."""
    found = _all_notices(entries, documents, day)
    return sorted(found, key=lambda one: (_URGENCY[one.reason], one.day or date.min, one.key, one.document))


def _all_notices(entries: Iterable[FaqEntry], documents: Documents, day: date) -> Iterator[Notice]:
    # Most documents hold and have no end: entries on those alone are passed over, for there may be ten thousand.
    lasting = {number for number, document in documents.items() if _lasts(document.window, day)}
    for entry in entries:
        if any(basis.document not in lasting for basis in entry.legal_basis):
            yield from notices(entry, documents, day)


def _lasts(window: InForce, day: date) -> bool:
    return window.to_day is None and (window.from_day is None or window.from_day <= day)
