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
LONG = "long_story"
WORDINGS = (*noise.WORDINGS, LONG)
FOREIGN_WORDINGS = ("clean", "typos", "dropped_letters", LONG)  # what of these there is in English
_CRIES = "loi_cau_khan_cap"  # labelled questions that are no questions
_PIECES = (6, 9)  # of talk before and after the matter of a long story


@dataclass(frozen=True, slots=True)
class Line:
    """One message: its kind of distress or HARMLESS, and its dialect ("plain" without one)."""

    text: str
    kind: str
    dialect: str


@cache
def read(part: str) -> tuple[Line, ...]:
    """The messages of a part, `tuning` or `held_back`, with their alternatives still in braces."""
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
        yield wording, long_story(line.text) if wording == LONG else noise.vary(line.text, wording)


def long_story(text: str) -> str:
    """The matter in the middle of a long story about nothing; the longest are over 1,000 characters."""
    pieces = [piece for name in ("story", "close") for piece in noise._stories()[name]]  # noqa: SLF001 - one set
    chance = random.Random(zlib.crc32(text.encode()))
    told = chance.sample(pieces, k=sum(_PIECES))
    return ". ".join([*told[: _PIECES[0]], text, *told[_PIECES[0] :]])


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
