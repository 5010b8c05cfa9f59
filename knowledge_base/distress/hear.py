"""Hearing distress in a message: recall first, for a false alarm costs nothing, a missed one may cost a life.

A table of learned weights (`quality/learn_distress.py` makes it of `quality/distress/tuning.txt`) is summed over the
words, their letters and pairs of words of every stretch of the message, so that the matter is heard in the middle of a
long story too. Pure and bounded: some milliseconds for the longest message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.distress.words import ROWS, Said, outline, rows, said, seed

TABLE = Path(__file__).parent / "data" / "weights.npz"
# What the distress is about; an administrator may give each its own words.
KINDS = (
    "self_harm",
    "violence",
    "child",
    "trafficking",
    "hunger",
    "medical",
    "disaster",
    "eviction",
    "lenders",
    "elder",
)
WHOLE = 24  # words of a message, or of a run of clauses, that is one stretch
_STRETCH, _STEP = 18, 4  # words of a stretch of what is longer, and from one to the next
_LEAST = 6  # words of a run of clauses; fewer tell too little
_CLAUSES = 3  # that are read together
EVENED = 2  # added to the number of words that a stretch is weighed by: a word alone tells less than it seems
_KEPT_WORDS = 4_096
_SECOND, _NAMED = 0x9E3779B1, 0x85EBCA6B  # odd multipliers: runs are spread over the rows, and told apart by order
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Counts = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Distress:
    """What was heard: the kind it is most likely of, and how far above the threshold (log-odds)."""

    kind: str
    margin: float


class Table:
    """Weights: `weights` float16 (ROWS, 1 + kinds), `bias` float32 (1 + kinds,), `thresholds` log-odds.

    The first threshold is for messages of one stretch, the second for those with more chances to be misheard.
    """

    def __init__(self, path: Path = TABLE) -> None:
        with np.load(path) as stored:
            self.weights: Floats = stored["weights"].astype(np.float32)
            self.bias: Floats = stored["bias"]
            self.thresholds: Floats = stored["thresholds"]
        self._word = lru_cache(maxsize=_KEPT_WORDS)(self._sum_of)

    def score(self, text: str) -> tuple[float, str, bool]:
        """How the stretch that sounds most like distress sounds (log-odds), its kind, whether there are more.

        -inf where nothing is said.
        """
        words = said(text)
        if not words.folded:
            return -np.inf, KINDS[0], False
        stretches = self._stretches(words)
        best = int(np.argmax(stretches[:, 0]))
        return float(stretches[best, 0]), KINDS[int(np.argmax(stretches[best, 1:]))], len(stretches) > 1

    def _stretches(self, words: Said) -> Floats:
        """Log-odds of each stretch, shape (stretches, 1 + kinds)."""
        starts, ends = spans(words.breaks)
        single = np.stack([self._word(*word) for word in zip(words.written, words.folded, strict=True)])
        found = _between(single, starts, ends)
        for reach, together in runs(words):
            found += _between(self.weights[together], starts, np.maximum(starts, ends - reach))
        scored: Floats = found / np.sqrt(ends - starts + EVENED, dtype=np.float32)[:, None] + self.bias
        return scored

    def _sum_of(self, written: str, folded: str) -> Floats:
        found: Floats = self.weights[list(rows(written, folded))].sum(axis=0)
        return found


def spans(breaks: Sequence[int]) -> tuple[Ints, Ints]:
    """Where the stretches of a message begin and end: the whole of a short one, runs of clauses, parts of long ones."""
    if breaks[-1] <= WHOLE:
        return np.array([0]), np.array([breaks[-1]])
    found: dict[tuple[int, int], None] = {}
    for first, start in enumerate(breaks[:-1]):
        for end in breaks[first + 1 : first + 1 + _CLAUSES]:
            if _LEAST <= end - start <= WHOLE:
                found[start, end] = None
        end = breaks[first + 1]
        for at in range(start, end - _STRETCH + _STEP, _STEP) if end - start > WHOLE else ():
            found[at, min(at + _STRETCH, end)] = None
    starts, ends = zip(*(found or [(0, breaks[-1])]), strict=True)
    return np.array(starts), np.array(ends)


def runs(words: Said) -> list[tuple[int, Ints]]:
    """Rows of words, and of outlines, that stand together, by their first word; and how many words they reach on."""
    seeds = np.fromiter(map(seed, words.folded), dtype=np.uint64)
    outlines = np.fromiter((seed(f"g{outline(word)}") for word in words.folded), dtype=np.uint64)
    found = [(gap, _rows(_mixed(seeds[:-gap], seeds[gap:], gap))) for gap in (1, 2, 3)]
    for values, name in ((seeds, 4), (outlines, 6)):
        pairs = _mixed(values[:-1], values[1:], name)
        found += [(1, _rows(pairs))] if values is outlines else []
        found.append((2, _rows(_mixed(pairs[:-1], values[2:], name + 1))))
    return found


def _mixed(left: Counts, right: Counts, name: int) -> Counts:
    mixed: Counts = (left + right * np.uint64(_SECOND) + np.uint64(name * _NAMED)) >> np.uint64(5)
    return mixed


def _rows(mixed: Counts) -> Ints:
    found: Ints = (mixed % np.uint64(ROWS)).astype(np.int64)
    return found


def _between(values: Floats, starts: Ints, ends: Ints) -> Floats:
    """Sums of the rows from each start to its end."""
    sums = np.zeros((len(values) + 1, values.shape[1]), dtype=np.float32)
    np.cumsum(values, axis=0, out=sums[1:])
    found: Floats = sums[np.minimum(ends, len(values))] - sums[np.minimum(starts, len(values))]
    return found


@cache
def shipped() -> Table:
    """The project's own table, read once."""
    return Table()


@lru_cache(maxsize=64)  # one message is heard by several, one after the other
def hear(text: str) -> Distress | None:
    """The distress that a message tells of; None for all others."""
    score, kind, several = shipped().score(text)
    margin = score - float(shipped().thresholds[int(several)])
    return Distress(kind, margin) if margin >= 0 else None
