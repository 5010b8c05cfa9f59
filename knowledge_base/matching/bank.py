"""Stored questions, ready to be compared with a few texts at once: which of them does a change come near?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.matching.grams import Keys, Rows, terms_of
from knowledge_base.matching.senses import Senses, alike, fused, kept, vectors_of
from knowledge_base.matching.vectors import Floats, Ints
from knowledge_base.text.normalise import Words, normalise

_HELD = 0.5  # what a question is worth that holds all of a text, among much else


@dataclass(frozen=True, slots=True, eq=False)
class QuestionBank:
    """Questions as sets of terms, by rarity, and as meanings; immutable. Their words are not kept, only their number.

    The questions that hold term t of `columns` (ascending) stand in `documents` from `starts[t]` to `starts[t + 1]`;
    `idf` (terms,) is what it weighs, `lengths` (questions,) are the lengths of the questions' vectors.
    """

    columns: Keys
    starts: Rows
    documents: Ints
    idf: Floats
    lengths: Floats
    senses: Senses

    @classmethod
    def of(cls, texts: Sequence[str]) -> "QuestionBank":
        """Questions as residents typed them."""
        nothing = np.array([], dtype=np.int64)
        senses = kept(vectors_of([]), small=True)
        floats = np.array([], dtype=np.float32)
        return cls(nothing, np.array([0]), nothing.astype(np.int32), floats, floats, senses).grown(texts)

    def __len__(self) -> int:
        return len(self.lengths)

    def grown(self, texts: Sequence[str]) -> "QuestionBank":
        """With more questions: these are read, and put in among the others, which need not be sorted again."""
        words = _words(texts)
        keys, rows = _terms(words)
        count = len(self) + len(texts)
        columns = np.union1d(self.columns, keys)
        held = np.zeros(len(columns), dtype=np.int64)
        held[np.searchsorted(columns, self.columns)] = np.diff(self.starts)
        ends, own = np.cumsum(held), np.searchsorted(columns, keys)
        order = np.argsort(own, kind="stable")
        documents = np.insert(self.documents, ends[own[order]], rows[order].astype(np.int32) + len(self))
        held += np.bincount(own, minlength=len(columns))
        idf = (np.log((count + 1) / (held + 1)) + 1).astype(np.float32)
        squares = np.bincount(documents, np.repeat(idf.astype(np.float64) ** 2, held), count)
        return QuestionBank(
            columns,
            np.concatenate(([0], np.cumsum(held))),
            documents,
            idf,
            np.sqrt(np.maximum(squares, 1e-12)).astype(np.float32),
            np.concatenate([self.senses, kept(vectors_of(words), small=True)]),
        )

    def without(self, places: Sequence[int]) -> "QuestionBank":
        """Without some questions, by their place; the others move up."""
        kept_here = np.ones(len(self), dtype=bool)
        kept_here[list(places)] = False
        stays = kept_here[self.documents]
        moved = np.cumsum(kept_here, dtype=np.int32) - 1
        held = np.concatenate(([0], np.cumsum(stays)))[self.starts]
        used = np.diff(held) > 0
        return QuestionBank(
            self.columns[used],
            np.concatenate((held[:-1][used], held[-1:])),
            moved[self.documents[stays]],
            self.idf[used],
            self.lengths[kept_here],
            self.senses[kept_here],
        )

    def close_to(self, texts: Sequence[str]) -> Floats:
        """How close each question is to the closest of `texts`, 0–1, shape (questions,), in words and in meaning.

        In words: the cosine, or half the share of the text that the question holds, for a story may hold a whole
        phrasing and still be far from it. By words alone, a tenth of the questions that an edit moved came so late
        in the order that a bounded comparison missed them; with the meaning they come twice as early.
        """
        best = np.zeros(len(self), dtype=np.float32)
        if not len(self.columns):
            return best
        words = _words(texts)
        keys, rows = _terms(words)
        meant = alike(vectors_of(words), self.senses)
        for at in range(len(texts)):
            best = np.maximum(best, fused(self._closeness(keys[rows == at]), meant[at]))
        return best

    def _closeness(self, keys: Keys) -> Floats:
        at = np.minimum(np.searchsorted(self.columns, keys), len(self.columns) - 1)
        known = self.columns[at] == keys
        unseen = np.log(len(self) + 1) + 1
        square = float((self.idf[at[known]] ** 2).sum() + unseen**2 * int((~known).sum())) or 1.0
        found = np.zeros(len(self), dtype=np.float32)
        for column in at[known].tolist():
            found[self.documents[self.starts[column] : self.starts[column + 1]]] += self.idf[column] ** 2
        return np.maximum(found / (self.lengths * np.float32(np.sqrt(square))), found * np.float32(_HELD / square))


def _words(texts: Sequence[str]) -> list[Words]:
    return [normalise(text).words for text in texts]


def _terms(words: Sequence[Words]) -> tuple[Keys, Rows]:
    return terms_of(words, [()] * len(words))
