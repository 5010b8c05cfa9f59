"""Translated questions that a resident's words in another language may mean. Pure; never sure, so they are offered."""

import math
from collections import Counter
from collections.abc import Mapping

from knowledge_base.text.fold import fold

_MOST = 3
_ENOUGH = 0.5  # of the weight of what the resident wrote, and of the question


def _words(text: str) -> set[str]:
    return {word for word in "".join(sign if sign.isalnum() else " " for sign in fold(text)).split() if len(word) > 1}


def alike(text: str, questions: Mapping[str, str]) -> list[str]:
    """The keys of at most three questions that share most of their weight with a text, the nearest first.

    Words that many questions hold weigh little.
    """
    asked = _words(text)
    held = {key: _words(question) for key, question in questions.items()}
    spread = Counter(word for words in held.values() for word in words)

    def weight(words: set[str]) -> float:
        return sum(math.log(1 + len(held) / spread.get(word, 1)) for word in words)

    scores = {
        key: 2 * weight(asked & words) / (weight(asked) + weight(words)) for key, words in held.items() if asked & words
    }
    near = sorted((key for key, score in scores.items() if score >= _ENOUGH), key=lambda key: -scores[key])
    return near[:_MOST]
