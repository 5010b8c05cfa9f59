"""From examples to confidences and thresholds; deterministic."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.matching.decide import MAX_CHOICES, Thresholds
from knowledge_base.matching.evidence import FEATURES
from knowledge_base.matching.examples import Example, Origin
from knowledge_base.matching.learn import Logistic, fit_logistic
from knowledge_base.matching.vectors import Doubles

# Shares of examples that may go wrong; the thresholds follow from them and from the index, not from any test file.
FALSE_ANSWERS = 0.003  # of out-of-scope questions: answered
FALSE_ORPHANS = 0.02  # of questions whose entry is missing: answered
WRONG_ANSWERS = 0.01  # of in-scope questions: answered with another entry
FALSE_OFFERS = 0.15  # of out-of-scope questions: met with choices
OFFERED_ORPHANS = 0.70  # of questions whose entry is missing: met with choices (a neighbour may well help)
MARGIN = 0.12
_OFFER = 0.03  # confidence that a second or third choice must have
_RANKED = 5  # candidates of an example that are learned from
# The features that say whether any entry fits, whichever it is: no gap to the others.
_SCOPE_SIGNS = [0 if name.startswith("gap_") else sign for name, sign in FEATURES.items()]
_GAPS = np.array([name.startswith("gap_") for name in FEATURES])


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """Two probabilities: that an entry is the right one, and that any of those listed is."""

    entry: Logistic
    scope: Logistic

    def confidences(self, features: Doubles) -> Doubles:
        """The probability of each entry, shape (entries,)."""
        return self.entry.probabilities(features)

    def in_scope(self, features: Doubles) -> float:
        """The probability that the question is one for the entries listed (rows in any order)."""
        if not len(features):
            return 0.0
        return float(self.scope.probabilities(_scope_features(features, self.confidences(features)))[0])


def _scope_features(features: Doubles, chances: Doubles) -> Doubles:
    """The best three entries by confidence, each feature at its best among them; shape (1, FEATURES)."""
    top = features[np.argsort(-chances, kind="stable")[:MAX_CHOICES]]
    against = np.array([sign < 0 for sign in FEATURES.values()])
    found: Doubles = np.where(_GAPS, 0.0, np.where(against, top.min(axis=0), top.max(axis=0)))[None, :]
    return found


def learn(found: Sequence[Example]) -> Judge:
    """Fit both probabilities."""
    rows: list[Doubles] = []
    labels: list[bool] = []
    for example in found:
        rows.extend(example.evidence.features[:_RANKED])
        labels.extend(int(entry) == example.entry for entry in example.evidence.entries[:_RANKED])
    if not any(labels):
        return Judge(_untaught(), _untaught())
    entry = fit_logistic(np.array(rows), np.array(labels, dtype=np.float64), list(FEATURES.values()))
    scope_rows: list[Doubles] = []
    scope_labels: list[bool] = []
    for example in found:
        if len(example.evidence.entries) and example.origin is not Origin.ALTERED:
            chances = entry.probabilities(example.evidence.features)
            scope_rows.append(_scope_features(example.evidence.features, chances)[0])
            top = example.evidence.entries[np.argsort(-chances, kind="stable")[:MAX_CHOICES]]
            scope_labels.append(example.entry in top)
    scope = fit_logistic(np.array(scope_rows), np.array(scope_labels, dtype=np.float64), _SCOPE_SIGNS)
    return Judge(entry, scope)


def _untaught() -> Logistic:
    """Where nothing can be learned (one phrasing an entry): the cosine alone."""
    one = np.array([float(name == "cosine") for name in FEATURES])
    return Logistic(np.zeros(len(FEATURES)), np.ones(len(FEATURES)), 8.0 * one, -5.0)


def thresholds(found: Sequence[Example], judge: Judge) -> Thresholds:
    """Quantiles of what questions score that must not be answered, or not be offered anything."""
    answered: dict[Origin, list[float]] = {origin: [] for origin in Origin}
    offered: dict[Origin, list[float]] = {origin: [] for origin in Origin}
    for example in found:
        features = example.evidence.features
        chances = judge.confidences(features)
        best = int(np.argmax(chances)) if len(chances) else -1
        right = best >= 0 and int(example.evidence.entries[best]) == example.entry
        answered[example.origin].append(0.0 if right or best < 0 else float(chances[best]))
        offered[example.origin].append(judge.in_scope(features))
    high = max(
        _exceeded_by(answered[Origin.OUTSIDE], FALSE_ANSWERS),
        _exceeded_by(answered[Origin.ORPHAN], FALSE_ORPHANS),
        _exceeded_by(answered[Origin.PHRASING], WRONG_ANSWERS),
    )
    low = max(
        _exceeded_by(offered[Origin.OUTSIDE], FALSE_OFFERS), _exceeded_by(offered[Origin.ORPHAN], OFFERED_ORPHANS)
    )
    return Thresholds(high=high, low=low, margin=MARGIN, offer=_OFFER)


def _exceeded_by(values: Sequence[float], share: float) -> float:
    """The value that `share` of `values` exceed."""
    return float(np.quantile(np.array(values), 1 - share)) if values else 0.5
