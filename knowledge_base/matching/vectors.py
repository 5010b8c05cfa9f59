"""An inverted index over weighted terms, and cosines of a message's views with its rows; grows by rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from knowledge_base.matching.grams import GROUP, LETTERS, SIDE, Keys, Rows, kinds

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

# Shares of letters and of words in the cosine; between .4 and .7 the ranking hardly moves.
LETTERS_SHARE, WORDS_SHARE = 0.5, 0.5
SIDE_WEIGHT = 1.5  # the side of a contrast says more than any one word
GROUP_WEIGHT = 0.8  # a shared synonym group says less than the shared words themselves
EXHAUSTIVE = 6_500  # rows; a larger index is searched within a budget
_LIST = 2_048  # documents kept of a term's list in a larger index, evenly spread
_BUDGET = 3_000  # documents looked at for one view, the rarest terms first
_BEST = 48  # rows of one view that are looked at closely
_MOST_TERMS = 320  # known terms of a message that are compared, the rarest first
_STEP = 32  # rows of a kernel at a time
_TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """A message's views as weights: `columns` (terms,) ascending, `weights` (views, terms)."""

    columns: Ints
    weights: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Rows as sets of terms, both ways round: term -> rows to find, row -> terms to compare.

    `keys` (columns,) are sorted up to `sorted_keys`; those after it came later, in any order.
    `held` counts the groups (entries, or out-of-scope questions) that hold a term, `heard` the entries alone, of
    `groups` in all. Rows of a term lie in `documents` from `starts[t]`; terms of a row in `terms` from `bounds[r]`;
    rows from `indexed` on are in no list. `norms` (2, rows) turn sums of letters' and words' weights into cosines.
    """

    keys: Keys
    sorted_keys: int
    held: Ints
    heard: Ints
    groups: int
    starts: Rows
    documents: Ints
    bounds: Rows
    terms: Ints
    norms: Floats
    indexed: int

    @classmethod
    def build(cls, keys: Keys, rows: Rows, group_of: Ints, entries: int) -> "Postings":
        """Index the distinct terms `keys` of `rows` (sorted by row); groups below `entries` are entries."""
        count = len(group_of)
        columns, places = np.unique(keys, return_inverse=True)
        terms: Ints = places.astype(np.int32)
        bounds = np.searchsorted(rows, np.arange(count + 1))
        held, heard = _held(terms, group_of[rows], len(columns), entries)
        order = np.argsort(terms, kind="stable")
        starts = np.searchsorted(terms[order], np.arange(len(columns) + 1))
        documents = rows[order].astype(np.int32)
        if count > EXHAUSTIVE:
            starts, documents = _thinned(starts, documents)
        found = cls(
            columns,
            len(columns),
            held,
            heard,
            int(group_of.max(initial=-1)) + 1,
            starts,
            documents,
            bounds,
            terms,
            np.zeros((2, count), dtype=np.float32),
            count,
        )
        return replace(found, norms=found.norms_of(terms, rows, count))

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.bounds) - 1

    def extended(self, keys: Keys, rows: Rows, count: int) -> "Postings":
        """With `count` more rows of distinct terms (`rows` counted from 0); what is there stays as it is."""
        new = np.unique(keys[self.columns_of(keys) < 0])
        grown = replace(
            self,
            keys=np.concatenate([self.keys, new]),
            held=np.concatenate([self.held, np.ones(len(new), dtype=np.int32)]),
            heard=np.concatenate([self.heard, np.ones(len(new), dtype=np.int32)]),
        )
        terms = grown.columns_of(keys).astype(np.int32)
        return replace(
            grown,
            terms=np.concatenate([self.terms, terms]),
            bounds=np.concatenate([self.bounds, self.bounds[-1] + np.searchsorted(rows, np.arange(1, count + 1))]),
            norms=np.hstack([self.norms, grown.norms_of(terms, rows, count)]),
        )

    def columns_of(self, keys: Keys) -> Ints:
        """The column of each key, -1 where no row holds it."""
        found = _look_up(self.keys[: self.sorted_keys], keys)
        later = self.keys[self.sorted_keys :]
        if len(later):
            order = np.argsort(later, kind="stable")
            at = _look_up(later[order], keys)
            found = np.where((found < 0) & (at >= 0), order[at] + self.sorted_keys, found)
        return found.astype(np.int32)

    def used(self, keys: Sequence[int], lost: Keys) -> list[bool]:
        """Which terms any entry holds; those of `lost` by one entry less."""
        wanted = np.array(keys, dtype=np.int64)
        columns = self.columns_of(wanted)
        held = np.where(columns >= 0, self.heard[columns], 0)
        if len(lost):
            held -= _look_up(lost, wanted) >= 0
        return (held > 0).tolist()

    def weights_of(self, keys: Keys, held: Ints | npt.NDArray[np.int64]) -> Floats:
        """The weight of each term by its rarity and kind."""
        idf = np.log((self.groups + 1) / (held + 1)) + 1
        kind = kinds(keys)
        found: Floats = (idf * np.select([kind == SIDE, kind == GROUP], [SIDE_WEIGHT, GROUP_WEIGHT], 1.0)).astype(
            np.float32
        )
        return found

    def norms_of(self, terms: Ints, rows: Rows, count: int) -> Floats:
        """What the sums of `count` rows must be multiplied with, shape (2, count): letters, words."""
        few = len(terms) < len(self.keys)  # a few rows more: their terms alone are weighed, not all there are
        weights = (
            self.weights_of(self.keys[terms], self.held[terms]) if few else self.weights_of(self.keys, self.held)[terms]
        )
        squares = weights.astype(np.float64) ** 2
        letters = kinds(self.keys[terms]) == LETTERS
        found = np.empty((2, count), dtype=np.float32)
        for at, (part, share) in enumerate(((letters, LETTERS_SHARE), (~letters, WORDS_SHARE))):
            lengths = np.bincount(rows[part], squares[part], count)
            found[at] = np.sqrt(share / np.maximum(lengths, _TINY)) * (lengths > 0)
        return found

    def weigh(self, keys: Keys, views: Rows, count: int) -> Weighed:
        """Weights of `count` views of a message, so that a row's sums over them are parts of the cosine."""
        different, at = np.unique(keys, return_inverse=True)
        columns = self.columns_of(different)
        weights = self.weights_of(different, np.where(columns >= 0, self.held[columns], 0))
        squares = weights.astype(np.float64) ** 2
        letters = kinds(different) == LETTERS
        known = np.flatnonzero(columns >= 0)
        if len(known) > _MOST_TERMS:
            known = known[np.argsort(-weights[known], kind="stable")[:_MOST_TERMS]]
        known = known[np.argsort(columns[known], kind="stable")]
        place = np.full(len(different), -1)
        place[known] = np.arange(len(known))
        table = np.zeros((count, len(known)), dtype=np.float32)
        for part, share in ((letters, LETTERS_SHARE), (~letters, WORDS_SHARE)):
            mine = part[at]
            lengths = np.bincount(views[mine], squares[at[mine]], count)
            scale = np.sqrt(share / np.maximum(lengths, _TINY))
            used = mine & (place[at] >= 0)
            table[views[used], place[at[used]]] = squares[at[used]] * scale[views[used]]
        return Weighed(columns[known], table)

    def cosines(self, weighed: Weighed) -> Floats:
        """The cosines of every row with every view, shape (views, rows)."""
        at, documents = self._lists(weighed.columns)
        held = np.zeros((len(weighed.columns), self.rows), dtype=np.float32)
        held.ravel()[at * self.rows + documents] = 1.0
        if self.indexed < self.rows:
            held[:, self.indexed :] = self._held_by(weighed.columns, np.arange(self.indexed, self.rows))
        return self._summed(weighed, held, self.norms)

    def cosines_with(self, weighed: Weighed, rows: Rows) -> Floats:
        """The cosines of some rows with every view, shape (views, len(rows))."""
        return self._summed(weighed, self._held_by(weighed.columns, rows), self.norms[:, rows])

    def promising(self, weighed: Weighed) -> Rows:
        """Rows worth a closer look, ascending: bounded work, whatever the size of the index; later rows always."""
        known = weighed.columns < len(self.starts) - 1
        first = np.where(known, weighed.columns, 0)
        sizes = np.where(known, self.starts[first + 1] - self.starts[first], 0)
        views, terms = np.nonzero(_affordable(weighed.weights > 0, sizes))
        used, of = np.unique(terms, return_inverse=True)
        at, documents = self._lists(weighed.columns[used])
        seen, place = _places(documents, self.indexed)
        letters = kinds(self.keys[weighed.columns[used]]) == LETTERS
        norms = self.norms[np.where(letters, 0, 1)[at], documents]
        # All views at once: each view's share of every document on one of its lists.
        lists = sizes[used]
        listed = _ranges((np.cumsum(lists) - lists)[of], lists[of])
        shares = np.repeat(weighed.weights[views, terms], lists[of]) * norms[listed]
        count = len(weighed.weights)
        sums = np.bincount(np.repeat(views * len(seen), lists[of]) + place[listed], shares, count * len(seen))
        by_view: Doubles = sums.astype(np.float64, copy=False).reshape(count, len(seen))
        best = [seen[_highest(values, _BEST)] for values in by_view]
        return np.unique(np.concatenate([np.arange(self.indexed, self.rows), *best]))

    def kernel(self, rows: Rows) -> Floats:
        """The cosines of some rows with every row, shape (len(rows), rows)."""
        found = np.empty((len(rows), self.rows), dtype=np.float32)
        for at in range(0, len(rows), _STEP):
            part = rows[at : at + _STEP]
            sizes = self.bounds[part + 1] - self.bounds[part]
            terms = self.terms[_ranges(self.bounds[part], sizes)]
            views = np.repeat(np.arange(len(part)), sizes)
            columns, place = np.unique(terms, return_inverse=True)
            keys = self.keys[columns]
            norms = self.norms[np.where(kinds(keys) == LETTERS, 0, 1)[place], part[views]]
            weights = np.zeros((len(part), len(columns)), dtype=np.float32)
            weights[views, place] = self.weights_of(keys, self.held[columns])[place] ** 2 * norms
            found[at : at + _STEP] = self.cosines(Weighed(columns.astype(np.int32), weights))
        return found

    def often(self, key: Keys) -> int:
        """How many rows hold a term; in a large index a lower bound."""
        column = int(self.columns_of(key)[0])
        return int(self.starts[column + 1] - self.starts[column]) if 0 <= column < len(self.starts) - 1 else 0

    def _lists(self, columns: Ints) -> tuple[Rows, Ints]:
        """The rows that hold each of some columns: position in `columns`, row."""
        columns = columns[columns < len(self.starts) - 1]  # a prefix: columns ascend wherever later ones are among them
        sizes = self.starts[columns + 1] - self.starts[columns]
        return np.repeat(np.arange(len(columns)), sizes), self.documents[_ranges(self.starts[columns], sizes)]

    def _held_by(self, columns: Ints, rows: Rows) -> Floats:
        """1 where a row holds a column, shape (columns, rows)."""
        place = np.full(len(self.keys) + 1, -1, dtype=np.int16)
        place[columns] = np.arange(len(columns))
        sizes = self.bounds[rows + 1] - self.bounds[rows]
        at = place[self.terms[_ranges(self.bounds[rows], sizes)]]
        of = np.repeat(np.arange(len(rows)), sizes)
        found = np.zeros((len(columns), len(rows)), dtype=np.float32)
        known = at >= 0
        found.ravel()[at[known].astype(np.int64) * len(rows) + of[known]] = 1.0
        return found

    def _summed(self, weighed: Weighed, held: Floats, norms: Floats) -> Floats:
        """Cosines from the terms `held` (columns, rows) by rows of these `norms`."""
        letters = kinds(self.keys[weighed.columns]) == LETTERS
        first = int(letters.sum())
        if not letters[:first].all():  # terms that came later
            order = np.argsort(~letters, kind="stable")
            weighed, held = Weighed(weighed.columns[order], weighed.weights[:, order]), held[order]
        found: Floats = (weighed.weights[:, :first] @ held[:first]) * norms[0] + (
            weighed.weights[:, first:] @ held[first:]
        ) * norms[1]
        return found


