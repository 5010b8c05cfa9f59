"""A message as words, for hearing distress in it: decoded and spelled out, but none left out, wherever it stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from knowledge_base.text.fold import fold, has_marks, surface
from knowledge_base.text.keystrokes import decode_word
from knowledge_base.text.shorthand import is_shorthand, readings
from knowledge_base.text.syllables import respell

LONGEST = 4_096  # characters that are read
_LONGEST_WORD = 24
_TOKEN = re.compile(r"[^\W_]+|[.,?!;:\n]")
_BREAKS = frozenset(".,?!;:\n")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_DIGITS = re.compile(r"\d+")
_KEPT = 8_192  # words that are kept: more than people use


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a message, as written (with marks) and folded; both of one length.

    `breaks` are where clauses begin, in words; the first is 0, the number of words stands last.
    """

    written: tuple[str, ...]
    folded: tuple[str, ...]
    breaks: tuple[int, ...]


def said(text: str) -> Said:
    """The words of a text of any length and content; of more than LONGEST characters the first and the last."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} {text[-LONGEST // 2 :]}"
    clauses: list[list[str]] = [[]]
    for found in _TOKEN.findall(_REPEATED.sub(r"\1", surface(text))):
        if found in _BREAKS:
            clauses.append([])
        else:
            clauses[-1] += _spelled(found)
    marked = any(has_marks(token) for clause in clauses for token in clause)
    read = [list(_read(clause, marked=marked)) for clause in clauses if clause]
    words = tuple(word for clause in read for word in clause)
    return Said(words, tuple(map(fold, words)), (0, *accumulate(map(len, read))))


def _read(tokens: Sequence[str], *, marked: bool) -> Iterator[str]:
    """The tokens with shorthand and dialect written out, as they are most likely meant."""
    for at, token in enumerate(tokens):
        if is_shorthand(token):
            yield from readings(tokens, at, marked=marked)[0]
        else:
            yield token


@lru_cache(maxsize=_KEPT)
def _spelled(found: str) -> tuple[str, ...]:
    """A token without raw keystrokes and broken spelling; numbers tell nothing of distress but that they are there."""
    word = found[:_LONGEST_WORD]
    if word.isdigit():
        return ("0",)
    decoded = decode_word(word)
    if decoded != word or is_shorthand(word):
        return (decoded,)
    return tuple(respell(part) for part in _DIGITS.split(word) if part)
