"""Stored questions, ready to be compared with a few texts at once: which of them does a change come near?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.matching.grams import Keys, Rows, terms_of
from knowledge_base.matching.vectors import Floats, Ints
from knowledge_base.text.normalise import normalise

_HELD = 0.5  # what a question is worth that holds all of a text, among much else


@dataclass(frozen=True, slots=True, eq=False)
class QuestionBank:
    """Questions as sets of terms, by rarity; immutable.

    The questions that hold term t of `columns` (ascending) stand in `documents` from `starts[t]` to `starts[t + 1]`;
    `idf` (terms,) is what it weighs, `lengths` (questions,) are the lengths of the questions' vectors.
    """

    texts: tuple[str, ...]
    columns: Keys
    starts: Rows
    documents: Ints
    idf: Floats
    lengths: Floats

    @classmethod
    def of(cls, texts: Sequence[str]) -> "QuestionBank":
        """Questions as residents typed them."""
        return cls._made(tuple(texts), *_terms(texts))

    def grown(self, texts: Sequence[str]) -> "QuestionBank":
        """With more questions; only these are read anew."""
        keys, rows = _terms(texts)
        return self._made(
            (*self.texts, *texts),
            np.concatenate([np.repeat(self.columns, np.diff(self.starts)), keys]),
            np.concatenate([self.documents, rows + len(self.texts)]),
        )

    @classmethod
    def _made(cls, texts: tuple[str, ...], keys: Keys, rows: Rows) -> "QuestionBank":
        columns, terms = np.unique(keys, return_inverse=True)
        order = np.argsort(terms, kind="stable")
        held = np.bincount(terms, minlength=len(columns))
        idf = (np.log((len(texts) + 1) / (held + 1)) + 1).astype(np.float32)
        squares = np.bincount(rows, idf[terms].astype(np.float64) ** 2, len(texts))
        return cls(
            texts,
            columns,
            np.concatenate(([0], np.cumsum(held))),
            rows[order].astype(np.int32),
            idf,
            np.sqrt(np.maximum(squares, 1e-12)).astype(np.float32),
        )

    def close_to(self, texts: Sequence[str]) -> Floats:
        """How close each question is to the closest of `texts`, 0–1, shape (questions,).

        The cosine, or half the share of the text that the question holds: a story may hold a whole phrasing and
        still be far from it.
        """
        best = np.zeros(len(self.texts), dtype=np.float32)
        if not len(self.columns):
            return best
        keys, rows = _terms(texts)
        for at in range(len(texts)):
            best = np.maximum(best, self._closeness(keys[rows == at]))
        return best

    def _closeness(self, keys: Keys) -> Floats:
        at = np.minimum(np.searchsorted(self.columns, keys), len(self.columns) - 1)
        known = self.columns[at] == keys
        unseen = np.log(len(self.texts) + 1) + 1
        square = float((self.idf[at[known]] ** 2).sum() + unseen**2 * int((~known).sum())) or 1.0
        found = np.zeros(len(self.texts), dtype=np.float32)
        for column in at[known].tolist():
            found[self.documents[self.starts[column] : self.starts[column + 1]]] += self.idf[column] ** 2
        return np.maximum(found / (self.lengths * np.float32(np.sqrt(square))), found * np.float32(_HELD / square))


def _terms(texts: Sequence[str]) -> tuple[Keys, Rows]:
    words = [normalise(text).words for text in texts]
    return terms_of(words, [()] * len(words))
