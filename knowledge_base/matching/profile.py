"""What one entry talks about: the words of all its phrasings, its question and its answer."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge_base.matching.contrasts import HOUSEHOLD, Side, sides
from knowledge_base.matching.synonyms import concepts
from knowledge_base.text.normalise import Words

# How well a word is covered when the entry holds it only this way.
_DENIALS = frozenset({"khong", "chua", "chang", "cha"})
_NO_DENIAL_BEFORE = frozenset({"a", "vay", "nhi", "the", "va", "hay", "thi", "roi", "em", "bac"})
BY_CONCEPT, BY_ANSWER, BY_SPELLING = 0.8, 0.5, 0.8


@dataclass(frozen=True, slots=True)
class Holdings:
    """The distinct words, pairs of words and synonym groups of one text."""

    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    groups: frozenset[int]
    written: frozenset[str]
    sides: frozenset[Side] = frozenset()
    negated: bool = False

    @classmethod
    def of(cls, words: Words) -> "Holdings":
        """Take stock of a text."""
        return cls(
            frozenset(words.folded),
            frozenset(pairs_of(words.folded)),
            frozenset(number for _, _, number in concepts(words.folded)),
            frozenset(words.written),
            sides(words.folded),
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
    sides: Counter[Side]
    answer: frozenset[str]
    negated: float

    @classmethod
    def of(cls, phrasings: Sequence[Holdings], answer: Words) -> "Profile":
        """Sum up the phrasings; `negated` is the share of them that deny something."""
        words, pairs, groups = Counter[str](), Counter[tuple[str, str]](), Counter[int]()
        written, taken = Counter[str](), Counter[Side]()
        for held in phrasings:
            words.update(held.words)
            pairs.update(held.pairs)
            groups.update(held.groups)
            written.update(held.written)
            taken.update(held.sides)
        share = sum(held.negated for held in phrasings) / max(1, len(phrasings))
        return cls(words, pairs, groups, written, taken, frozenset(answer.folded), share)


def conflicts(taken: frozenset[Side], profile: Profile, minus: Holdings) -> tuple[float, float]:
    """How far the entry takes other sides than a message, 0 never to 1 always: on the household, on all else.

    Of several contrasts the worst counts; one that the entry never touches is none.
    """
    worst = [0.0, 0.0]
    for contrast in {number for number, _ in taken}:
        shares = {side: count - (side in minus.sides) for side, count in profile.sides.items() if side[0] == contrast}
        most = max(shares.values(), default=0)
        if most > 0:
            own = max(shares.get(side, 0) for side in taken if side[0] == contrast)
            kind = int(contrast != HOUSEHOLD)
            worst[kind] = max(worst[kind], 1 - own / most)
    return worst[0], worst[1]


def pairs_of(folded: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Neighbouring words."""
    return pairwise(folded)


def negated(folded: Sequence[str]) -> bool:
    """Whether a text denies something: "không" or "chưa" before a word, not as the question's last word."""
    return any(word in _DENIALS and after not in _NO_DENIAL_BEFORE for word, after in pairwise((*folded, "")) if after)
