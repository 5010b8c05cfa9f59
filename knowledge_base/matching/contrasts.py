"""Words that tell neighbouring questions apart: a near-poor household is not a poor one, a loan not its repayment."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from knowledge_base.text.normalise import spell_out

_FILE = Path(__file__).parent / "data" / "contrasts.tsv"
HOUSEHOLD = 0  # number of the contrast that tells households apart: poor, near-poor, no longer poor
Side = tuple[int, int]  # number of the contrast, number of the alternative


@cache
def _members() -> tuple[dict[tuple[str, ...], int], ...]:
    """For each contrast: folded member -> its alternative; -1 for what is passed over."""
    found = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            members: dict[tuple[str, ...], int] = {}
            for number, alternative in enumerate(line.split("|")):
                for member in alternative.split(";"):
                    members[spell_out(member.removeprefix("-")).folded] = -1 if member[0] == "-" else number
            found.append(members)
    return tuple(found)


@cache
def alternatives(contrast: int) -> int:
    """The number of sides of a contrast."""
    return max(_members()[contrast].values()) + 1


@cache
def _sizes() -> tuple[dict[str, tuple[int, ...]], ...]:
    """For each contrast: the first word of its members -> their lengths, longest first. Most words begin none."""
    found = []
    for members in _members():
        sizes: dict[str, set[int]] = {}
        for member in members:
            sizes.setdefault(member[0], set()).add(len(member))
        found.append({first: tuple(sorted(lengths, reverse=True)) for first, lengths in sizes.items()})
    return tuple(found)


@cache
def _begun_by() -> dict[str, tuple[int, ...]]:
    """First words of members -> the contrasts they may begin."""
    found: dict[str, tuple[int, ...]] = {}
    for contrast, sizes in enumerate(_sizes()):
        for first in sizes:
            found[first] = (*found.get(first, ()), contrast)
    return found


def sides(folded: Sequence[str]) -> frozenset[Side]:
    """The sides a text takes, reading each contrast from left to right, longest member first."""
    return frozenset(side for _, _, side in sides_at(folded))


def sides_at(folded: Sequence[str]) -> Iterator[tuple[int, int, Side]]:
    """Where a text takes which side: first word, one past the last, side."""
    for contrast in sorted({contrast for word in folded for contrast in _begun_by().get(word, ())}):
        members, sizes = _members()[contrast], _sizes()[contrast]
        free = 0
        for start, word in enumerate(folded):
            if word in sizes and start >= free:
                for size in sizes[word]:
                    alternative = members.get(tuple(folded[start : start + size]))
                    if alternative is not None:
                        if alternative >= 0:
                            yield start, start + size, (contrast, alternative)
                        free = start + size
                        break
