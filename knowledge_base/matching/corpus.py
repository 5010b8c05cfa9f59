"""The texts the matcher compares a message with, and what it knows of each entry; immutable, grows by rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from knowledge_base.faq.entry import InForce
from knowledge_base.matching.grams import Keys, Rows, mark_keys, terms_of
from knowledge_base.matching.holdings import Holdings, holdings_of, text_code
from knowledge_base.matching.senses import Senses, alike, as_vectors, fused, kept, senses_of, vectors_of
from knowledge_base.matching.spelling import Speller
from knowledge_base.matching.vectors import EXHAUSTIVE, Floats, Ints, Postings
from knowledge_base.text.fold import fold
from knowledge_base.text.normalise import Words, folded_function_words, function_words, spell_out

OUTSIDE, GONE = -1, -2  # instead of an entry: a row out of scope, a row of an entry that was changed or withdrawn
_MOSTLY = 0.8
_PORTION = 4_096  # texts
_EVER = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class IndexedEntry:
    """What the matcher needs to know of an entry."""

    key: str
    question: str
    phrasings: tuple[str, ...]
    answer: str = ""
    in_force: InForce = field(default_factory=InForce)

    @property
    def texts(self) -> tuple[str, ...]:
        """The question and the phrasings, each once."""
        return tuple(dict.fromkeys((self.question, *self.phrasings)))


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """Rows in the order of their entries: `rows`, the `entries` that have any, where each begins (`starts`)."""

    rows: Rows
    entries: Rows
    starts: Rows

    @classmethod
    def of(cls, rows: Rows, entry_of: Ints) -> "Grouped":
        """Group those of some rows that belong to entries."""
        rows = rows[entry_of[rows] >= 0]
        rows = rows[np.argsort(entry_of[rows], kind="stable")]
        entries = entry_of[rows].astype(np.int64)
        starts = np.flatnonzero(np.concatenate([[True], entries[1:] != entries[:-1]])[: len(entries)])
        return cls(rows, entries[starts], starts)


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Phrasings entry by entry, then out-of-scope questions, then what came later.

    `lines` are the rows as written, words separated by blanks; `entry_of` tells each row's entry, `place_of` its
    number among the entry's texts; `senses` are the rows' vectors of meaning.
    `asked` are codes of the folded rows, sorted, and `asked_rows` the rows.
    `forms` are all words of all rows with marks, `hollow` the folded words that say nothing even without marks: "do"
    may be đỏ. `windows` (2, entries) are the days, as ordinals, between which each entry is in force.
    """

    entries: tuple[IndexedEntry, ...]
    alive: npt.NDArray[np.bool_]
    lines: tuple[str, ...]
    entry_of: Ints
    place_of: Ints
    grouped: Grouped
    outside: Rows
    postings: Postings
    senses: Senses
    holdings: Holdings
    speller: Speller
    asked: Keys
    asked_rows: Ints
    forms: frozenset[str]
    hollow: frozenset[str]
    windows: Ints

    @classmethod
    def build(cls, entries: Sequence[IndexedEntry], outside: Sequence[str]) -> "Corpus":
        """Normalise and index; out-of-scope questions that an entry asks word for word are dropped."""
        sizes = [len(entry.texts) for entry in entries]
        taken = _Intake()
        stocks = []
        for entry in entries:
            taken.add([spell_out(text) for text in entry.texts])
            stocks.append(holdings_of(entry.texts, entry.answer))  # right away: its texts are spelled out still
        codes, words = np.array(taken.codes, dtype=np.int64), frozenset(taken.folded)
        asked = set(taken.codes)
        others = [words for words in map(spell_out, outside) if len(words) and text_code(words.text) not in asked]
        taken.add(others)
        count = len(taken.lines)
        inside = np.repeat(np.arange(len(entries)), sizes)
        groups = np.concatenate([inside, len(entries) + np.arange(len(others))]).astype(np.int32)
        entry_of: Ints = np.concatenate([inside, np.full(len(others), OUTSIDE)]).astype(np.int32)
        order = np.argsort(codes, kind="stable")
        return cls(
            tuple(entries),
            np.ones(len(entries), dtype=bool),
            tuple(taken.lines),
            entry_of,
            np.concatenate([np.arange(size) for size in [*sizes, len(others)]]).astype(np.int32),
            Grouped.of(np.arange(count), entry_of),
            np.flatnonzero(entry_of == OUTSIDE),
            Postings.build(*taken.terms(), groups, len(entries)),
            taken.senses(small=count > EXHAUSTIVE),
            Holdings.build(stocks),
            Speller.build(words),
            codes[order],
            order.astype(np.int32),
            frozenset(taken.forms),
            taken.hollow(),
            _windows(entries),
        )

    @property
    def count(self) -> int:
        """The number of entries, those that are gone included."""
        return len(self.entries)

    def words(self, row: int) -> Words:
        """The words of a row."""
        written = tuple(self.lines[row].split(" ")) if self.lines[row] else ()
        return Words(written, tuple(map(fold, written)))

    def rows_of(self, entry: int) -> Rows:
        """The rows of an entry's phrasings."""
        at = int(np.searchsorted(self.grouped.entries, entry))
        if at == len(self.grouped.entries) or self.grouped.entries[at] != entry:
            return self.grouped.rows[:0]
        end = self.grouped.starts[at + 1] if at + 1 < len(self.grouped.starts) else len(self.grouped.rows)
        return self.grouped.rows[self.grouped.starts[at] : end]

    def phrasing(self, row: int) -> str:
        """A row as its editor wrote it."""
        return self.entries[self.entry_of[row]].texts[self.place_of[row]]

    def asking(self, folded: str) -> list[int]:
        """The entries that ask this folded text word for word."""
        code = text_code(folded)
        first, last = np.searchsorted(self.asked, code, "left"), np.searchsorted(self.asked, code, "right")
        found = {int(self.entry_of[row]) for row in self.asked_rows[first:last] if self.words(row).text == folded}
        return sorted(entry for entry in found if entry >= 0)

    def in_force(self, day: date | None) -> npt.NDArray[np.bool_]:
        """Which entries hold on a day (None: any day), shape (entries,)."""
        if day is None:
            return self.alive
        found: npt.NDArray[np.bool_] = (
            self.alive & (self.windows[0] <= day.toordinal()) & (day.toordinal() <= self.windows[1])
        )
        return found

    def rivals(self, entry: int) -> npt.NDArray[np.bool_]:
        """Which entries can be in force on the same day as this one, itself included, shape (entries,)."""
        starts, ends = self.windows
        found: npt.NDArray[np.bool_] = self.alive & (np.maximum(starts, starts[entry]) <= np.minimum(ends, ends[entry]))
        return found

    def best(self, cosines: Floats) -> Floats:
        """The best cosine of each entry's phrasings, shape (entries,); 0 for an entry without any."""
        found = np.zeros(self.count, dtype=np.float32)
        if len(self.grouped.rows):
            found[self.grouped.entries] = np.maximum.reduceat(cosines[self.grouped.rows], self.grouped.starts)
        return found

    def kernel(self, rows: Rows) -> Floats:
        """How alike some rows and every row are, in words and meaning; shape (len(rows), rows)."""
        return fused(self.postings.kernel(rows), alike(as_vectors(self.senses[rows]), self.senses))

    def changed(self, gone: Sequence[int], added: Sequence[IndexedEntry]) -> "Corpus":
        """Without some entries and with others, at a cost that grows with them alone."""
        texts = [spell_out(text) for entry in added for text in entry.texts]
        sizes = [len(entry.texts) for entry in added]
        alive = np.concatenate([self.alive, np.ones(len(added), dtype=bool)])
        alive[list(gone)] = False
        entry_of = np.concatenate([self.entry_of, self.count + np.repeat(np.arange(len(added)), sizes)])
        entry_of[np.isin(entry_of, list(gone))] = GONE
        keys, rows = terms_of(texts, [mark_keys(words.folded) for words in texts])
        codes = np.concatenate([self.asked, [text_code(words.text) for words in texts]]).astype(np.int64)
        asked_rows = np.concatenate([self.asked_rows, len(self.lines) + np.arange(len(texts))]).astype(np.int32)
        order = np.argsort(codes, kind="stable")
        return replace(
            self,
            entries=(*self.entries, *added),
            alive=alive,
            lines=(*self.lines, *(" ".join(words.written) for words in texts)),
            entry_of=entry_of.astype(np.int32),
            place_of=np.concatenate([self.place_of, *(np.arange(size) for size in sizes)]).astype(np.int32),
            grouped=Grouped.of(np.arange(len(entry_of)), entry_of),
            postings=self.postings.extended(keys, rows, len(texts)),
            senses=np.concatenate([self.senses, senses_of(texts, small=self.senses.dtype == np.int8)]),
            holdings=self.holdings.extended([holdings_of(entry.texts, entry.answer) for entry in added]),
            speller=self.speller.extended({word for words in texts for word in words.folded}),
            asked=codes[order],
            asked_rows=asked_rows[order],
            forms=self.forms | {word for words in texts for word in words.written},
            windows=np.hstack([self.windows, _windows(added)]),
        )


