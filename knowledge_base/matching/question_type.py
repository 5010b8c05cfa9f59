"""What a question asks for: when, where, how much, how long, who, which papers, why, whether."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from knowledge_base.text.normalise import spell_out

_FILE = Path(__file__).parent / "data" / "question_types.tsv"


@cache
def _types() -> dict[tuple[str, ...], int]:
    """Folded words -> the number of the type they ask for."""
    lines = (line for line in _FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return {spell_out(words).folded: number for number, line in enumerate(lines) for words in line.split("|")}


@cache
def _sizes() -> dict[str, tuple[int, ...]]:
    """First words -> the lengths of what they begin, longest first."""
    found: dict[str, set[int]] = {}
    for words in _types():
        found.setdefault(words[0], set()).add(len(words))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


def asked_for(folded: Sequence[str]) -> frozenset[int]:
    """The types of question in a folded text, reading from left to right, the longest words first."""
    found: set[int] = set()
    at = 0
    while at < len(folded):
        for size in _sizes().get(folded[at], ()):
            number = _types().get(tuple(folded[at : at + size]))
            if number is not None:
                found.add(number)
                at += size - 1
                break
        at += 1
    return frozenset(found)
