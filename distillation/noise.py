"""Folded text as hurried, untaught or dictating people leave it; the table learns to see through all of it."""

import random
from collections.abc import Callable, Sequence

_NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl", "p": "o",
    "a": "qsz", "s": "awdx", "d": "serfc", "f": "drgv", "g": "fthb", "h": "gyjn", "j": "hukm", "k": "jil", "l": "ko",
    "z": "as", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
# Sounds that a part of the country does not tell apart, at the start and at the end of a syllable.
_ONSETS = (
    ("ch", "tr"), ("tr", "ch"), ("s", "x"), ("x", "s"), ("l", "n"), ("n", "l"), ("d", "gi"), ("gi", "d"), ("r", "d"),
    ("gi", "r"), ("v", "d"), ("qu", "w"), ("ph", "f"), ("ngh", "ng"), ("kh", "h"), ("th", "t"),
)  # fmt: skip
_CODAS = (("n", "ng"), ("ng", "n"), ("c", "t"), ("t", "c"), ("nh", "n"), ("ch", "t"), ("ng", "g"), ("nh", "h"))
_VOWELS = frozenset("aeiouy")
_WORDS = "ad oi a da minh em cho hoi voi la thi ma vay nhe lam on giup di ban nha toi con chau nay nua roi biet".split()
_LEVELS = (0.0, 0.0, 0.12, 0.25, 0.45)  # share of syllables that are spoilt; every level is as likely
_FILLER, _GLUED, _DROPPED = 0.25, 0.12, 0.25


def noisy(folded: str, chance: random.Random, fillers: Sequence[str]) -> str:
    """One more way in which `folded` may arrive; often unchanged."""
    words = folded.split()
    level = chance.choice(_LEVELS)
    if level:
        words = [chance.choice(_CHANGES)(word, chance) if chance.random() < level else word for word in words]
    if len(words) > 3 and chance.random() < _DROPPED:  # noqa: PLR2004 - a shorter text would lose its matter
        del words[chance.randrange(len(words))]
    if len(words) > 1 and chance.random() < _GLUED:
        at = chance.randrange(len(words) - 1)
        words[at : at + 2] = [words[at] + words[at + 1]]
    if chance.random() < _FILLER:
        words = _told(words, chance, fillers)
    return " ".join(words)


def _told(words: list[str], chance: random.Random, fillers: Sequence[str]) -> list[str]:
    """Small words in between, or a piece of story before or after."""
    if chance.random() < 0.6 or not fillers:  # noqa: PLR2004 - more small words than stories
        for _ in range(chance.choice((1, 1, 2))):
            words.insert(chance.randrange(len(words) + 1), chance.choice(_WORDS))
        return words
    piece = chance.choice(fillers).split()[:8]
    return [*piece, *words] if chance.random() < 0.7 else [*words, *piece]  # noqa: PLR2004 - stories come first


def _neighbour(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + chance.choice(_NEIGHBOURS.get(word[at], word[at])) + word[at + 1 :]


def _drop(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at + 1 :] if len(word) > 1 else word


def _swap(word: str, chance: random.Random) -> str:
    at = chance.randrange(max(1, len(word) - 1))
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


def _double(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at] + word[at:]


def _misheard(word: str, chance: random.Random) -> str:
    found = [other + word[len(sound) :] for sound, other in _ONSETS if word.startswith(sound)]
    found += [word[: -len(sound)] + other for sound, other in _CODAS if word.endswith(sound)]
    return chance.choice(found) if found else word


def _skeleton(word: str, chance: random.Random) -> str:
    """Consonants alone, as in chat: khong -> kg, duoc -> dc; the digraphs stay whole half the time."""
    bones = "".join(letter for letter in word if letter not in _VOWELS)
    if len(bones) > 2 and chance.random() < 0.5:  # noqa: PLR2004 - first and last letter only
        bones = bones[0] + bones[-1]
    return bones or word


def _toneless_keys(word: str, chance: random.Random) -> str:
    """A tone key that was not understood: ngheof, hooj."""
    return word + chance.choice("sfrxj")


_CHANGES: tuple[Callable[[str, random.Random], str], ...] = (
    _neighbour, _drop, _drop, _swap, _double, _misheard, _misheard, _skeleton, _toneless_keys,
)  # fmt: skip
