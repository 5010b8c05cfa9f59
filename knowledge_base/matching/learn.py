"""Two small learners in closed or near-closed form, both deterministic: kernel ridge and logistic regression."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.matching.corpus import Corpus
from knowledge_base.matching.vectors import Doubles, Floats

MAX_ROWS = 6_000  # rows of a ridge: 144 MB while building
MAX_WEIGHTS = 6_000_000  # rows x entries
RIDGE = 0.3  # on cosines in 0–1; from .1 to 1 the ranking hardly moves
_PENALTY = 1.0
_MAX_STEPS = 25
_CONVERGED = 1e-6


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
    kernel = corpus.postings.kernel(np.arange(count))
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
        cosines = corpus.postings.kernel(new)
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

    Features (rows, columns), labels 0/1 (rows,). A feature whose weight comes out with the wrong sign is left
    out and the rest fitted again.
    """
    mean = features.mean(axis=0)
    scale = features.std(axis=0) + 1e-6
    rows = np.hstack([(features - mean) / scale, np.ones((len(features), 1))])
    used = np.ones(rows.shape[1], dtype=bool)
    wanted = np.array([*signs, 0])
    while True:
        solution = np.zeros(rows.shape[1])
        solution[used] = _newton(rows[:, used], labels)
        wrong = used & (wanted * solution < 0)
        if not wrong.any():
            return Logistic(mean, scale, solution[:-1], float(solution[-1]))
        used &= ~wrong


def _newton(rows: Doubles, labels: Doubles) -> Doubles:
    """Weights of the columns of `rows`, the last being the constant, under an L2 penalty."""
    ridge = np.full(rows.shape[1], _PENALTY)
    ridge[-1] = 1e-6
    solution = np.zeros(rows.shape[1])
    for _ in range(_MAX_STEPS):
        chances = sigmoid(rows @ solution)
        gradient = rows.T @ (chances - labels) + ridge * solution
        curvature = (rows * (chances * (1 - chances) + 1e-9)[:, None]).T @ rows + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        solution -= step
        if float(np.abs(step).max()) < _CONVERGED:
            break
    return solution
