"""Cosines and entry scores of the views of a message, by looking at every row or, in a large index, at few."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge_base.matching.corpus import OUTSIDE, Corpus, Grouped
from knowledge_base.matching.grams import Keys, Rows, pair_keys, terms_of, word_key
from knowledge_base.matching.learn import KernelRidge
from knowledge_base.matching.senses import alike, fused, vectors_of
from knowledge_base.matching.vectors import EXHAUSTIVE, Floats
from knowledge_base.text.normalise import Words

_BEST_ROWS = 3  # of an entry, whose mean stands for the entry's score where no ridge was learned
NO_KEYS: Keys = np.array([], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the views of a message are close to.

    `entries` (n,) in ascending order; how alike the closest phrasing of each is to each view, in all, in letters and
    words, in meaning, and its score, all (views, n); the closest out-of-scope question of each view (views,).
    `grouped` and `likeness` tell the rows behind it.
    """

    entries: Rows
    best: Floats
    worded: Floats
    meant: Floats
    scores: Floats
    outside: Floats
    grouped: Grouped
    likeness: Floats

    def row(self, view: int, at: int) -> int:
        """The row of entry `entries[at]` that is closest to a view."""
        start = self.grouped.starts[at]
        end = self.grouped.starts[at + 1] if at + 1 < len(self.grouped.starts) else len(self.grouped.rows)
        return int(self.grouped.rows[start + int(np.argmax(self.likeness[view, start:end]))])


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """Reads messages; while learning, as if the rows `left_out` did not exist."""

    corpus: Corpus
    ridge: KernelRidge | None
    left_out: Sequence[int] = ()

    def read(self, views: Sequence[Words], marks: Sequence[Sequence[int]]) -> Seen:
        """Compare every view, with its keys of groups and sides, with the rows of the corpus."""
        keys, of = terms_of(views, marks)
        postings = self.corpus.postings
        weighed = postings.weigh(keys, of, len(views))
        if postings.indexed <= EXHAUSTIVE:
            rows = np.arange(postings.rows)
            cosines = postings.cosines(weighed)
            senses = self.corpus.senses
            grouped = self.corpus.grouped
        else:
            rows = postings.promising(weighed)
            cosines = postings.cosines_with(weighed, rows)
            senses = self.corpus.senses[rows]
            grouped = Grouped.of(rows, self.corpus.entry_of)
        meanings = alike(vectors_of(views), senses)
        likeness = fused(cosines, meanings)
        if len(self.left_out):
            hidden = np.isin(rows, self.left_out)
            for values in (cosines, meanings, likeness):
                values[:, hidden] = 0.0
        own = np.searchsorted(rows, grouped.rows)
        outside = likeness[:, self.corpus.entry_of[rows] == OUTSIDE].max(axis=1, initial=0.0)
        inside = likeness[:, own]
        if self.ridge is not None:
            scores = self.ridge.scores(likeness)[:, grouped.entries]
        else:
            scores = _best_mean(inside, grouped)
        best, letters, sense = (
            np.maximum.reduceat(values[:, own], grouped.starts, axis=1) if len(own) else values[:, own]
            for values in (likeness, cosines, meanings)
        )
        return Seen(grouped.entries, best, letters, sense, scores, outside, grouped, inside)

    def lost(self) -> Keys:
        """The words and pairs that one entry less holds without what is left out, sorted."""
        found: list[Keys] = []
        rows = np.array(self.left_out, dtype=np.int64)
        for entry in np.unique(self.corpus.entry_of[rows]) if len(rows) else ():
            mine = rows[self.corpus.entry_of[rows] == entry]
            keys, times = np.unique(np.concatenate([self._used(int(row)) for row in mine]), return_counts=True)
            if entry >= 0:
                keys = keys[self.corpus.holdings.counts_of(int(entry), keys) <= times]
            found.append(keys)
        return np.unique(np.concatenate(found)) if found else NO_KEYS

    def _used(self, row: int) -> Keys:
        """The distinct words and pairs of a row."""
        keys = np.array([word_key(word) for word in self.corpus.words(row).folded], dtype=np.int64)
        return np.unique(np.concatenate([keys, pair_keys(keys[:-1], keys[1:])]))


def _best_mean(cosines: Floats, grouped: Grouped) -> Floats:
    """The mean of the best cosines of each entry, shape (views, entries); of an entry with few, the rest count 0."""
    if not len(grouped.rows):
        return cosines
    entry = np.repeat(np.arange(len(grouped.starts)), np.diff(np.append(grouped.starts, len(grouped.rows))))
    # Cosines lie in -1 to 1: sorted by entry, and by falling cosine within it.
    ranked = 4.0 * entry - np.sort(4.0 * entry - cosines, axis=1)
    used = np.arange(len(entry)) - grouped.starts[entry] < _BEST_ROWS
    sums = np.add.reduceat(np.where(used, ranked, 0.0), grouped.starts, axis=1)
    found: Floats = (sums / _BEST_ROWS).astype(np.float32)
    return found
