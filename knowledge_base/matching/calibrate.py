"""From examples to confidences and thresholds; deterministic."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.matching.decide import MAX_CHOICES, Thresholds
from knowledge_base.matching.evidence import Evidence
from knowledge_base.matching.examples import Example, Origin
from knowledge_base.matching.features import FEATURES
from knowledge_base.matching.labels import Heard
from knowledge_base.matching.learn import Logistic, Ranker, fit_logistic, fit_ranker
from knowledge_base.matching.vectors import Doubles

# Shares of examples that may go wrong; the thresholds follow from them and from the index, not from any test file.
FALSE_ANSWERS = 0.002  # of out-of-scope questions: answered
FALSE_ORPHANS = 0.02  # of questions whose entry is missing: answered
WRONG_ANSWERS = 0.01  # of in-scope questions: answered with another entry
FALSE_OFFERS = 0.15  # of out-of-scope questions: met with choices
OFFERED_ORPHANS = 0.70  # of questions whose entry is missing: met with choices (a neighbour may well help)
# Of labelled questions: answered wrongly, at most so many and this share. A handful may be slips of a finger.
REPORTED_SLIPS, REPORTED_ANSWERS = 5, 0.02
MARGIN = 0.35  # of the best entry's probability before the second's
_LEAST = 0.5  # probability of being in scope, below which nothing is answered, however few examples there are
_FEWEST = 5  # questions to learn from
_OFFER = 0.03  # confidence that a second or third choice must have
# Which features rank entries against each other: all that differ between them.
_RANKING = np.array([not name.startswith(("length", "rest")) for name in FEATURES])
# Which say whether the best one settles the message: those of the part it was matched with, and what the rest holds.
_OF_WHOLE = {"cosine", "worded", "meant", "ridge", "covered", "missed", "lost", "outside", "length", "answer"}
_SETTLING = np.array([name not in _OF_WHOLE for name in FEATURES])
_SIGNS = np.array(list(FEATURES.values()))
_FOREIGN = list(FEATURES).index("foreign")
_TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """How probable each entry is if one of them is right, and how probable that is: two questions, learned apart."""

    ranker: Ranker
    scope: Logistic

    def confidences(self, features: Doubles) -> tuple[Doubles, float]:
        """The probability of each entry, shape (entries,), and that the message is in the scope of any of them."""
        if not len(features):
            return np.zeros(0), 0.0
        shares = _shares(self.ranker, features)
        in_scope = float(self.scope.probabilities(_settling(features, shares))[0])
        found: Doubles = in_scope * shares
        return found, in_scope


def _shares(ranker: Ranker, features: Doubles) -> Doubles:
    """How probable each entry is if one of them is right, shape (entries,)."""
    scores = ranker.scores(features * _RANKING)
    shares = np.exp(scores - scores.max())
    found: Doubles = shares / shares.sum()
    return found


def _settling(features: Doubles, shares: Doubles) -> Doubles:
    """The best entry's features, and how far it is from the others; shape (1, columns)."""
    best = int(np.argmax(shares))
    second = _second(shares)
    lead = [shares[best], np.log(shares[best] + _TINY), np.log(shares[best] + _TINY) - np.log(second + _TINY)]
    return np.concatenate([features[best, _SETTLING], lead])[None, :]


def _second(values: Doubles) -> float:
    """The value next to the highest; 0 where there is none."""
    return float(np.partition(values, -2)[-2]) if len(values) > 1 else 0.0


def learn(found: Sequence[Example]) -> Judge:
    """Fit the ranker on questions that have an answer, the probabilities on all."""
    listed = [
        (example.evidence.features * _RANKING, np.flatnonzero(example.evidence.entries == example.entry))
        for example in found
    ]
    ranked = [(features, int(right[0])) for features, right in listed if len(right)]
    ranker = _untaught()
    if len(ranked) >= _FEWEST:
        ranker = fit_ranker([features for features, _ in ranked], [right for _, right in ranked], _SIGNS.tolist())
    rows: list[Doubles] = []
    among: list[bool] = []
    for example in found:
        if len(example.evidence.entries):
            shares = _shares(ranker, example.evidence.features)
            order = np.argsort(-shares, kind="stable")[:MAX_CHOICES]
            rows.append(_settling(example.evidence.features, shares)[0])
            among.append(example.entry in example.evidence.entries[order] or example.origin is Origin.ALTERED)
    signs = [*_SIGNS[_SETTLING].tolist(), 1, 1, 1]
    if len(ranked) < _FEWEST:
        return Judge(ranker, _by_likeness(len(signs)))
    return Judge(ranker, fit_logistic(np.array(rows), np.array(among, dtype=np.float64), signs))


