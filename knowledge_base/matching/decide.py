"""What the matcher says: answer it, offer choices, or leave it to a person; and why."""

from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.matching.features import FEATURES

MAX_CANDIDATES = 10
MAX_CHOICES = 3


class Decision(StrEnum):
    """The three ways a message can go."""

    CONFIDENT = "confident"
    SUGGEST = "suggest"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may fit: `confidence` in 0–1, the phrasing that matched, and the figures behind it."""

    key: str
    confidence: float
    phrasing: str
    figures: tuple[float, ...] = ()

    @property
    def features(self) -> tuple[tuple[str, float], ...]:
        """The figures with their names, if there are any; few who ask look at them."""
        return tuple(zip(FEATURES, self.figures, strict=False))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How probably in scope a question must be for an answer (`high`), and to be met with choices (`low`).

    `margin` is the distance to the best other entry that an answer needs, `offer` the least confidence of a
    second or third choice. All in 0–1.
    """

    high: float
    low: float
    margin: float
    offer: float


@dataclass(frozen=True, slots=True)
class Match:
    """The matcher's word on one message.

    Candidates are best first; the first is the entry that a confident decision answers. `certainty` is how sure it
    is, in 0–1, that the first settles the message: what silence can be measured by, whatever the thresholds are.
    """

    text: str
    decision: Decision
    candidates: tuple[Candidate, ...]
    reason: str
    offered: int = 0
    certainty: float = 0.0

    @property
    def choices(self) -> tuple[Candidate, ...]:
        """One to three candidates worth offering; none unless the decision is to suggest."""
        return self.candidates[: self.offered] if self.decision is Decision.SUGGEST else ()


def decide(
    text: str,
    candidates: tuple[Candidate, ...],
    in_scope: float,
    thresholds: Thresholds,
    *,
    bare: bool = False,
    short: bool = False,
    unheard: bool = False,
) -> Match:
    """Three ways: by the probability that any candidate fits (`in_scope`), and the best one's lead over the next.

    A `bare` message names too little for an answer; one that is only `short` must be twice as sure.
    With an `unheard` word in the question, one that no text of the FAQ comes near, no answer is about all of it.
    """
    if not candidates:
        return Match(text, Decision.UNKNOWN, (), "nothing_shared")
    best = candidates[0].confidence
    if in_scope < thresholds.low:
        return Match(text, Decision.UNKNOWN, candidates, "below_low", certainty=best)
    other = candidates[1].confidence if len(candidates) > 1 else 0.0
    if in_scope < thresholds.high:
        reason = "below_high"
    elif bare or (short and in_scope < (1 + thresholds.high) / 2):
        reason = "too_short"
    elif best - other < thresholds.margin:
        reason = "margin"
    elif unheard:
        reason = "unheard_word"
    else:
        return Match(text, Decision.CONFIDENT, candidates, "above_high", certainty=best)
    offered = sum(candidate.confidence >= thresholds.offer for candidate in candidates[:MAX_CHOICES])
    return Match(text, Decision.SUGGEST, candidates, reason, max(1, offered), best)
