"""Figures of one matcher on one set of questions, with bootstrap intervals over the questions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Pick = tuple[Ints, Ints]  # numbers of in-scope and of out-of-scope questions, drawn with replacement
RESAMPLES = 500
_TOP = 3


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a matcher made of questions in several wordings.

    `ranks`, shape (wordings, questions), is the place of the right entry, from 1; 0 where it was not found or there is
    none. `scores`, same shape, says how sure the matcher is of its first candidate. `inside`, shape (questions,), is
    whether there is a right entry.
    """

    ranks: Ints
    scores: Floats
    inside: npt.NDArray[np.bool_]

    def everything(self) -> Pick:
        return np.flatnonzero(self.inside), np.flatnonzero(~self.inside)

    def wording(self, at: int) -> "Answers":
        return Answers(self.ranks[at : at + 1], self.scores[at : at + 1], self.inside)

    def questions(self, chosen: npt.NDArray[np.bool_]) -> "Answers":
        return Answers(self.ranks[:, chosen], self.scores[:, chosen], self.inside[chosen])


def pooled(parts: Sequence[Answers]) -> Answers:
    """The questions of several sets as one set."""
    return Answers(
        np.concatenate([part.ranks for part in parts], axis=1),
        np.concatenate([part.scores for part in parts], axis=1),
        np.concatenate([part.inside for part in parts]),
    )


Measure = Callable[[Answers, Pick], float]


def top1(answers: Answers, pick: Pick) -> float:
    return float((answers.ranks[:, pick[0]] == 1).mean())


def top3(answers: Answers, pick: Pick) -> float:
    ranks = answers.ranks[:, pick[0]]
    return float(((ranks > 0) & (ranks <= _TOP)).mean())


def mrr(answers: Answers, pick: Pick) -> float:
    ranks = answers.ranks[:, pick[0]]
    return float((np.where(ranks > 0, 1.0, 0.0) / np.maximum(ranks, 1)).mean())


def auroc(answers: Answers, pick: Pick) -> float:
    """How often an in-scope question scores above an out-of-scope one; mean over the wordings."""
    found = []
    for scores in answers.scores:
        outside = np.sort(scores[pick[1]])
        below = np.searchsorted(outside, scores[pick[0]], side="left")
        upto = np.searchsorted(outside, scores[pick[0]], side="right")
        found.append((below + upto).mean() / 2 / len(outside))
    return float(np.mean(found))


def recall_at(share: float) -> Measure:
    """The share of in-scope questions answered rightly where `share` of the out-of-scope ones would be answered too.

    One threshold a wording; mean over the wordings.
    """

    def measure(answers: Answers, pick: Pick) -> float:
        rows = zip(answers.ranks, answers.scores, strict=True)
        return float(
            np.mean([((r[pick[0]] == 1) & (s[pick[0]] > _threshold(s[pick[1]], share))).mean() for r, s in rows])
        )

    return measure


def recall_over_all(share: float) -> Measure:
    """The same with one threshold for all wordings, as in use, where nobody says how a question is worded."""

    def measure(answers: Answers, pick: Pick) -> float:
        limit = _threshold(answers.scores[:, pick[1]].ravel(), share)
        return float(((answers.ranks[:, pick[0]] == 1) & (answers.scores[:, pick[0]] > limit)).mean())

    return measure


def _threshold(outside: Floats, share: float) -> float:
    """The score that at most `share` of the out-of-scope questions exceed."""
    allowed = int(share * len(outside))
    return float(np.partition(outside, len(outside) - 1 - allowed)[len(outside) - 1 - allowed])


MEASURES: dict[str, Measure] = {
    "top1": top1,
    "top3": top3,
    "mrr": mrr,
    "auroc": auroc,
    "recall@1%": recall_at(0.01),
    "recall@5%": recall_at(0.05),
    "recall@1% over all": recall_over_all(0.01),
    "recall@5% over all": recall_over_all(0.05),
}
_RANKING = ("top1", "top3", "mrr")


def figures(answers: Answers, names: Sequence[str] = tuple(MEASURES)) -> dict[str, float]:
    """The measures that make sense for the set: those of silence need out-of-scope questions too."""
    pick = answers.everything()
    able = [name for name in names if len(pick[0]) and (name in _RANKING or len(pick[1]))]
    return {name: round(MEASURES[name](answers, pick), 4) for name in able}


def resamples(answers: Answers, times: int = RESAMPLES, seed: int = 1) -> list[Pick]:
    """Questions drawn with replacement, in-scope and out-of-scope apart."""
    chance = np.random.default_rng(seed)
    inside, outside = answers.everything()
    return [
        (chance.choice(inside, len(inside)), chance.choice(outside, len(outside)) if len(outside) else outside)
        for _ in range(times)
    ]


def interval(value: Callable[[Pick], float], whole: Pick, picks: Sequence[Pick]) -> list[float]:
    """The value, and the 95 % interval it takes over the resamples: [value, low, high]."""
    low, high = np.quantile([value(pick) for pick in picks], [0.025, 0.975])
    return [round(value(whole), 4), round(float(low), 4), round(float(high), 4)]


def ratio(measure: Measure, one: Answers, other: Answers, picks: Sequence[Pick]) -> list[float]:
    """`one` against `other` on the same questions (each resample for both), with its interval."""

    def value(pick: Pick) -> float:
        return measure(one, pick) / max(measure(other, pick), 1e-9)

    return interval(value, one.everything(), picks)