def _affordable(held: npt.NDArray[np.bool_], sizes: Rows) -> npt.NDArray[np.bool_]:
    """Which of the terms that views hold are looked up, both (views, terms): the rarest first, within the budget."""
    order = np.argsort(sizes, kind="stable")
    listed = held[:, order] * sizes[order]
    spent = np.cumsum(listed, axis=1)
    found = np.empty_like(held)
    found[:, order] = (listed > 0) & ((spent <= _BUDGET) | (spent == listed))  # the first one always
    return found


def _places(documents: Ints, count: int) -> tuple[Rows, Ints]:
    """The distinct documents (numbers below `count`), in no order, and the place of each document among them."""
    place = np.empty(count, dtype=np.int32)
    numbers = np.arange(len(documents), dtype=np.int32)
    place[documents] = numbers  # of equal ones one stays
    seen = documents[place[documents] == numbers]
    place[seen] = numbers[: len(seen)]
    return seen.astype(np.int64), place[documents]


def _highest(values: Doubles, count: int) -> Rows:
    """The places of the `count` highest values above 0, of equal ones the first, in no order."""
    top = values.max(initial=0.0)
    # Mostly few values are near the highest: those few are put in order, not all.
    for least in (top / 2, top / 3, top / 4, top / 6, 0.0):
        places = np.flatnonzero(values > least)
        if len(places) >= count:
            break
    if len(places) <= count:
        return places
    some = values[places]
    least = np.partition(some, len(some) - count)[len(some) - count]
    above = np.flatnonzero(some > least)
    return places[np.concatenate([above, np.flatnonzero(some == least)[: count - len(above)]])]


