"""Phrasings as a hurried resident would type them, to learn from: slips, dropped words, a story around them.

Deterministic: the same phrasing gives the same noise.
"""

import random
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate
from pathlib import Path

from knowledge_base.text.normalise import Words, function_words, normalise

_FILE = Path(__file__).parent / "data" / "story_filler.txt"
_KEYBOARD = {
    key: near
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for key, near in zip(row, (row[at - 1 : at] + row[at + 1 : at + 2] for at in range(len(row))), strict=True)
}
_SOUNDS = (
    ("ch", "tr"),
    ("tr", "ch"),
    ("s", "x"),
    ("x", "s"),
    ("l", "n"),
    ("d", "gi"),
    ("gi", "d"),
    ("r", "d"),
    ("v", "d"),
)
_NOISY_WORDS = 0.3  # share of words that are changed
_DROPPED_HOLLOW, _DROPPED = 0.6, 0.12  # shares of words dropped in a hurry: without matter, with matter
_ASKED_LAST = 0.6  # share of stories that end with the question
_PUNCTUATED = 0.6  # share of stories with commas
_HALF = 0.5
_DENIED = 0.3  # share of altered phrasings that are denied
_SHORTEST_SLIP = 3  # letters; a shorter word would not stay itself
_TONES = "\u0300\u0301\u0303\u0309\u0323"
KINDS = ("plain", "story", "slips", "marks", "story", "hurried", "sounds")


# The words of a message and its clauses, (first, one past the last).
Noised = tuple[Words, tuple[tuple[int, int], ...]]


@cache
def _fillers() -> tuple[Words, ...]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return tuple(normalise(line).words for line in lines if line and not line.startswith("#"))


def noisy(words: Words, kind: str) -> Noised:
    """`words` in one of KINDS, with its clauses."""
    chance = _chance(kind, words)
    if kind == "story":
        told = chance.sample(_fillers(), k=chance.choice((1, 1, 2, 3)))
        at = len(told) if chance.random() < _ASKED_LAST else chance.randrange(len(told))
        return _joined([*told[:at], words, *told[at:]], chance)
    if kind == "hurried":
        words = _hurried(words, chance)
    elif kind == "marks":
        words = Words(tuple(_sometimes(_mismarked, word, chance) for word in words.written), words.folded)
    elif kind in {"slips", "sounds"}:
        change = _slip if kind == "slips" else _misheard
        folded = tuple(_sometimes(change, word, chance) for word in words.folded)
        words = Words(folded, folded)
    return words, ((0, len(words)),)


def beside(words: Words, other: Words) -> Noised:
    """`words` with a piece of `other` before or after them: a part of the message fits, the rest does not."""
    chance = _chance("beside", words)
    size = chance.randint(3, 5)
    piece = Words(other.written[:size], other.folded[:size])
    return _joined([piece, words] if chance.random() < _HALF else [words, piece], chance)


def altered(words: Words, other: Words) -> Noised:
    """`words` about something else: denied, or with one or two words of `other` put in or instead of their own."""
    chance = _chance("altered", words)
    strange = [at for at, written in enumerate(other.written) if written not in function_words()]
    own = [at for at, written in enumerate(words.written) if written not in function_words()]
    if not strange or not own:
        return beside(words, other)
    first, at = chance.choice(strange), chance.choice(own)
    last = first + 1 + (first + 1 in strange)
    rest = at + (chance.random() < _HALF)
    put = Words(other.written[first:last], other.folded[first:last])
    if chance.random() < _DENIED:
        put, rest = Words(("không", "phải"), ("khong", "phai")), at
    mixed = Words(
        words.written[:at] + put.written + words.written[rest:], words.folded[:at] + put.folded + words.folded[rest:]
    )
    return mixed, ((0, len(mixed)),)


def _chance(kind: str, words: Words) -> random.Random:
    return random.Random(zlib.crc32(f"{kind} {words.text}".encode()))


def _sometimes(change: Callable[[str, random.Random], str], word: str, chance: random.Random) -> str:
    return change(word, chance) if chance.random() < _NOISY_WORDS else word


def _joined(parts: Sequence[Words], chance: random.Random) -> Noised:
    """The parts in one message; speech has no commas, so that the clauses may be lost."""
    ends = list(accumulate(map(len, parts)))
    spans = tuple((end - len(part), end) for end, part in zip(ends, parts, strict=True))
    joined = Words(
        tuple(word for part in parts for word in part.written), tuple(word for part in parts for word in part.folded)
    )
    return joined, spans if chance.random() < _PUNCTUATED else ((0, len(joined)),)


def _mismarked(word: str, chance: random.Random) -> str:
    """A syllable with its tone lost or changed, as hurried thumbs do."""
    plain = unicodedata.normalize("NFD", word)
    bare = "".join(c for c in plain if c not in _TONES)
    vowels = [at for at, c in enumerate(bare) if c in "aeiouy"]
    if not vowels or chance.random() < _HALF:
        return unicodedata.normalize("NFC", bare)
    at = vowels[-1] + 1
    while at < len(bare) and unicodedata.combining(bare[at]):
        at += 1
    return unicodedata.normalize("NFC", bare[:at] + chance.choice(_TONES) + bare[at:])


def _hurried(words: Words, chance: random.Random) -> Words:
    """Function words mostly gone, a content word sometimes."""
    keep = [
        at
        for at, written in enumerate(words.written)
        if chance.random() > (_DROPPED_HOLLOW if written in function_words() else _DROPPED)
    ] or [0]
    return Words(tuple(words.written[at] for at in keep), tuple(words.folded[at] for at in keep))


def _slip(word: str, chance: random.Random) -> str:
    if len(word) < _SHORTEST_SLIP:
        return word
    at = chance.randrange(len(word))
    what = chance.randrange(3)
    if what == 0:
        return word[:at] + word[at + 1 :]
    if what == 1:
        return word[:at] + chance.choice(_KEYBOARD.get(word[at], word[at])) + word[at + 1 :]
    at = min(at, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def sounds_like(word: str) -> list[str]:
    """The folded word as speakers who do not tell two sounds apart would write it."""
    return [other + word[len(sound) :] for sound, other in _SOUNDS if word.startswith(sound)]


def _misheard(word: str, chance: random.Random) -> str:
    alike = sounds_like(word)
    return chance.choice(alike) if alike else word
