"""Word by word: how far entries speak of what a message names, and what they leave out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from knowledge_base.matching.contrasts import HOUSEHOLD, alternatives
from knowledge_base.matching.corpus import Corpus
from knowledge_base.matching.grams import (
    Keys,
    Mark,
    answer_key,
    form_key,
    pair_keys,
    side_key,
    side_of,
    type_key,
    word_key,
)
from knowledge_base.matching.holdings import negated
from knowledge_base.matching.question_type import asked_for
from knowledge_base.matching.vectors import Doubles, Ints
from knowledge_base.text.normalise import Words, function_words
from knowledge_base.text.syllables import is_syllable

BY_CONCEPT, BY_ANSWER, BY_SPELLING = 0.8, 0.5, 0.8  # how well a word is covered when the entry holds it only this way
_FUNCTION_WEIGHT = 0.15  # of a word that says nothing, against one that does
_MOST_TYPES = 16
Flags = npt.NDArray[np.bool_]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """The words of a message with their weights, and the terms by which entries may be found to speak of them.

    `near` are the positions of words that a mistyped one may stand for, `groups` the (first, one past the last) of
    synonym groups, `contrasts` are (contrast, sides taken). `terms` holds, one after another: words, answers' words,
    forms, pairs, near words, groups, all sides of the contrasts, the types of question.
    """

    words: Words
    weights: Doubles
    content: Flags
    unheard: Flags
    near: tuple[int, ...]
    groups: tuple[Span, ...]
    contrasts: tuple[tuple[int, frozenset[int]], ...]
    mismarked: Flags  # content words whose form with marks is known, so that it means something
    terms: Keys
    own: frozenset[int]  # the keys of the words and of near words

    @classmethod
    def of(cls, corpus: Corpus, words: Words, marks: Sequence[Mark], lost: Keys, *, marked: bool) -> "Tally":
        """Weigh every word by its rarity among the entries; words that say nothing weigh little.

        `marks` are the groups and sides in it; `lost` are terms that one entry less holds than the
        corpus says (something is left out while learning).
        """
        postings = corpus.postings
        keys = np.array([word_key(word) for word in words.folded], dtype=np.int64)
        columns = postings.columns_of(keys)
        less = np.isin(keys, lost) if len(lost) else np.zeros(len(keys), dtype=bool)
        held = np.where(columns >= 0, postings.held[columns], 0) - less
        heard = np.where(columns >= 0, postings.heard[columns], 0) - less
        idf = np.log((postings.groups + 1) / (np.maximum(held, 0) + 1)) + 1
        hollow = function_words() if marked else corpus.hollow
        matter = np.array([word not in hollow for word in (words.written if marked else words.folded)], dtype=bool)
        content = matter & ~np.array([word.isdigit() for word in words.folded], dtype=bool)
        # A syllable that no entry uses is another word, and no slip: "Thái Lan" is not "thai làm".
        strange = [at for at in np.flatnonzero(heard <= 0) if not is_syllable(words.folded[at])]
        slips = corpus.speller.near([words.folded[at] for at in strange])
        near = [(at, other) for at, others in zip(strange, slips, strict=True) for other in others]
        unheard = content & (heard <= 0)
        unheard[[at for at, _ in near]] = False
        groups = [mark for mark in marks if mark[2] < side_key(0, 0)]
        taken: dict[int, set[int]] = {}
        for contrast, side in (side_of(key) for _, _, key in marks if key >= side_key(0, 0)):
            taken.setdefault(contrast, set()).add(side)
        known = [
            marked and bool(of_matter) and written != folded and written in corpus.forms
            for written, folded, of_matter in zip(words.written, words.folded, content, strict=True)
        ]
        others = [word_key(other) for _, other in near]
        others += [key for _, _, key in groups]
        others += [side_key(contrast, side) for contrast in sorted(taken) for side in range(alternatives(contrast))]
        others += [type_key(number) for number in range(_MOST_TYPES)]
        terms = [keys, [answer_key(word) for word in words.folded], [form_key(word) for word in words.written]]
        return cls(
            words,
            idf * np.where(matter, 1.0, _FUNCTION_WEIGHT),
            content,
            unheard,
            tuple(int(at) for at, _ in near),
            tuple((start, end) for start, end, _ in groups),
            tuple((contrast, frozenset(taken[contrast])) for contrast in sorted(taken)),
            np.array(known, dtype=bool),
            np.concatenate(
                [np.array(part, dtype=np.int64) for part in (*terms, pair_keys(keys[:-1], keys[1:]), others)]
            ),
            frozenset({*keys.tolist(), *(word_key(other) for _, other in near)}),
        )

    def compare(self, counts: Ints, views: Sequence[Span], texts: Ints, denials: Doubles) -> dict[str, Doubles]:
        """Features of the entries that hold `terms` so many times, `counts` (entries, terms), each by its own view.

        `texts` and `denials` (entries,) are the numbers of their texts, and the shares of these that deny something.
        """
        size = len(self.words)
        held = counts > 0
        words, answered, forms = (held[:, at * size : (at + 1) * size] for at in range(3))
        pairs = held[:, 3 * size : 4 * size - 1]
        at = 4 * size - 1
        covered = np.where(words, 1.0, np.where(answered, BY_ANSWER, 0.0))
        for place in self.near:
            covered[:, place] = np.maximum(covered[:, place], BY_SPELLING * held[:, at])
            at += 1
        for start, end in self.groups:
            covered[:, start:end] = np.maximum(covered[:, start:end], BY_CONCEPT * held[:, at : at + 1])
            at += 1
        first, last = np.array(views).T[:, :, None]
        places = np.arange(size)
        seen = (places >= first) & (places < last)
        left = 1 - covered
        strange = self.mismarked & words
        both = seen[:, 1:] & seen[:, :-1]
        household, other = self._conflicts(counts[:, at:])
        folded = self.words.folded
        asked_in = {(start, end): asked_for(folded[start:end]) for start, end in set(views)}
        asks_beside = {
            (start, end): float(bool(asked_for(folded[:start]) or asked_for(folded[end:]))) for start, end in set(views)
        }
        denied = {(start, end): negated(folded[start:end]) for start, end in set(views)}
        asked = [asked_in[view] for view in views]
        types = counts[:, counts.shape[1] - _MOST_TYPES :]
        named = [types[number, list(found)].sum() for number, found in enumerate(asked)]
        return {
            "covered": _share(self.weights, covered),
            "covered_clause": _share(self.weights * seen, covered),
            "missed": (self.weights * left).max(axis=1),
            "missed_clause": (self.weights * left * seen).max(axis=1),
            "lost": np.log1p((self.content * left).sum(axis=1)),
            "lost_clause": np.log1p((self.content * left * seen).sum(axis=1)),
            "after": np.log1p((self.content * left * (places >= last)).sum(axis=1)),
            "foreign": np.log1p((self.unheard & seen).sum(axis=1)),
            # A question that denies something, of an entry that hardly ever is asked so; the reverse says little.
            "negation": np.array([denied[view] for view in views]) * (1 - denials),
            "household": household,
            "conflict": other,
            "asks_else": np.where(list(map(bool, asked)), 1 - np.minimum(1, named / np.maximum(1, texts)), 0.0),
            "pairs": np.where(both.any(axis=1), (pairs & both).sum(axis=1) / np.maximum(1, both.sum(axis=1)), 0.5),
            "answer": _share(self.weights, answered),
            "marks": (strange & ~forms).sum(axis=1) / np.maximum(1, strange.sum(axis=1)),
            "rest": np.log1p((self.content * left * ~seen).sum(axis=1)),
            "rest_asks": np.array([asks_beside[view] for view in views]),
            "length": np.full(len(counts), np.log1p(self.content.sum())),
            "length_clause": np.log1p((self.content & seen).sum(axis=1)),
        }

    def _conflicts(self, counts: Ints) -> tuple[Doubles, Doubles]:
        """How far entries take other sides than the message, 0 never to 1 always: on the household, on all else.

        Of several contrasts the worst counts; one that an entry never touches is none.
        """
        worst = np.zeros((2, len(counts)))
        at = 0
        for contrast, taken in self.contrasts:
            shares = counts[:, at : at + alternatives(contrast)]
            at += alternatives(contrast)
            most = shares.max(axis=1)
            against = np.where(most > 0, 1 - shares[:, sorted(taken)].max(axis=1) / np.maximum(1, most), 0.0)
            kind = int(contrast != HOUSEHOLD)
            worst[kind] = np.maximum(worst[kind], against)
        return worst[0], worst[1]

    def reaches(self, phrasing: Words) -> float:
        """The share of the phrasing's words that the message holds, function words counting little."""
        total = held = 0.0
        for written, folded in zip(phrasing.written, phrasing.folded, strict=True):
            weight = _weight(written)
            total += weight
            held += weight * (word_key(folded) in self.own)
        return held / total if total else 0.0


@lru_cache(maxsize=65_536)
def _weight(written: str) -> float:
    return _FUNCTION_WEIGHT if written in function_words() else 1.0


def _share(weights: Doubles, covered: Doubles | Flags) -> Doubles:
    """The covered share of weights, (words,) or (entries, words), by entry."""
    total = weights.sum(axis=-1)
    found: Doubles = (weights * covered).sum(axis=1) / np.where(total > 0, total, 1.0)
    return found
