"""A text as the finder reads it: folded letter by letter, in tokens that know where they stand in the original.

Every step looks at each character a bounded number of times.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from knowledge_base.text.fold import fold, surface
from knowledge_base.text.keystrokes import decode_word

_WORD = re.compile(r"[^\W_]+")
# "TE4 12", "TE32O OO6": the letters of a health card, no keystrokes.
_CARD = re.compile(r"[a-z]{2}[0-9][0-9o]*[\s.\-–]{1,3}(?:[0-9]|o[0-9o])")
_PIECE = re.compile(r"[0-9]+|[^\W\d_]+")
_HOMOGLYPHS = {"О": "o", "о": "o", "Ο": "o", "ο": "o", "І": "i", "і": "i", "А": "a", "а": "a", "Е": "e", "е": "e"}
_INVISIBLE = {"Cf", "Mn", "Me", "Cc"}
_LEAST_SMALL = 0.2  # of the words begin with a small letter: with fewer, capitals tell nothing
_LEAST_KEYS = 3  # of a word with digits that may be keystrokes


class _Letters(dict[str, str]):
    """Each character as it is read: one character, or nothing for what can't be seen and for marks."""

    def __missing__(self, letter: str) -> str:
        read = self[letter] = _read(letter)
        return read


def _read(letter: str) -> str:
    if letter in _HOMOGLYPHS:
        return _HOMOGLYPHS[letter]
    if letter.isspace():
        return "\n" if letter in "\n\r\x85\u2028\u2029" else " "
    if unicodedata.category(letter) in _INVISIBLE:
        return ""
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    plain = fold(letter)
    return plain if len(plain) == 1 else letter


_LETTERS = _Letters()


class Token(NamedTuple):
    """A run of letters or of digits. `gap` is what stands before it, folded; `start`, `end` are of the original."""

    plain: str  # folded, keystrokes decoded; the digits of a number
    marked: str  # lower case with its marks
    number: bool
    capital: bool
    shouted: bool  # all in capitals
    start: int
    end: int
    gap: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The folded text, where each of its characters comes from, and its tokens."""

    text: str
    plain: str
    places: list[int]
    tokens: list[Token]
    cased: bool  # whether capitals mean something

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the folded text stands in the original; marks after its last letter belong to it."""
        return self.places[start], self.places[end]


def read(text: str) -> Reading:
    """Read a text of any length and content; never raises."""
    letters = [_LETTERS[letter] for letter in text]
    places = [at for at, letter in enumerate(letters) if letter]
    places.append(len(text))
    plain = "".join(letters)
    tokens = _tokens(text, plain, places)
    words = [token for token in tokens if not token.number]
    small = sum(not token.capital for token in words)
    cased = small > 0 and small >= _LEAST_SMALL * len(words)
    return Reading(text, plain, places, tokens, cased)


def _tokens(text: str, plain: str, places: list[int]) -> list[Token]:
    tokens: list[Token] = []
    before = 0
    for word in _WORD.finditer(plain):
        start, end = word.span()
        found = word.group()
        first, last = places[start], places[end]
        if found.isdigit():
            tokens.append(Token(found, found, True, False, False, first, last, plain[before:start]))
        else:
            of_a_card = not found.isalpha() and _CARD.match(plain, start) is not None
            spelling = None if of_a_card else _spelling(text[first:last], found)
            if spelling is not None:
                tokens.append(Token(*spelling, first, last, plain[before:start]))
            else:
                tokens += _pieces(text, word, places, plain[before:start])
        before = end
    return tokens


def _pieces(text: str, word: re.Match[str], places: list[int], gap: str) -> Iterator[Token]:
    """Letters and digits of one word apart, as they were typed: "OO" in a number is no "ô"."""
    for piece in _PIECE.finditer(word.group()):
        first, last = places[word.start() + piece.start()], places[word.start() + piece.end()]
        found, written = piece.group(), text[first:last]
        shouted = len(found) > 1 and written.isupper()
        yield Token(found, found, found.isdigit(), written[:1].isupper(), shouted, first, last, gap)
        gap = ""


@lru_cache(maxsize=16_384)
def _spelling(written: str, plain: str) -> tuple[str, str, bool, bool, bool] | None:
    """The first five values of a word's token; nothing for letters and digits that must be taken apart."""
    marked = surface(written)
    if marked == plain:
        digits_alike = len(plain) < _LEAST_KEYS or not plain.strip("0123456789oil")  # "A4" is no word, O9 no word
        if plain.isalpha() or not digits_alike:
            marked = decode_word(plain)
            plain = fold(marked) if marked != plain else plain
    if not plain.isalpha():
        return None
    return plain, marked, False, written[:1].isupper(), len(plain) > 1 and written.isupper()
