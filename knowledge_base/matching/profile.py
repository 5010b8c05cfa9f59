"""What one entry talks about: the words of all its phrasings, its question and its answer."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge_base.matching.synonyms import concepts
from knowledge_base.text.normalise import Words

# How well a word is covered when the entry holds it only this way.
_DENIALS = frozenset({"khong", "chua", "chang", "cha"})
_NO_DENIAL_BEFORE = frozenset({"a", "vay", "nhi", "the", "va", "hay", "thi", "roi", "em", "con", "bac", "co"})
BY_CONCEPT, BY_ANSWER, BY_SPELLING = 0.8, 0.5, 0.8


@dataclass(frozen=True, slots=True)
class Holdings:
    """The distinct words, pairs of words and synonym groups of one text."""

    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    groups: frozenset[int]
    written: frozenset[str]
    negated: bool = False

    @classmethod
    def of(cls, words: Words) -> "Holdings":
        """Take stock of a text."""
        return cls(
            frozenset(words.folded),
            frozenset(pairs_of(words.folded)),
            frozenset(number for _, _, number in concepts(words.folded)),
            frozenset(words.written),
            negated(words.folded),
        )


NOTHING = Holdings(frozenset(), frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Profile:
    """In how many of an entry's phrasings each word, pair, group and written form stands; the answer's words."""

    words: Counter[str]
    pairs: Counter[tuple[str, str]]
    groups: Counter[int]
    written: Counter[str]
    answer: frozenset[str]
    negated: float

    @classmethod
    def of(cls, phrasings: Sequence[Holdings], answer: Words) -> "Profile":
        """Sum up the phrasings; `negated` is the share of them that deny something."""
        counted: tuple[Counter[str], Counter[tuple[str, str]], Counter[int], Counter[str]] = (
            Counter(),
            Counter(),
            Counter(),
            Counter(),
        )
        for held in phrasings:
            counted[0].update(held.words)
            counted[1].update(held.pairs)
            counted[2].update(held.groups)
            counted[3].update(held.written)
        share = sum(held.negated for held in phrasings) / max(1, len(phrasings))
        return cls(*counted, frozenset(answer.folded), share)


def pairs_of(folded: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Neighbouring words."""
    return pairwise(folded)


def negated(folded: Sequence[str]) -> bool:
    """Whether a text denies something: "không" or "chưa" before a word, not as the question's last word."""
    return any(word in _DENIALS and after not in _NO_DENIAL_BEFORE for word, after in pairwise((*folded, "")) if after)
