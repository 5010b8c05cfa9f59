"""Word by word: how far an entry speaks of what a message names, and what it leaves out."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from knowledge_base.matching.contrasts import Side, sides
from knowledge_base.matching.corpus import Corpus
from knowledge_base.matching.noise import sounds_like
from knowledge_base.matching.profile import BY_ANSWER, BY_CONCEPT, BY_SPELLING, Holdings, Profile, pairs_of
from knowledge_base.matching.synonyms import concepts
from knowledge_base.matching.vectors import Doubles
from knowledge_base.text.normalise import Words, function_words

_FUNCTION_WEIGHT = 0.15  # of a word that says nothing, against one that does
_SHORTEST_MISTYPED = 3  # letters; every shorter word is one slip from many others


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """The words of a message with their weights, and how each may be recognised in an entry."""

    words: Words
    weights: Doubles
    near: tuple[tuple[str, ...], ...]  # words of the phrasings that a mistyped one may stand for
    groups: tuple[tuple[int, ...], ...]
    content: tuple[bool, ...]
    unheard: tuple[bool, ...]
    sides: frozenset[Side]
    marked: bool

    @classmethod
    def of(cls, corpus: Corpus, words: Words, *, marked: bool) -> "Tally":
        """Weigh every word by its rarity among the entries; words that say nothing weigh little."""
        postings = corpus.postings
        weights, near, content, unheard = [], [], [], []
        groups: list[list[int]] = [[] for _ in words.folded]
        for start, end, number in concepts(words.folded):
            for at in range(start, end):
                groups[at].append(number)
        for written, folded in zip(words.written, words.folded, strict=True):
            column = postings.columns.get(f"/{folded}")
            idf = postings.unseen if column is None else postings.idf[column]
            matter = not (written in function_words() if marked else folded in corpus.hollow)
            content.append(matter and not folded.isdigit())
            weights.append(idf * (1.0 if matter else _FUNCTION_WEIGHT))
            near.append(_near(folded, corpus.spellings, postings.columns) if column is None else ())
            unheard.append(column is None and not near[-1] and content[-1])
        return cls(
            words,
            np.array(weights),
            tuple(near),
            tuple(map(tuple, groups)),
            tuple(content),
            tuple(unheard),
            sides(words.folded),
            marked,
        )

    def content_within(self, start: int, end: int) -> int:
        """How many words from `start` to `end` carry matter."""
        return sum(self.content[start:end])

    def covered(self, profile: Profile, minus: Holdings) -> Doubles:
        """How far the entry speaks of each word, 0–1, shape (words,)."""
        return np.array([self._cover(at, profile, minus) for at in range(len(self.words))])

    def _cover(self, at: int, profile: Profile, minus: Holdings) -> float:
        word = self.words.folded[at]
        if profile.words[word] > (word in minus.words):
            return 1.0
        if any(profile.groups[group] > (group in minus.groups) for group in self.groups[at]):
            return BY_CONCEPT
        if any(profile.words[other] > (other in minus.words) for other in self.near[at]):
            return BY_SPELLING
        return BY_ANSWER if word in profile.answer else 0.0

    def share(self, covered: Doubles, start: int, end: int) -> float:
        """The covered share of the weight of words `start` to `end`."""
        total = float(self.weights[start:end].sum())
        return float(self.weights[start:end] @ covered[start:end]) / total if total else 0.0

    def missed(self, covered: Doubles, start: int, end: int) -> float:
        """The weight of the heaviest word that the entry does not speak of."""
        return float((self.weights[start:end] * (1 - covered[start:end])).max(initial=0.0))

    def lost(self, covered: Doubles, start: int, end: int) -> float:
        """The logarithm of the number of words with matter that the entry does not speak of."""
        return float(np.log1p((np.array(self.content[start:end], dtype=np.float64) * (1 - covered[start:end])).sum()))

    def foreign(self, start: int, end: int) -> float:
        """The logarithm of the number of words that stand in no text and are near none."""
        return float(np.log1p(sum(self.unheard[start:end])))

    def pairs_covered(self, profile: Profile, minus: Holdings, start: int, end: int) -> float:
        """The share of neighbouring words that also stand together in the entry."""
        pairs = list(pairs_of(self.words.folded[start:end]))
        return sum(profile.pairs[pair] > (pair in minus.pairs) for pair in pairs) / len(pairs) if pairs else 0.5

    def reaches(self, phrasing: Words) -> float:
        """The share of the phrasing's words that the message holds, function words counting little."""
        own = set(self.words.folded).union(*self.near)
        total = held = 0.0
        for written, folded in zip(phrasing.written, phrasing.folded, strict=True):
            weight = _FUNCTION_WEIGHT if written in function_words() else 1.0
            total += weight
            held += weight * (folded in own)
        return held / total if total else 0.0

    def answered(self, profile: Profile) -> float:
        """The share of the weight that stands in the answer."""
        found = np.array([word in profile.answer for word in self.words.folded], dtype=np.float64)
        return self.share(found, 0, len(self.words))

    def mismarked(self, profile: Profile, minus: Holdings, known_forms: frozenset[str]) -> float:
        """The share of known content words that the entry only writes with other marks (vậy for vay).

        A form that stands nowhere in the corpus is a slip, not another word.
        """
        if not self.marked:
            return 0.0
        known = [
            (written, folded)
            for written, folded, matter in zip(self.words.written, self.words.folded, self.content, strict=True)
            if matter and written != folded and profile.words[folded] > (folded in minus.words)
        ]
        wrong = sum(
            written in known_forms and profile.written[written] <= (written in minus.written) for written, _ in known
        )
        return wrong / len(known) if known else 0.0


def _near(word: str, spellings: Sequence[str], known: Container[str]) -> tuple[str, ...]:
    """At most three known words within one slip of the finger."""
    if len(word) < _SHORTEST_MISTYPED:
        return ()
    if alike := tuple(other for other in sounds_like(word) if f"/{other}" in known):
        return alike
    found = process.extract(word, spellings, scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=3)
    return tuple(other for other, _, _ in found)