def _untaught() -> Ranker:
    """Where nothing can be learned (one phrasing an entry): the likeness of the best part alone."""
    one = np.array([float(name == "cosine_clause") for name in FEATURES])
    return Ranker(np.zeros(len(FEATURES)), np.ones(len(FEATURES)), 8.0 * one)


def _by_likeness(columns: int) -> Logistic:
    names = [name for name, used in zip(FEATURES, _SETTLING, strict=True) if used]
    weights = np.zeros(columns)
    weights[names.index("cosine_clause")] = 8.0
    return Logistic(np.zeros(columns), np.ones(columns), weights, -5.0)


def thresholds(found: Sequence[Example], judge: Judge, labelled: Sequence[Heard] = ()) -> Thresholds:
    """Quantiles of what questions score that must not be answered, or not be offered anything.

    Labels raise `high` where more wrong answers were reported than may be slips; what was closed as out of scope counts
    for `low` beside the questions of our own.
    """
    answered: dict[Origin, list[float]] = {origin: [] for origin in Origin}
    offered: dict[Origin, list[float]] = {origin: [] for origin in Origin}
    for example in found:
        entry, sure, in_scope = _verdict(example.evidence, judge)
        answered[example.origin].append(0.0 if entry == example.entry else sure)
        offered[example.origin].append(in_scope)
    reported: list[float] = []
    for heard in labelled:
        entry, sure, in_scope = _verdict(heard.evidence, judge)
        wrong = heard.is_wrong(entry)
        if wrong is not None:
            reported.append(sure if wrong else 0.0)
        if heard.nothing_settles:
            offered[Origin.OUTSIDE].append(in_scope)
    high = max(
        _exceeded_by(answered[Origin.OUTSIDE], FALSE_ANSWERS),
        _exceeded_by(answered[Origin.ORPHAN], FALSE_ORPHANS),
        _exceeded_by(answered[Origin.PHRASING], WRONG_ANSWERS),
        _tolerable(reported),
        _LEAST,
    )
    low = max(
        _exceeded_by(offered[Origin.OUTSIDE], FALSE_OFFERS), _exceeded_by(offered[Origin.ORPHAN], OFFERED_ORPHANS)
    )
    return Thresholds(high=high, low=min(low, high), margin=MARGIN, offer=_OFFER)


def _verdict(evidence: Evidence, judge: Judge) -> tuple[int, float, float]:
    """The best entry (-1: none), how sure an answer with it would be (0: there would be none), and the scope."""
    chances, in_scope = judge.confidences(evidence.features)
    if not len(chances):
        return -1, 0.0, in_scope
    best = int(np.argmax(chances))
    clear = chances[best] - _second(chances) >= MARGIN
    heard = not evidence.features[best, _FOREIGN] > 0
    return int(evidence.entries[best]), in_scope if clear and heard else 0.0, in_scope


def _tolerable(reported: Sequence[float]) -> float:
    """The value above which no more wrong answers lie than may be slips; 0 where there are no more anyway."""
    wrong = sorted((sure for sure in reported if sure > 0), reverse=True)
    slips = int(REPORTED_SLIPS + REPORTED_ANSWERS * len(reported))
    return float(np.nextafter(wrong[slips], 1.0)) if len(wrong) > slips else 0.0


def _exceeded_by(values: Sequence[float], share: float) -> float:
    """The value that `share` of `values` exceed."""
    return float(np.quantile(np.array(values), 1 - share)) if values else 0.5
