"""What a text means, as a vector: texts of one meaning lie close together even where they share no word.

The shipped table was distilled from a sentence encoder (`distillation/README.md`); reading it needs numpy alone.
Any other source of vectors for folded texts can take its place.
"""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Protocol, TypeVar
from zlib import crc32

import numpy as np

from knowledge_base.matching.vectors import Floats, Ints

TABLE = Path(__file__).parent / "data" / "meaning.npz"
ROWS = 2**15  # of the table; features that share a row are told apart by their neighbours
_CHUNK = 2_048  # texts summed in one step; bounds the memory of a step to some 20 MB
_UNTAUGHT_OF = 4
_KEPT_WORDS = 8_192  # whose sums are kept, 0.5 KB each: more than people use
_TINY = 1e-9
Number = TypeVar("Number", Floats, Ints)


class Meaning(Protocol):
    """A source of vectors."""

    def vectors(self, folded: Sequence[str]) -> Floats:
        """Unit vectors of normalised, folded texts, shape (texts, dimensions); zero for an empty text."""
        ...


def word_rows(word: str) -> list[int]:
    """The table's rows for a folded word: itself and its letter 3- and 4-grams, with its edges."""
    line = f" {word} "
    grams = [line[at : at + size] for size in (3, 4) for at in range(len(line) - size + 1)]
    return [crc32(name.encode()) % ROWS for name in (f"u{word}", *(f"c{gram}" for gram in grams))]


def pair_row(left: str, right: str) -> int:
    """The table's row for two neighbouring words."""
    return crc32(f"b{left} {right}".encode()) % ROWS


def mark(name: str, size: int) -> int:
    """The place (below `size`) of a word or of "left right" in the record of what a table was taught."""
    return crc32(f"t{name}".encode()) % size


def is_untaught(text: str) -> bool:
    """Whether a phrasing, as written, is kept from the shipped table: about one in four, by its hash.

    The table draws the phrasings of an entry together, so that only those it has not seen tell what it is worth on
    wordings to come: a ranker, or a threshold, must be learned from these.
    """
    return crc32(f"untaught {text}".encode()) % _UNTAUGHT_OF == 0


class Table:
    """A static table: text to the sum of its features' rows / √(their number), plus a bias, scaled to length 1.

    In the file: `rows` int8 (ROWS, dimensions), `scales` float16 (ROWS, 1), `bias` float32 (dimensions,); `taught`
    uint8, a bit for every hash of a word or pair of words that was learned from; `inputs`, the digest of all that the
    table was made of.
    """

    def __init__(self, path: Path = TABLE) -> None:
        with np.load(path) as stored:
            self._rows: Floats = stored["rows"].astype(np.float32) * stored["scales"].astype(np.float32)
            self._bias: Floats = stored["bias"]
            self._taught = np.unpackbits(stored["taught"])
            self.inputs = str(stored["inputs"])
        self._word = lru_cache(maxsize=_KEPT_WORDS)(self._sum_of)

    def vectors(self, folded: Sequence[str]) -> Floats:
        """Unit vectors of folded texts, shape (texts, dimensions); zero for an empty text."""
        found = np.zeros((len(folded), len(self._bias)), dtype=np.float32)
        words = [text.split() for text in folded]
        some = np.flatnonzero([len(text) > 0 for text in words])
        for start in range(0, len(some), _CHUNK):
            part = some[start : start + _CHUNK]
            found[part] = self._sums([words[at] for at in part])
        return found

    def familiar(self, folded: str) -> float:
        """The share of the words and pairs of words of a text that the table was taught, 0–1."""
        words = folded.split()
        names = [*words, *map(" ".join, pairwise(words))]
        return sum(int(self._taught[mark(name, len(self._taught))]) for name in names) / max(1, len(names))

    def _sums(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Vectors of texts of at least one word; each distinct word is looked up once."""
        place: dict[str, int] = {}
        at = _ints(place.setdefault(word, len(place)) for text in texts for word in text)
        words, sizes = zip(*map(self._word, place), strict=True)
        lengths = _ints(map(len, texts))
        found = _summed(np.array(words)[at], lengths)
        counts = _summed(np.array(sizes, dtype=np.int32)[at], lengths) + lengths - 1
        paired = lengths > 1
        if paired.any():
            pairs = _ints(pair_row(left, right) for text in texts for left, right in pairwise(text))
            found[paired] += _summed(self._rows[pairs], lengths[paired] - 1)
        found = found / np.sqrt(counts, dtype=np.float32)[:, None] + self._bias
        unit: Floats = found / (np.linalg.norm(found, axis=1, keepdims=True) + _TINY)
        return unit

    def _sum_of(self, word: str) -> tuple[Floats, int]:
        """The sum of a word's rows, and their number."""
        rows = word_rows(word)
        found: Floats = self._rows[rows].sum(axis=0)
        return found, len(rows)


@cache
def shipped() -> Table:
    """The project's own table, read once."""
    return Table()


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int32)


def _summed(values: Number, sizes: Ints) -> Number:
    """The sums of runs of `values` of these (positive) sizes."""
    return np.add.reduceat(values, np.cumsum(sizes) - sizes, axis=0)
