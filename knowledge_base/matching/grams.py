"""Texts as sets of terms, each a 64-bit key that needs no dictionary: letters, words, pairs, synonym groups, sides.

Keys are the same in every process and for every index, so that an index can grow by rows without being built anew.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from knowledge_base.matching.contrasts import sides_at
from knowledge_base.matching.synonyms import concepts
from knowledge_base.text.normalise import Words

Keys = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int64]

_KIND_BITS = 40
_MASK = (1 << _KIND_BITS) - 1
LETTERS, WORD, PAIR, GROUP, SIDE, FORM, ANSWER, TYPE = range(8)  # the kind of a key: what stands above its 40 bits
_KEY_BITS = _KIND_BITS + 3  # of a key with its kind
_KEY_MASK = (1 << _KEY_BITS) - 1
_SIDES = 64  # alternatives a contrast may have
_LEFT, _RIGHT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)  # odd, so that no word is lost
_FOLD = np.uint64(64 - _KIND_BITS)

# Letters of folded text: blank 0, a–z 1–26, 0–9 27–36, anything else 37.
_ALPHABET = 38
_CODES = np.full(256, _ALPHABET - 1, dtype=np.int64)
_CODES[ord(" ")] = 0
_CODES[ord("a") : ord("z") + 1] = np.arange(1, 27)
_CODES[ord("0") : ord("9") + 1] = np.arange(27, 37)


def kinds(keys: Keys) -> Keys:
    """The kind of each key."""
    found: Keys = keys >> _KIND_BITS
    return found


@lru_cache(maxsize=65_536)
def word_key(word: str) -> int:
    """The key of a folded word."""
    return _hashed(WORD, word)


@lru_cache(maxsize=65_536)
def form_key(written: str) -> int:
    """The key of a word as written, with its marks."""
    return _hashed(FORM, written)


@lru_cache(maxsize=65_536)
def answer_key(word: str) -> int:
    """The key of a folded word that stands in an answer."""
    return _hashed(ANSWER, word)


def group_key(number: int) -> int:
    """The key of a synonym group."""
    return (GROUP << _KIND_BITS) | number


def side_key(contrast: int, alternative: int) -> int:
    """The key of a side taken in a contrast."""
    return (SIDE << _KIND_BITS) | (contrast * _SIDES + alternative)


def side_of(key: int) -> tuple[int, int]:
    """The contrast and the alternative of a side's key."""
    return divmod(key & _MASK, _SIDES)


def type_key(number: int) -> int:
    """The key of a kind of question."""
    return (TYPE << _KIND_BITS) | number


def pair_keys(left: Keys, right: Keys) -> Keys:
    """The keys of pairs of neighbouring words, from the keys of the words."""
    mixed = (left.astype(np.uint64) * _LEFT) ^ (right.astype(np.uint64) * _RIGHT)
    found: Keys = (mixed >> _FOLD).astype(np.int64) | (PAIR << _KIND_BITS)
    return found


@lru_cache(maxsize=16_384)
def pair_key(left: int, right: int) -> int:
    """The key of one pair; what `pair_keys` gives."""
    mixed = (left * int(_LEFT) ^ right * int(_RIGHT)) & 0xFFFFFFFFFFFFFFFF
    return mixed >> int(_FOLD) | PAIR << _KIND_BITS


Mark = tuple[int, int, int]  # first word, one past the last, key


def marks_at(folded: Sequence[str]) -> list[Mark]:
    """Where a text names which synonym group or takes which side, by their keys."""
    found = [(start, end, group_key(number)) for start, end, number in concepts(folded)]
    return found + [(start, end, side_key(*side)) for start, end, side in sides_at(folded)]


@lru_cache(maxsize=2_048)
def mark_keys(folded: tuple[str, ...]) -> tuple[int, ...]:
    """The keys of the synonym groups a text names and of the sides it takes; the latest texts are asked for twice."""
    return tuple(sorted({key for _, _, key in marks_at(folded)}))


def terms_of(texts: Sequence[Words], marks: Iterable[Sequence[int]]) -> tuple[Keys, Rows]:
    """The distinct terms of each text and the text each belongs to, sorted by text and key.

    `marks` are each text's keys of groups and sides (`mark_keys`).
    """
    letters, of_letters = _letters([text.text for text in texts])
    sizes = np.array([len(text) for text in texts], dtype=np.int64)
    of_words = np.repeat(np.arange(len(texts)), sizes)
    words = np.array([word_key(word) for text in texts for word in text.folded], dtype=np.int64)
    beside = np.flatnonzero(of_words[1:] == of_words[:-1])
    pairs = pair_keys(words[beside], words[beside + 1])
    marks = list(marks)
    others = np.array([key for found in marks for key in found], dtype=np.int64)
    of_others = np.repeat(np.arange(len(texts)), [len(found) for found in marks]) if marks else of_words[:0]
    keys = np.concatenate([letters, words, pairs, others])
    rows = np.concatenate([of_letters, of_words, of_words[beside], of_others]).astype(np.int64)
    return distinct(keys, rows)


def distinct(keys: Keys, rows: Rows) -> tuple[Keys, Rows]:
    """Each (row, key) once, sorted by row and key; at most a million rows, since both share 63 bits."""
    both = np.sort((rows << _KEY_BITS) | keys)
    new = np.ones(len(both), dtype=bool)
    new[1:] = both[1:] != both[:-1]
    both = both[new]
    return both & _KEY_MASK, both >> _KEY_BITS


def _letters(texts: Sequence[str]) -> tuple[Keys, Rows]:
    """Letter 3- and 4-grams within and across words, not distinct yet."""
    lines = [f" {text} " for text in texts]
    codes = _CODES[np.frombuffer("".join(lines).encode("ascii", "replace"), dtype=np.uint8)]
    of = np.repeat(np.arange(len(texts)), [len(line) for line in lines])
    threes = np.flatnonzero(of[2:] == of[:-2])
    fours = np.flatnonzero(of[3:] == of[:-3])
    three = (codes[threes] * _ALPHABET + codes[threes + 1]) * _ALPHABET + codes[threes + 2]
    four = ((codes[fours] * _ALPHABET + codes[fours + 1]) * _ALPHABET + codes[fours + 2]) * _ALPHABET + codes[fours + 3]
    return np.concatenate([three, four + _ALPHABET**3]), np.concatenate([of[threes], of[fours]])


def _hashed(kind: int, word: str) -> int:
    data = word.encode("utf-8", "surrogatepass")
    return (kind << _KIND_BITS) | (crc32(data) | (len(data) & 0xFF) << 32)