def _look_up(keys: Keys, wanted: Keys) -> Rows:
    if not len(keys):
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1)


def _ranges(starts: Rows, sizes: Rows) -> Rows:
    """The numbers from each start on, as many as its size, one after another."""
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    found: Rows = np.repeat(starts - (ends - sizes), sizes)
    found += np.arange(total)
    return found


def _held(terms: Ints, groups: Ints, columns: int, entries: int) -> tuple[Ints, Ints]:
    """How many groups hold each column, and how many of them are entries."""
    base = int(groups.max(initial=0)) + 1
    pairs = np.unique(terms.astype(np.int64) * base + groups)
    of, group = pairs // base, pairs % base
    return (
        np.bincount(of, minlength=columns).astype(np.int32),
        np.bincount(of[group < entries], minlength=columns).astype(np.int32),
    )


def _thinned(starts: Rows, documents: Ints) -> tuple[Rows, Ints]:
    """Lists longer than _LIST cut to every n-th document."""
    sizes = np.diff(starts)
    every = np.repeat(-(-sizes // _LIST), sizes)
    place = np.arange(len(documents)) - np.repeat(starts[:-1], sizes)
    kept = place % np.maximum(every, 1) == 0
    sizes = np.bincount(np.repeat(np.arange(len(sizes)), sizes)[kept], minlength=len(sizes))
    return np.concatenate([[0], np.cumsum(sizes)]), documents[kept]
