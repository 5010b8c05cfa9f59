"""Known words one slip away from an unknown one, without looking at all of them: both are compared less a letter."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from knowledge_base.matching.noise import sounds_like

_SHORTEST = 3  # letters; every shorter word is one slip from many others
_LONGEST = 16
_MOST = 3  # words that one may stand for
_ALIKE = 64  # words with one code that are looked at
Codes = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Speller:
    """The words of the phrasings, and codes of what each is with one letter less.

    `codes` are sorted; the word behind `codes[i]` is `words[places[i]]`. `later` are words that came after.
    """

    words: tuple[str, ...]
    codes: Codes
    places: npt.NDArray[np.int32]
    known: frozenset[str]
    later: tuple[str, ...] = ()

    @classmethod
    def build(cls, words: Iterable[str]) -> "Speller":
        """Index folded words; numbers and very short words are never what a slip meant."""
        known = frozenset(words)
        kept = tuple(sorted(filter(_worth, known)))
        found = [(code, place) for place, word in enumerate(kept) for code in _less_a_letter(word)]
        codes = np.array([code for code, _ in found], dtype=np.uint32)
        places = np.array([place for _, place in found], dtype=np.int32)
        order = np.argsort(codes, kind="stable")
        return cls(kept, codes[order], places[order], known)

    def extended(self, words: Iterable[str]) -> "Speller":
        """With a few more words, which are looked through one by one."""
        new = frozenset(words) - self.known
        return replace(self, known=self.known | new, later=(*self.later, *sorted(filter(_worth, new))))

    def near(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """For each word at most three known ones that it may stand for: what sounds alike, else one slip away."""
        found: list[tuple[str, ...]] = [()] * len(words)
        slips: list[tuple[int, list[int]]] = []
        for at, word in enumerate(words):
            if _SHORTEST <= len(word) <= _LONGEST:
                found[at] = tuple(other for other in sounds_like(word) if other in self.known)
                if not found[at]:
                    slips.append((at, list(_less_a_letter(word))))
        wanted = np.array([code for _, codes in slips for code in codes], dtype=np.uint32)
        ends = np.searchsorted(self.codes, wanted, "right").tolist()
        starts = iter(zip(np.searchsorted(self.codes, wanted, "left").tolist(), ends, strict=True))
        for at, codes in slips:
            spans = [next(starts) for _ in codes]
            close = {
                self.words[place]
                for start, end in spans
                if start < end
                for place in self.places[start : min(end, start + _ALIKE)].tolist()
            }
            found[at] = _closest(words[at], close.union(self.later))
        return found


def _closest(word: str, others: Iterable[str]) -> tuple[str, ...]:
    near = [other for other in sorted(others) if OSA.distance(word, other, score_cutoff=1) <= 1]
    # The first letter is the one that is hardly ever wrong.
    return tuple(sorted(near, key=lambda other: other[0] != word[0])[:_MOST])


def _worth(word: str) -> bool:
    return len(word) >= _SHORTEST - 1 and len(word) <= _LONGEST and not word.isdigit()


def _less_a_letter(word: str) -> Iterator[int]:
    yield crc32(word.encode("utf-8", "surrogatepass"))
    for shorter in {word[:at] + word[at + 1 :] for at in range(len(word))}:
        yield crc32(shorter.encode("utf-8", "surrogatepass"))
