"""What an entry and the register of legal documents still lack; each is work for an editor, none of it is a fault."""

import calendar
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.legal_document import LegalDocument


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing missing at an entry or a document, named by `of`; `serious`: an answer stands on nothing."""

    of: str
    kind: str
    note: str
    serious: bool = False


def lacks_of_entry(entry: FaqEntry, documents: Mapping[str, LegalDocument], on_day: date) -> Iterator[Lack]:
    """What an entry lacks; an answer in force today must stand on a document in force today."""
    for basis in entry.legal_basis:
        document = documents.get(basis.document)
        if not basis.article:
            yield Lack(entry.key, "article-missing", f"which article of {basis.document}?")
        if document is None:
            yield Lack(entry.key, "document-unknown", f"{basis.document} is not in the register", serious=True)
        elif entry.in_force.holds_on(on_day) and not document.window.holds_on(on_day):
            yield Lack(entry.key, "document-not-in-force", f"{basis.document} on {on_day}", serious=True)
    if entry.kind == "answer" and not entry.legal_basis:
        yield Lack(entry.key, "basis-missing", "an answer needs a legal basis", serious=True)
    if entry.kind == "answer" and not entry.sources:
        yield Lack(entry.key, "source-missing", "no page is named that the answer was taken from")
    if entry.checked_on is None:
        yield Lack(entry.key, "never-checked", "checked_on is empty")


def lacks_of_documents(documents: Iterable[LegalDocument], cited: frozenset[str]) -> Iterator[Lack]:
    """What documents lack that entries cite."""
    for document in documents:
        if document.number in cited:
            if not document.link:
                yield Lack(document.number, "link-missing", "no page is named where residents can read it")
            if document.issued_on is None:
                yield Lack(document.number, "date-missing", "issued_on is empty")


# --- when an entry is to be looked at again -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Review:
    """A live entry whose review is due since a day; None: it was never checked."""

    entry: FaqEntry
    due_on: date | None


def months_later(day: date, months: int) -> date:
    """The same day of a later month; its last one where that month is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))


def reviews_due(checked: Iterable[tuple[FaqEntry, date | None]], months: int, on_day: date) -> list[Review]:
    """Entries with the day they were last checked, of which a review is due by `on_day`; most overdue first.

    What is over is history and needs none.
    """
    known = list(checked)
    due_on = {last: months_later(last, months) for last in {last for _entry, last in known if last}}
    found = [
        Review(entry, due_on.get(last) if last else None)
        for entry, last in known
        if entry.in_force.to_day is None or on_day <= entry.in_force.to_day
    ]
    due = [review for review in found if review.due_on is None or review.due_on <= on_day]
    return sorted(due, key=lambda review: (review.due_on or date.min, review.entry.key))
