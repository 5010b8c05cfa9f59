"""The parts of an entry that are looked at by themselves: words, figures, legal basis, window. Pure."""

import re
from collections.abc import Iterator

from knowledge_base.faq.entry import FaqEntry
from knowledge_base.text.numbers import amounts

_TOKEN = re.compile(r"\d+(?:[.,/]\d+)*%?|\w+|%")


def figures_of(entry: FaqEntry) -> tuple[str, ...]:
    """Every figure of the question and the answer as it stands there, in order; those in words as digits."""
    found: list[str] = []
    for text in (entry.question, entry.short_answer, entry.details):
        found += _figures(text)
    return tuple(found)


def _figures(text: str) -> Iterator[str]:
    words = _TOKEN.findall(text.lower())
    said = {amount.start: amount for amount in amounts(words)}
    at = 0
    while at < len(words):
        amount = said.get(at)
        if amount is not None:
            # Digits stay as they are written, so that readers find them again.
            alone = amount.end == at + 1
            yield words[at] if alone else amount.digits
        elif words[at][0].isdigit():
            yield words[at]
        at = amount.end if amount is not None else at + 1


def basis_of(entry: FaqEntry) -> tuple[str, ...]:
    """The documents and articles an answer stands on, one a line."""
    return tuple(f"{basis.document}, {basis.article}".rstrip(", ") for basis in entry.legal_basis)


def window_of(entry: FaqEntry) -> tuple[str, ...]:
    """First and last day, as ISO days; empty where open."""
    window = entry.in_force
    return tuple(day.isoformat() if day else "" for day in (window.from_day, window.to_day))
