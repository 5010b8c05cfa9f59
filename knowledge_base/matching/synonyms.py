"""Groups of words that name one thing; each group is one more feature of a text that holds any of them."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from knowledge_base.text.normalise import spell_out

_FILE = Path(__file__).parent / "data" / "synonyms.tsv"
_LONGEST = 6  # words of the longest member


@cache
def _members() -> dict[tuple[str, ...], tuple[int, ...]]:
    """Folded member -> the numbers of its groups."""
    found: dict[tuple[str, ...], tuple[int, ...]] = {}
    lines = (line for line in _FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    for number, line in enumerate(lines):
        for member in line.split("|"):
            key = spell_out(member).folded
            if number not in found.get(key, ()):
                found[key] = (*found.get(key, ()), number)
    return found


def concepts(folded: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Every group member in `folded` as (first word, one past the last, group); members may overlap."""
    members = _members()
    first_words = _first_words()
    for start, word in enumerate(folded):
        if word not in first_words:
            continue
        for end in range(start + 1, min(start + _LONGEST, len(folded)) + 1):
            for number in members.get(tuple(folded[start:end]), ()):
                yield start, end, number


@cache
def _first_words() -> frozenset[str]:
    return frozenset(member[0] for member in _members() if member)
