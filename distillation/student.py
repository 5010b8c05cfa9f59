"""The table while it learns: rows of features, a bias, and Adam on the rows that a batch touches."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np

from knowledge_base.matching.meaning import ROWS, pair_row, word_rows
from knowledge_base.matching.vectors import Floats, Ints

RATE = 0.01
_FIRST, _SECOND, _TINY = 0.9, 0.999, 1e-8
_FIRST_LENGTH = 0.05
_CONTRAST, _SHARPNESS = 0.3, 12.0  # weight of the InfoNCE part, and how sharply it tells the targets of a batch apart


def rows_of(folded: str) -> list[int]:
    """The table's rows for a folded text, each as often as it counts."""
    words = folded.split()
    return [*chain.from_iterable(map(_word_rows, words)), *(pair_row(left, right) for left, right in pairwise(words))]


_word_rows = lru_cache(maxsize=100_000)(word_rows)


@dataclass(eq=False)
class Moments:
    """Parameters (n, dimensions) with the running means that Adam keeps of their gradients."""

    values: Floats
    first: Floats = field(init=False)
    second: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.first, self.second = np.zeros_like(self.values), np.zeros_like(self.values)

    def step(self, at: Ints, gradient: Floats, number: int, rate: float) -> None:
        """Move the rows `at` against their `gradient`; `number` counts the steps from 1."""
        self.first[at] = _FIRST * self.first[at] + (1 - _FIRST) * gradient
        self.second[at] = _SECOND * self.second[at] + (1 - _SECOND) * gradient**2
        first = self.first[at] / (1 - _FIRST**number)
        second = self.second[at] / (1 - _SECOND**number)
        self.values[at] -= rate * first / (np.sqrt(second) + _TINY)


class Student:
    """Text to unit vector: the sum of the rows of its features / √(their number), plus a bias, scaled to length 1."""

    def __init__(self, dimensions: int, seed: int) -> None:
        # Rows begin at zero: what is never taught says nothing. The bias must not, since its length is divided by.
        first = np.random.default_rng(seed).standard_normal((1, dimensions)) * _FIRST_LENGTH
        self.rows = Moments(np.zeros((ROWS, dimensions), dtype=np.float32))
        self.bias = Moments(first.astype(np.float32))
        self._steps = 0

    def learn(self, texts: Sequence[Sequence[int]], targets: Floats, senses: Ints, rate: float = RATE) -> float:
        """One step towards `targets` (texts, dimensions) from features; the mean loss before it."""
        ids = np.fromiter(chain.from_iterable(texts), dtype=np.int32)
        counts = np.array([len(text) for text in texts])
        owners = np.repeat(np.arange(len(texts)), counts)
        roots = np.sqrt(counts).astype(np.float32)[:, None]
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
        raw = np.add.reduceat(self.rows.values[ids], starts, axis=0) / roots + self.bias.values
        length = np.linalg.norm(raw, axis=1, keepdims=True) + _TINY
        unit = raw / length
        loss, slope = _loss(unit, targets, senses)
        slope = (slope - unit * (slope * unit).sum(axis=1, keepdims=True)) / length
        order = np.argsort(ids, kind="stable")
        touched, firsts = np.unique(ids[order], return_index=True)
        gradient = np.add.reduceat((slope / roots)[owners[order]], firsts, axis=0)
        self._steps += 1
        self.rows.step(touched, gradient, self._steps, rate)
        self.bias.step(np.array([0], dtype=np.int32), slope.sum(axis=0, keepdims=True), self._steps, rate)
        return loss


def _loss(unit: Floats, targets: Floats, senses: Ints) -> tuple[float, Floats]:
    """(1 − cosine) + _CONTRAST x InfoNCE over the batch, and its slope with respect to `unit`."""
    likeness = unit @ targets.T * _SHARPNESS
    # Another wording of the same sense is no wrong answer.
    likeness[(senses[:, None] == senses[None, :]) & ~np.eye(len(senses), dtype=bool)] = -np.inf
    likeness -= likeness.max(axis=1, keepdims=True)
    shares = np.exp(likeness)
    shares /= shares.sum(axis=1, keepdims=True)
    own = np.diagonal(shares)
    loss = float((1 - (unit * targets).sum(axis=1)).mean() - _CONTRAST * np.log(own + _TINY).mean())
    slope = -targets + _CONTRAST * _SHARPNESS * (shares @ targets - targets)
    return loss, slope / len(unit)
