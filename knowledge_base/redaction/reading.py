"""A text as the finder reads it: folded letter by letter, in tokens that know where they stand in the original.

Every step looks at each character a bounded number of times.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from knowledge_base.text.fold import fold, surface
from knowledge_base.text.keystrokes import decode_word

_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"[0-9]+|[^\W\d_]+")
_HOMOGLYPHS = {"О": "o", "о": "o", "Ο": "o", "ο": "o", "І": "i", "і": "i", "А": "a", "а": "a", "Е": "e", "е": "e"}
_INVISIBLE = {"Cf", "Mn", "Me", "Cc"}
_MOST_CAPITALS, _FEW_CAPITALS = 0.6, 5  # of the words: more, and capitals tell nothing; but a name has some
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
    cased = sum(token.capital for token in words) <= max(_FEW_CAPITALS, _MOST_CAPITALS * len(words))
    return Reading(text, plain, places, tokens, cased)


def _tokens(text: str, plain: str, places: list[int]) -> list[Token]:
    tokens: list[Token] = []
    before = 0
    for word in _WORD.finditer(plain):
        spans = _spans(text[places[word.start()] : places[word.end()]], word)
        for start, end in spans:
            first, last = places[start], places[end]
            token = _token(text[first:last], plain[start:end], first, last, plain[before:start])
            # A piece of a word was typed as it stands: "OO" in a number is no "ô".
            tokens.append(token if len(spans) == 1 else token._replace(plain=plain[start:end]))
            before = end
    return tokens


def _spans(written: str, word: re.Match[str]) -> list[tuple[int, int]]:
    """The word whole, or its letters and digits apart where it is no keystrokes of a syllable."""
    found = word.group()
    digits_alike = len(found) < _LEAST_KEYS or not found.strip("0123456789oil")  # A4 is no "ã", O9 no word
    if found.isdigit() or found.isalpha() or (not digits_alike and _spelling(written, found)[1]):
        return [word.span()]
    return [(word.start() + piece.start(), word.start() + piece.end()) for piece in _PIECE.finditer(found)]


def _token(written: str, plain: str, first: int, last: int, gap: str) -> Token:
    if plain.isdigit():
        return Token(plain, plain, True, False, False, first, last, gap)
    marked, decoded = _spelling(written, plain)
    shouted = len(plain) > 1 and written.isupper()
    return Token(fold(decoded) if decoded else plain, marked, False, written[:1].isupper(), shouted, first, last, gap)


@lru_cache(maxsize=8_192)
def _spelling(written: str, plain: str) -> tuple[str, str]:
    """The word in lower case with its marks, and what its keystrokes stand for (nothing where they are none)."""
    marked = surface(written)
    if marked != plain:
        return marked, ""
    decoded = decode_word(plain)
    return (decoded, decoded) if decoded != plain else (marked, "")
