"""Runs of letters and of words of a message, as rows of a table of weights.

Runs of letters go over the spaces between words: a turn of phrase is caught whole, and what a slip leaves of it.
"""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge_base.distress.words import Said

ROWS = 2**20  # of fewer, several runs share one, and recall falls
REACH = 3  # words that a run reaches on from its first, at most
_LETTERS, _WORDS = (3, 4, 5, 6), (1, 2, 3)
_SPACE = ord(" ")
_SPREAD = (
    0x9E3779B97F4A7C15,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0x27D4EB2F165667C5,
    0x85EBCA77C2B2AE63,
    0xD6E8FEB86659FD93,
)  # fmt: skip - odd multipliers, one for each place in a run
Ints = NDArray[np.int64]
_Counts = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Grams:
    """Runs, each of shape (runs,): the row, the first word, and how many words it reaches on (0 to REACH)."""

    rows: Ints
    first: Ints
    reach: Ints


def grams(words: Said) -> Grams:
    """Every run of a message that has words: letters with marks, and words with and without."""
    found = [*_of_letters(words.written), *_of_words(words.written, 2), *_of_words(words.folded, 3)]
    rows, first, last = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Grams(rows, first, last - first)


def _of_letters(words: tuple[str, ...]) -> list[tuple[Ints, Ints, Ints]]:
    line = f" {' '.join(words)} "
    letters = np.frombuffer(line.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    word = np.minimum(np.cumsum(letters == _SPACE) - 1, len(words) - 1)  # a space belongs to the word after it
    return [_runs(letters, word, size, 1) for size in _LETTERS if len(letters) >= size]


def _of_words(words: tuple[str, ...], name: int) -> list[tuple[Ints, Ints, Ints]]:
    values = np.fromiter((crc32(word.encode()) for word in words), dtype=np.uint64)
    return [_runs(values, np.arange(len(words)), size, name) for size in _WORDS if len(words) >= size]


def _runs(values: _Counts, word: Ints, size: int, name: int) -> tuple[Ints, Ints, Ints]:
    """Row, first and last word of every run of `size` values."""
    count = len(values) - size + 1
    mixed = np.full(count, 16 * name + size, dtype=np.uint64)
    for at in range(size):
        mixed = (mixed ^ values[at : at + count]) * np.uint64(_SPREAD[at])
        mixed ^= mixed >> np.uint64(29)
    return ((mixed >> np.uint64(20)) % np.uint64(ROWS)).astype(np.int64), word[:count], word[size - 1 :]
