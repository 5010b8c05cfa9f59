"""Questions that look alike, for the officer's eye only: nothing is decided from this."""

from collections.abc import Iterable

from rapidfuzz.fuzz import token_set_ratio

from knowledge_base.questions.question import Question
from knowledge_base.text.fold import fold

_LEAST = 60.0


def likeness(text: str, other: str) -> float:
    """0 to 100. `token_set_ratio` alone gives 100 for a one-word subset, so the shared share counts as much."""
    words, others = set(text.split()), set(other.split())
    if not words or not others:
        return 0.0
    share = 100 * len(words & others) / max(len(words), len(others))
    return (token_set_ratio(text, other) + share) / 2


def most_alike(text: str, others: Iterable[Question], most: int = 5) -> list[tuple[Question, float]]:
    """The questions most like a text, best first."""
    folded = fold(text)
    scored = [(other, likeness(folded, fold(other.text))) for other in others]
    near = [pair for pair in scored if pair[1] >= _LEAST]
    return sorted(near, key=lambda pair: -pair[1])[:most]
