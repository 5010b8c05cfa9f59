"""The texts the matcher compares a message with, and what it knows of each entry."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from knowledge_base.faq.entry import InForce
from knowledge_base.matching.profile import Holdings, Profile
from knowledge_base.matching.vectors import Floats, Ints, Postings
from knowledge_base.text.fold import fold
from knowledge_base.text.normalise import Words, folded_function_words, function_words, spell_out

_MOSTLY = 0.8


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
class Corpus:
    """Phrasings entry by entry, then out-of-scope questions.

    Rows `bounds[e]` to `bounds[e + 1]` of `postings` are the phrasings of entry e; rows from `bounds[-1]` on
    belong to no entry. `spellings` are all words of all phrasings, `forms` all words of all texts with marks.
    `hollow` are the folded words that say nothing even without marks: "do" may be đỏ.
    `rivals`, shape (entries, entries), is 1 where two entries can be in force on the same day.
    """

    texts: tuple[Words, ...]
    holdings: tuple[Holdings, ...]
    profiles: tuple[Profile, ...]
    bounds: Ints
    postings: Postings
    spellings: tuple[str, ...]
    forms: frozenset[str]
    rivals: Floats
    hollow: frozenset[str]

    @classmethod
    def build(cls, entries: Sequence[IndexedEntry], outside: Sequence[str]) -> "Corpus":
        """Normalise and index; out-of-scope questions that an entry asks word for word are dropped."""
        phrasings = [[spell_out(text) for text in entry.texts] for entry in entries]
        inside = [words for found in phrasings for words in found]
        asked = {words.text for words in inside}
        others = [words for words in map(spell_out, outside) if len(words) and words.text not in asked]
        texts = (*inside, *others)
        bounds = np.cumsum([0, *map(len, phrasings)], dtype=np.int32)
        holdings = tuple(map(Holdings.of, texts))
        groups = np.repeat(np.arange(len(entries)), np.diff(bounds)).tolist()
        return cls(
            texts,
            holdings,
            tuple(
                Profile.of(holdings[bounds[at] : bounds[at + 1]], _sentences(entry.answer))
                for at, entry in enumerate(entries)
            ),
            bounds,
            Postings.build(
                [text.folded for text in texts], [*groups, *range(len(entries), len(entries) + len(others))]
            ),
            tuple(sorted({word for text in inside for word in text.folded if not word.isdigit()})),
            frozenset(word for text in texts for word in text.written),
            np.array([[_overlap(a.in_force, b.in_force) for b in entries] for a in entries], dtype=np.float32),
            _hollow(texts),
        )

    @property
    def inside(self) -> int:
        """The number of phrasings; later rows are out of scope."""
        return int(self.bounds[-1])

    def rows_of(self, entry: int) -> tuple[int, int]:
        """The first row of an entry's phrasings, and one past the last."""
        return int(self.bounds[entry]), int(self.bounds[entry + 1])

    def entry_of(self, row: int) -> int:
        """The entry a phrasing belongs to; the number of entries for an out-of-scope question."""
        return int(np.searchsorted(self.bounds, row, side="right")) - 1

    def best(self, cosines: Floats) -> Floats:
        """The best cosine of each entry's phrasings, shape (entries,)."""
        return np.maximum.reduceat(cosines[: self.inside], self.bounds[:-1])


def _hollow(texts: Sequence[Words]) -> frozenset[str]:
    """Folded function words that, where marks are typed, hardly ever stand for a word with matter."""
    hollow, total = Counter[str](), Counter[str]()
    for words in texts:
        if words.written != words.folded:
            total.update(words.folded)
            hollow.update(fold(word) for word in words.written if word in function_words())
    return frozenset(word for word in folded_function_words() if hollow[word] >= _MOSTLY * total[word])


def _sentences(answer: str) -> Words:
    """An answer sentence by sentence, since a message is cut at 512 characters."""
    parts = [spell_out(line) for line in answer.replace(". ", "\n").splitlines()]
    return Words(
        tuple(word for part in parts for word in part.written), tuple(word for part in parts for word in part.folded)
    )


def _overlap(one: InForce, other: InForce) -> bool:
    starts = max(one.from_day or date.min, other.from_day or date.min)
    return starts <= min(one.to_day or date.max, other.to_day or date.max)
