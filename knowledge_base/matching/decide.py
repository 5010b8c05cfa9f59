"""What the matcher says: answer it, offer choices, or leave it to a person; and why."""

from dataclasses import dataclass
from enum import StrEnum

MAX_CANDIDATES = 10
MAX_CHOICES = 3


class Decision(StrEnum):
    """The three ways a message can go."""

    CONFIDENT = "confident"
    SUGGEST = "suggest"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may fit: `confidence` in 0–1, the phrasing that matched, and the features behind it."""

    key: str
    confidence: float
    phrasing: str
    features: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where confidence becomes an answer (`high`), and a question one that may be met with choices (`low`).

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

    Candidates are best first; the first is the entry that a confident decision answers.
    """

    text: str
    decision: Decision
    candidates: tuple[Candidate, ...]
    reason: str
    offered: int = 0

    @property
    def choices(self) -> tuple[Candidate, ...]:
        """One to three candidates worth offering; none unless the decision is to suggest."""
        return self.candidates[: self.offered] if self.decision is Decision.SUGGEST else ()


def decide(
    text: str, candidates: tuple[Candidate, ...], in_scope: float, thresholds: Thresholds, *, short: bool
) -> Match:
    """Three ways: by the best candidate's confidence, and by the probability that any candidate fits (`in_scope`).

    A `short` message names too little for an answer unless it equals a phrasing.
    """
    if not candidates:
        return Match(text, Decision.UNKNOWN, (), "nothing_shared")
    best = candidates[0].confidence
    other = candidates[1].confidence if len(candidates) > 1 else 0.0
    if best >= thresholds.high and in_scope >= thresholds.low and not short:
        if best - other >= thresholds.margin:
            return Match(text, Decision.CONFIDENT, candidates, "above_high")
        reason = "margin"
    elif in_scope < thresholds.low:
        return Match(text, Decision.UNKNOWN, candidates, "below_low")
    else:
        reason = "too_short" if short else "below_high"
    offered = sum(candidate.confidence >= thresholds.offer for candidate in candidates[:MAX_CHOICES])
    return Match(text, Decision.SUGGEST, candidates, reason, max(1, offered))
