"""Texts as sparse TF-IDF vectors over folded syllables and letter n-grams, and cosines against all of them."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from knowledge_base.matching.contrasts import sides
from knowledge_base.matching.synonyms import concepts

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

# Shares of letters and of words in the cosine; between .4 and .7 the ranking hardly moves.
LETTERS, WORDS = 0.5, 0.5
_TINY = 1e-12
_SIDE_WEIGHT = 1.5  # the side of a contrast says more than any one word
_CONCEPT_WEIGHT = 0.8  # a shared synonym group says less than the shared words themselves


def letter_terms(folded: Sequence[str]) -> Counter[str]:
    """Letter 3- and 4-grams within and across words."""
    line = f" {' '.join(folded)} "
    return Counter(line[at : at + size] for size in (3, 4) for at in range(len(line) - size + 1))


def word_terms(folded: Sequence[str]) -> Counter[str]:
    """Syllables, pairs of syllables, and synonym groups; no folded word holds "/" or "="."""
    terms = Counter(f"/{word}" for word in folded)
    terms.update(f"/{left} {right}" for left, right in pairwise(folded))
    terms.update({f"={number}": 1 for _, _, number in concepts(folded)})
    terms.update({f"=~{contrast}.{side}": 1 for contrast, side in sorted(sides(folded))})
    return terms


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """An inverted index: per term its documents and weights. Documents are rows of unit length.

    `starts` has one more element than there are terms; `documents` (int32) and `weights` (float32) lie between
    `starts[t]` and `starts[t + 1]`; `idf` is per term, `unseen` the idf of a term no document holds.
    """

    columns: dict[str, int]
    starts: Ints
    documents: Ints
    weights: Floats
    idf: tuple[float, ...]
    unseen: float
    count: int

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]], groups: Sequence[int]) -> "Postings":
        """Index folded `texts`; terms are as rare as the `groups` (entries) that hold them are few."""
        columns: dict[str, int] = {}
        terms: list[int] = []
        times: list[int] = []
        rows: list[int] = []
        for row, text in enumerate(texts):
            for found in (letter_terms(text), word_terms(text)):
                terms.extend(columns.setdefault(term, len(columns)) for term in found)
                times.extend(found.values())
                rows.extend([row] * len(found))
        total = len(set(groups))
        term_of, row_of = np.array(terms, dtype=np.int64), np.array(rows, dtype=np.int64)
        group_of = np.array(groups, dtype=np.int64)[row_of]
        base = int(group_of.max(initial=0)) + 1
        held = np.bincount(np.unique(term_of * base + group_of) // base, minlength=len(columns))
        idf = np.log((total + 1) / (held + 1)) + 1
        scale = np.array([_emphasis(term) for term in columns])
        of_words = np.array([term[0] in "/=" for term in columns])
        weights = (1 + np.log(np.array(times, dtype=np.float64))) * (idf * scale)[term_of]
        for part, share in ((of_words[term_of], WORDS), (~of_words[term_of], LETTERS)):
            squares = np.bincount(row_of[part], weights[part] ** 2, len(texts))
            weights[part] *= np.sqrt(share / np.maximum(squares, _TINY))[row_of[part]]
        order = np.argsort(term_of, kind="stable")
        starts = np.searchsorted(term_of[order], np.arange(len(columns) + 1))
        return cls(
            columns,
            starts.astype(np.int32),
            row_of[order].astype(np.int32),
            weights[order].astype(np.float32),
            tuple(idf.tolist()),
            _idf(0, total),
            len(texts),
        )

    def cosines(self, folded: Sequence[str]) -> Floats:
        """The cosine of `folded` with every document, shape (documents,)."""
        return self._dot(_unit(letter_terms(folded), word_terms(folded), self.columns, self.idf, self.unseen))

    def kernel(self, rows: Ints) -> Floats:
        """The cosines of some documents with each other, shape (rows, rows)."""
        terms = np.repeat(np.arange(len(self.idf)), np.diff(self.starts))
        order = np.argsort(self.documents, kind="stable")
        bounds = np.searchsorted(self.documents[order], np.arange(self.count + 1))
        found = np.empty((len(rows), len(rows)), dtype=np.float32)
        for at, row in enumerate(rows):
            held = order[bounds[row] : bounds[row + 1]]
            found[at] = self._product(terms[held], self.weights[held])[rows]
        return found

    def _dot(self, pairs: list[tuple[int, float]]) -> Floats:
        columns = np.array([column for column, _ in pairs], dtype=np.int64)
        return self._product(columns, np.array([weight for _, weight in pairs], dtype=np.float32))

    def _product(self, columns: npt.NDArray[np.int64], weights: Floats) -> Floats:
        """The dot product of a sparse vector (distinct `columns`, their `weights`) with every document."""
        if not len(columns):
            return np.zeros(self.count, dtype=np.float32)
        sizes = self.starts[columns + 1] - self.starts[columns]
        ends = np.cumsum(sizes)
        at = np.arange(ends[-1]) + np.repeat(self.starts[columns] - (ends - sizes), sizes)
        shares = self.weights[at] * np.repeat(weights, sizes)
        return np.bincount(self.documents[at], shares, self.count).astype(np.float32)


def _emphasis(term: str) -> float:
    if term[0] != "=":
        return 1.0
    return _SIDE_WEIGHT if term[1] == "~" else _CONCEPT_WEIGHT


def _idf(held: int, total: int) -> float:
    return math.log((total + 1) / (held + 1)) + 1


def _unit(
    letters: Counter[str], words: Counter[str], columns: dict[str, int], idf: Sequence[float], unseen: float
) -> list[tuple[int, float]]:
    """(column, weight) of the known terms of a text; unknown ones count in its length."""
    pairs: list[tuple[int, float]] = []
    for terms, share in ((letters, LETTERS), (words, WORDS)):
        squares = 0.0
        found: list[tuple[int, float]] = []
        for term, times in terms.items():
            column = columns.get(term)
            weight = (1 + math.log(times)) * (unseen if column is None else idf[column])
            weight *= _emphasis(term)
            squares += weight * weight
            if column is not None:
                found.append((column, weight))
        scale = math.sqrt(share / squares) if squares else 0.0
        pairs += [(column, weight * scale) for column, weight in found]
    return pairs
