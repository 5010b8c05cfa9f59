"""The own set on distress (`distress/*/*.txt`): messages in many wordings, and harmless ones near them."""

import random
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from quality import noise
from quality.sets import HERE, lines, own_entries

FOLDER = HERE / "distress"
HARMLESS = "none"
_DIALECTS = {"n": "north", "c": "central", "s": "south", "e": "english", "x": "two_languages"}
_CHOICE = re.compile(r"\{([^{}]*)\}")
TALK = "talk"
IN_TALK, LONG, FEW_SLIPS = "rambling", "long_story", "few_slips"
WORDINGS = (*noise.WORDINGS, FEW_SLIPS, LONG)
FOREIGN_WORDINGS = ("clean", FEW_SLIPS, "typos", "dropped_letters", LONG)  # what of these there is in English
_CRIES = "loi_cau_khan_cap"  # labelled questions that are no questions
# Of words. People leave 2.3 % of the letters wrong on telephones (Palin et al. 2019, 37,000 typists), which is one word
# in ten; `typos` of `noise.py`, more than every second one, are for the worst of cases.
_SLIPS = 1 / 6
_TALKED = (1, 2)  # pieces of talk before the matter, and at most so many after it
_PIECES = (6, 9)  # of talk before and after the matter of a long story
_STOPS = (". ", ", ", " ", " ")  # between pieces: many write in one breath


@dataclass(frozen=True, slots=True)
class Line:
    """One message: its kind of distress or HARMLESS, and its dialect ("plain" without one)."""

    text: str
    kind: str
    dialect: str


def read(part: str) -> tuple[Line, ...]:
    """The messages of a part, `tuning` or `held_back`, with their alternatives still in braces."""
    return tuple(line for line in _all(part) if line.kind != TALK)


def talk(part: str) -> tuple[str, ...]:
    """What people say around a matter."""
    return tuple(line.text for line in _all(part) if line.kind == TALK)


@cache
def _all(part: str) -> tuple[Line, ...]:
    found, kind = [], ""
    texts = [path.read_text(encoding="utf-8") for path in sorted((FOLDER / part).glob("*.txt"))]
    for line in "\n".join(texts).splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            letter, mark, rest = line.partition(": ")
            dialect = _DIALECTS.get(letter) if mark else None
            written = (rest if dialect else line).split(" / ")
            found += [Line(text, kind, dialect or "plain") for text in written]
    return tuple(found)


def variants(text: str, most: int) -> list[str]:
    """Up to `most` readings of a line with alternatives, always the same ones."""
    chance = random.Random(zlib.crc32(text.encode()))
    found: dict[str, None] = {}
    for _ in range(3 * most):
        filled = _CHOICE.sub(lambda choice: chance.choice(choice.group(1).split("|")), text)
        found[re.sub(r"\s+([,.]|$)", r"\1", filled).replace("  ", " ").strip(" ,")] = None
    return list(found)[:most]


def worded(line: Line) -> Iterator[tuple[str, str]]:
    """A message in every wording there is of it."""
    for wording in FOREIGN_WORDINGS if line.dialect == "english" else WORDINGS:
        yield wording, word(line.text, wording)


def word(text: str, wording: str) -> str:
    """A message in a wording. Talk around it is the held-back part's: there is more of it than `noise.py` has."""
    chance = random.Random(zlib.crc32(f"{wording} {text}".encode()))
    if wording == LONG:
        return _amid(text, *_PIECES, ". ", chance)
    if wording == IN_TALK:
        return _amid(text, chance.randint(*_TALKED), chance.randint(0, _TALKED[1]), chance.choice(_STOPS), chance)
    if wording == FEW_SLIPS:
        return noise.mistyped(text, _SLIPS, chance)
    return noise.vary(text, wording)


def _amid(text: str, before: int, after: int, stop: str, chance: random.Random) -> str:
    """A message with so many pieces of talk around it."""
    told = chance.sample(talk("held_back"), k=before + after)
    return stop.join([*told[:before], text, *told[before:]])


@cache
def ordinary() -> tuple[str, ...]:
    """Labelled questions on policy, none of them in distress: what residents mostly ask."""
    rows = (row for path in sorted(HERE.glob("*.queries.jsonl")) for row in lines(path))
    return tuple(row["text"] for row in rows if row.get("kind") != _CRIES)


@cache
def phrasings() -> tuple[str, ...]:
    """The shipped phrasings: harmless, and learned from."""
    return tuple(text for entry in own_entries() for text in (entry.question, *entry.phrasings))


def frame(text: str) -> frozenset[tuple[str, str]]:
    """The neighbouring words of a message, by which frames are told apart."""
    return frozenset(pairwise(re.findall(r"\w+", noise.bare(text).lower())))
