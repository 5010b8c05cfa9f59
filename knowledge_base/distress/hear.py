"""Hearing distress in a message: recall first, for a false alarm costs nothing, a missed one may cost a life.

A table of learned weights (`quality/learn_distress.py` makes it of `quality/distress/tuning/`) is summed over the runs
of letters and words of every stretch of the message, so that the matter is heard in the middle of a long story too.
Pure and bounded: some milliseconds for the longest message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.distress.grams import REACH, Grams, Ints, grams
from knowledge_base.distress.words import said

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
STRETCHES = (1, 10, 100)  # of a message, for which there are thresholds
KIND_ROWS = 2**15  # of the weights of kinds: rows of runs, folded
Floats = NDArray[np.float32]
Halves = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Distress:
    """What was heard: the kind it is most likely of, and how far above the threshold (log-odds)."""

    kind: str
    margin: float


@dataclass(frozen=True, slots=True)
class Sound:
    """How the stretch that sounds most like distress sounds (log-odds), its runs, how many stretches there are."""

    score: float
    runs: Ints
    stretches: int


class Table:
    """Weights, of rare runs greater ones: a stretch's sum over its runs, divided by the root of their squared rarities.

    `weights` and `rarities` (squared) float16 (ROWS,), `kinds` float16 (KIND_ROWS, kinds), `bias` float32 (1 + kinds,),
    `thresholds` float32 (3,), log-odds: for messages of STRETCHES; more stretches are more chances to be misheard.
    """

    def __init__(self, path: Path = TABLE) -> None:
        with np.load(path) as stored:
            self.weights: Halves = stored["weights"]
            self.rarities: Halves = stored["rarities"]
            self.kinds: Halves = stored["kinds"]
            self.bias: Floats = stored["bias"]
            self.thresholds: Floats = stored["thresholds"]

    def listen(self, text: str) -> Sound | None:
        """None where nothing is said."""
        words = said(text)
        if not words.folded:
            return None
        found, (starts, ends) = grams(words), spans(words.breaks)
        tells = _between(found, self.weights[found.rows], starts, ends)
        scores = tells / np.sqrt(_between(found, self.rarities[found.rows], starts, ends) + 1) + self.bias[0]
        best = int(np.argmax(scores))
        within = (found.first >= starts[best]) & (found.first + found.reach < ends[best])
        return Sound(float(scores[best]), found.rows[within], len(starts))

    def margin(self, sound: Sound) -> float:
        """How far above the threshold it is, log-odds."""
        return sound.score - float(np.interp(np.log(sound.stretches), np.log(STRETCHES), self.thresholds))

    def kind(self, runs: Ints) -> str:
        """The kind that a stretch in distress is most likely of, by the rows of its runs."""
        tells = self.kinds[runs % KIND_ROWS].sum(axis=0, dtype=np.float32) / np.sqrt(len(runs) + 1)
        return KINDS[int(np.argmax(tells + self.bias[1:]))]


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


def _between(found: Grams, values: Halves, starts: Ints, ends: Ints) -> NDArray[np.float64]:
    """Sums of the values of the runs from each start to its end (in words)."""
    total, size = np.zeros(len(starts)), int(found.first.max()) + 1
    for reach in range(REACH + 1):
        those = found.reach == reach
        sums = np.zeros(size + 1)
        np.cumsum(np.bincount(found.first[those], weights=values[those], minlength=size), out=sums[1:])
        total += sums[np.maximum(starts, ends - reach)] - sums[starts]
    return total


@cache
def shipped() -> Table:
    """The project's own table, read once."""
    return Table()


@lru_cache(maxsize=64)  # one message is heard by several, one after the other
def hear(text: str) -> Distress | None:
    """The distress that a message tells of; None for all others."""
    table = shipped()
    sound = table.listen(text)
    margin = table.margin(sound) if sound else -1.0
    return Distress(table.kind(sound.runs), margin) if sound and margin >= 0 else None