def _windows(entries: Sequence[IndexedEntry]) -> Ints:
    starts = [entry.in_force.from_day.toordinal() if entry.in_force.from_day else 0 for entry in entries]
    ends = [entry.in_force.to_day.toordinal() if entry.in_force.to_day else _EVER for entry in entries]
    return np.array([starts, ends], dtype=np.int32).reshape(2, len(entries))


class _Intake:
    """Texts on their way into a corpus: taken stock of in portions, so that few are in memory as words at a time."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.codes: list[int] = []
        self.folded: set[str] = set()
        self.forms: set[str] = set()
        self._waiting: list[Words] = []
        self._marks: list[tuple[int, ...]] = []
        self._keys: list[Keys] = []
        self._rows: list[Rows] = []
        self._vectors: list[Floats] = []
        self._empty, self._total = Counter[str](), Counter[str]()

    def add(self, texts: Sequence[Words]) -> None:
        """Take some more."""
        for words in texts:
            self.lines.append(" ".join(words.written))
            self.codes.append(text_code(words.text))
            self.folded.update(words.folded)
            self.forms.update(words.written)
            self._marks.append(mark_keys(words.folded))
            if words.written != words.folded:
                self._total.update(word for word in words.folded if word in folded_function_words())
                self._empty.update(fold(word) for word in words.written if word in function_words())
        self._waiting += texts
        if len(self._waiting) >= _PORTION:
            self._index()

    def terms(self) -> tuple[Keys, Rows]:
        """The distinct terms of every text, and the text each belongs to."""
        self._index()
        nothing = np.array([], dtype=np.int64)
        return np.concatenate([nothing, *self._keys]), np.concatenate([nothing, *self._rows])

    def senses(self, *, small: bool) -> Senses:
        """The meaning of every text."""
        self._index()
        return kept(np.concatenate([*self._vectors, vectors_of([])]), small=small)

    def hollow(self) -> frozenset[str]:
        """Folded function words that, where marks are typed, hardly ever stand for a word with matter."""
        return frozenset(word for word in folded_function_words() if self._empty[word] >= _MOSTLY * self._total[word])

    def _index(self) -> None:
        texts, self._waiting = self._waiting, []
        marks, self._marks = self._marks, []
        keys, rows = terms_of(texts, marks)
        self._keys.append(keys)
        self._rows.append(rows + len(self.lines) - len(texts))
        self._vectors.append(vectors_of(texts))
