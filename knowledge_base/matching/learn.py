"""Small deterministic learners: kernel ridge in closed form, softmax and logistic regression by projected descent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.matching.corpus import Corpus
from knowledge_base.matching.vectors import Doubles, Floats, Ints

MAX_ROWS = 6_000  # rows of a ridge: 144 MB while building
MAX_WEIGHTS = 6_000_000  # rows x entries
RIDGE = 0.3  # on cosines in 0–1; from .1 to 1 the ranking hardly moves
_PENALTY, _RANK_PENALTY = 1.0, 2.0
_STEPS, _RATE = 400, 0.05
_TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class KernelRidge:
    """Entry scores from cosines: `weights` has shape (rows, entries).

    `taken` and `given` (rows, k), (k, entries) take out again what rows that must not be seen contribute.
    """

    weights: Floats
    taken: Floats | None = None
    given: Floats | None = None

    def scores(self, cosines: Floats) -> Floats:
        """Scores of every entry, shape (views, entries), about 1 for the right one and 0 for the others."""
        found: Floats = cosines @ self.weights
        if self.taken is not None and self.given is not None:
            found -= (cosines @ self.taken) @ self.given
        return found


@dataclass(frozen=True, slots=True, eq=False)
class LeaveOneOut:
    """What rows contribute, so that they can be taken out again exactly; nothing where there are too many rows."""

    ridge: KernelRidge | None
    inverse: Floats

    def without(self, left_out: Sequence[int]) -> KernelRidge | None:
        """The learner that has never seen the rows `left_out` (exact, by block inversion)."""
        if self.ridge is None:
            return None
        at = np.array(left_out)
        given = np.linalg.solve(self.inverse[np.ix_(at, at)], self.ridge.weights[at])
        return KernelRidge(self.ridge.weights, self.inverse[:, at], given.astype(np.float32))


def targets(corpus: Corpus, rows: Sequence[int], kernel: Floats) -> Floats:
    """What the ridge should say of `rows`, shape (rows, entries): 1 for a phrasing's own entry, 0 for others.

    An entry that is never in force together with a phrasing's own is no opposite of it (the old and the new
    poverty line are asked for in the same words): there the likeness of the phrasing stands. `kernel` are the
    cosines of `rows` with every row.
    """
    wanted = np.zeros((len(rows), corpus.count), dtype=np.float32)
    apart = {entry: corpus.alive & ~corpus.rivals(entry) for entry in range(corpus.count)}
    for at, row in enumerate(rows):
        entry = int(corpus.entry_of[row])
        if entry >= 0:
            if apart[entry].any():
                wanted[at, apart[entry]] = corpus.best(kernel[at])[apart[entry]]
            wanted[at, entry] = 1.0
    return wanted


def fit_ridge(corpus: Corpus) -> LeaveOneOut:
    """Solve (K + λI) W = Y over all rows of the corpus, unless they are too many."""
    count = corpus.postings.rows
    if count > MAX_ROWS or count * corpus.count > MAX_WEIGHTS:
        return LeaveOneOut(None, np.zeros((0, 0), dtype=np.float32))
    kernel = corpus.kernel(np.arange(count))
    wanted = targets(corpus, range(count), kernel)
    inverse = np.linalg.inv(kernel + RIDGE * np.eye(count, dtype=np.float32)).astype(np.float32)
    return LeaveOneOut(KernelRidge((inverse @ wanted).astype(np.float32)), inverse)


def extend_ridge(known: Floats, corpus: Corpus) -> KernelRidge:
    """A ridge over `corpus` that keeps `known` weights (rows, entries; NaN: not known) and solves for the others.

    One block step of what `fit_ridge` would do: right for the new phrasings, nearly so for the old.
    """
    new = np.flatnonzero(np.isnan(known).any(axis=1))
    weights = np.nan_to_num(known).astype(np.float32)
    if len(new):
        cosines = corpus.kernel(new)
        rest = targets(corpus, new.tolist(), cosines) - cosines @ weights
        weights[new] = np.linalg.solve(cosines[:, new] + RIDGE * np.eye(len(new), dtype=np.float32), rest)
    return KernelRidge(weights)


@dataclass(frozen=True, slots=True, eq=False)
class Logistic:
    """Probability from features: sigmoid of a weighted sum of standardised features."""

    mean: Doubles
    scale: Doubles
    weights: Doubles
    bias: float

    def probabilities(self, features: Doubles) -> Doubles:
        """Probabilities of the rows of `features`, shape (rows,)."""
        return sigmoid((features - self.mean) / self.scale @ self.weights + self.bias)


def sigmoid(values: Doubles) -> Doubles:
    """1 / (1 + e^-v), without overflow."""
    bounded: Doubles = 1.0 / (1.0 + np.exp(-np.clip(values, -30, 30)))
    return bounded


def fit_logistic(features: Doubles, labels: Doubles, signs: Sequence[int]) -> Logistic:
    """Logistic regression whose weights keep their `signs` (0: either), so that more evidence never counts less.

    Features (rows, columns), labels 0/1 (rows,).
    """
    mean, scale = features.mean(axis=0), features.std(axis=0) + _TINY
    rows = np.hstack([(features - mean) / scale, np.ones((len(features), 1))])
    penalty = np.append(np.full(features.shape[1], _PENALTY), 0.0)

    def slope(weights: Doubles) -> Doubles:
        found: Doubles = (rows.T @ (sigmoid(rows @ weights) - labels) + penalty * weights) / len(rows)
        return found

    weights = _descend(slope, np.array([*signs, 0]))
    return Logistic(mean, scale, weights[:-1], float(weights[-1]))


@dataclass(frozen=True, slots=True, eq=False)
class Ranker:
    """Scores entries against each other: a weighted sum of standardised features."""

    mean: Doubles
    scale: Doubles
    weights: Doubles

    def scores(self, features: Doubles) -> Doubles:
        """The scores of the rows of `features`, shape (rows,); only their differences mean something."""
        found: Doubles = (features - self.mean) / self.scale @ self.weights
        return found


def fit_ranker(lists: Sequence[Doubles], right: Sequence[int], signs: Sequence[int]) -> Ranker:
    """Softmax regression: of each list of entries (features, (entries, columns)) the `right` one comes first."""
    stacked = np.vstack(lists)
    mean, scale = stacked.mean(axis=0), stacked.std(axis=0) + _TINY
    rows = (stacked - mean) / scale
    sizes = np.array([len(found) for found in lists])
    starts = np.cumsum(sizes) - sizes
    wanted = np.zeros(len(rows))
    wanted[starts + np.array(right)] = 1.0

    def slope(weights: Doubles) -> Doubles:
        scores = rows @ weights
        shares = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        shares /= np.repeat(np.add.reduceat(shares, starts), sizes)
        found: Doubles = (rows.T @ (shares - wanted) + _RANK_PENALTY * weights) / len(lists)
        return found

    return Ranker(mean, scale, _descend(slope, np.array(signs)))


def _descend(slope: Callable[[Doubles], Doubles], signs: Ints) -> Doubles:
    """Weights that make a convex loss small, each kept on its side of zero (Adam, projected; deterministic)."""
    weights, drift, spread = (np.zeros(len(signs)) for _ in range(3))
    for step in range(1, _STEPS + 1):
        change = slope(weights)
        drift = 0.9 * drift + 0.1 * change
        spread = 0.999 * spread + 0.001 * change**2
        rate = _RATE * min(1.0, 2.5 * (1 - step / (_STEPS + 1)))
        weights = weights - rate * (drift / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
        weights = np.where(signs * weights < 0, 0.0, weights)
    return weights
