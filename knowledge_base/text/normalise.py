"""A message as the matcher reads it: decoded, spelled out, folded, without politeness, cut into clauses."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path

from knowledge_base.text.fold import fold, has_marks, surface
from knowledge_base.text.keystrokes import decode_word
from knowledge_base.text.numbers import amounts
from knowledge_base.text.shorthand import is_shorthand, readings
from knowledge_base.text.syllables import respell

_DATA = Path(__file__).parent / "data"
MAX_FOLDED = 512  # folded characters the matcher looks at
_MAX_RAW = 4 * MAX_FOLDED  # decomposed text and politeness are longer than what is kept
_HEAD = 1 / 4  # of a message that is too long; the question usually stands at its end
_LONGEST_WORD = 40
_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+|[.,?!;:\n]+|%")
_BREAKS = frozenset(".,?!;:\n")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_NUMBERS_AND_DECIMALS = re.compile(r"\d+[.,]\d{1,2}(?![\d.,])|\d+|[^\W\d_]+")
_NUMBERS = re.compile(r"\d+|[^\W\d_]+")
_QUESTION_WORDS = frozenset({"nao", "sao", "nhieu", "dau", "gi", "the", "ho", "chua", "khong", "lau"})


Placed = tuple[int, str]  # the place of the word in the message that a word comes from, and the word


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words: as written (decoded, with marks) and folded; both of one length."""

    written: tuple[str, ...]
    folded: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.folded)

    @property
    def text(self) -> str:
        """The folded words, separated by single blanks."""
        return " ".join(self.folded)


@dataclass(frozen=True, slots=True)
class Option:
    """Words `start` to `end` of a message may instead be read as any of these."""

    start: int
    end: int
    readings: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Normalised:
    """One message: its best reading, what parts of it may also stand for, and its clauses.

    `clauses` are (first, one past the last) positions in `words`; `marked` tells whether the resident typed
    diacritics, so that they mean something.
    """

    marked: bool
    words: Words
    options: tuple[Option, ...]
    clauses: tuple[tuple[int, int], ...]


def normalise(text: str) -> Normalised:
    """Normalise a message of any length and content; never raises, work is bounded."""
    clauses = _clauses(_cut(text))
    words = [word for clause in clauses for word in clause]
    marked = any(has_marks(word) for word in words)
    found = [readings(words, at, marked=marked) for at in range(len(words))]
    sources = iter(range(len(words)))
    parts = [
        _clause([(at, found[at][0]) for _, at in zip(clause, sources, strict=False)], marked=marked)
        for clause in clauses
    ]
    kept = _cap([placed for part in parts for placed in part])
    ends = set(accumulate(map(len, clauses)))
    return Normalised(
        marked,
        words_of([word for _, word in kept]),
        tuple(_options(found, [source for source, _ in kept])),
        tuple(_spans([source for source, _ in kept], ends)),
    )


@lru_cache(maxsize=2_048)
def spell_out(text: str) -> Words:
    """The best reading of a phrasing or a line of an answer; the latest are kept, since each is asked for twice."""
    return normalise(text).words


@cache
def function_words() -> frozenset[str]:
    """Words that carry no matter, with marks and folded (a folded one may hide a word that does)."""
    lines = (_DATA / "function_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(surface(word) for line in lines if not line.startswith("#") for word in line.split())


@cache
def folded_function_words() -> frozenset[str]:
    """The accent-less twins of the function words."""
    return frozenset(fold(word) for word in function_words())


@cache
def _politeness() -> frozenset[tuple[str, ...]]:
    lines = (_DATA / "politeness.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(tuple(line.split()) for line in lines if line and not line.startswith("#"))


def _cut(text: str) -> str:
    """Head and tail of an over-long message, composed."""
    if len(text) > 2 * _MAX_RAW:
        text = text[: int(2 * _MAX_RAW * _HEAD)] + "\n" + text[-int(2 * _MAX_RAW * (1 - _HEAD)) :]
    written = surface(text)
    if len(written) > _MAX_RAW:
        written = written[: int(_MAX_RAW * _HEAD)] + "\n" + written[-int(_MAX_RAW * (1 - _HEAD)) :]
    return written


def _clauses(written: str) -> list[list[str]]:
    """The words between marks of punctuation; none is empty."""
    clauses: list[list[str]] = [[]]
    for found in _TOKEN.findall(_REPEATED.sub(r"\1", written)):
        if found[0] in _BREAKS:
            clauses.append([])
        else:
            clauses[-1].extend(_parts(found))
    return [clause for clause in clauses if clause]


@lru_cache(maxsize=16_384)
def _parts(found: str) -> tuple[str, ...]:
    """What `_split` gives; words come again and again."""
    return tuple(_split(found))


def _split(found: str) -> Iterator[str]:
    """Decode keystrokes; part numbers from their units (200k, 2tr2, lop6); write out the per cent sign."""
    if found == "%":
        yield from ("phần", "trăm")
    elif found[0].isdigit():
        grouped = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", found)
        yield from (part[:_LONGEST_WORD] for part in _NUMBERS_AND_DECIMALS.findall(grouped))
    else:
        word = found[:_LONGEST_WORD]
        decoded = decode_word(word)
        if decoded != word or is_shorthand(word):
            yield decoded
        else:
            yield from map(respell, _NUMBERS.findall(word))


def _clause(read: Sequence[tuple[int, Sequence[str]]], *, marked: bool) -> list[Placed]:
    """The words of a clause without politeness, amounts as digits, each with the place of the word it comes from."""
    placed = [(source, word) for source, reading in read for word in reading]
    written = [word for _, word in placed]
    said: list[Placed] = []
    at = 0
    for amount in amounts(written):
        said += placed[at : amount.start]
        said.append((placed[amount.start][0], amount.digits))
        at = amount.end
    said += placed[at:]
    said = [(source, part) for source, word in said for part in _whole_numbers(word)]
    return [said[at] for at in _polite([word for _, word in said], marked=marked)]


def _whole_numbers(word: str) -> list[str]:
    """A decimal that is no amount is two numbers: a date, an article."""
    return re.split("[.,]", word) if word[:1].isdigit() else [word]


def _polite(written: Sequence[str], *, marked: bool) -> list[int]:
    """Which words are no greeting and no framing; "vay" after a question word at the end is the particle vậy."""
    folded = [fold(word) for word in written]
    if not marked and len(folded) > 1 and folded[-1] == "vay" and folded[-2] in _QUESTION_WORDS:
        written, folded = written[:-1], folded[:-1]
    kept: list[int] = []
    at = 0
    while at < len(folded):
        length = next(
            (n for n in _polite_sizes().get(folded[at], ()) if tuple(folded[at : at + n]) in _politeness()), 0
        )
        if length == 1 and marked and has_marks(written[at]) and written[at] not in _polite_single():
            length = 0
        if not length:
            kept.append(at)
        at += length or 1
    return kept


@cache
def _polite_sizes() -> dict[str, tuple[int, ...]]:
    """First words of politeness -> the lengths of what they begin, longest first."""
    found: dict[str, set[int]] = {}
    for words in _politeness():
        found.setdefault(words[0], set()).add(len(words))
    return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in found.items()}


@cache
def _polite_single() -> frozenset[str]:
    """One-word particles with their marks: folded, "dạ" is also "da", "nhé" is also "nhẹ"."""
    return frozenset({"chào", "thưa", "alo", "dạ", "ơi", "ạ", "à", "nhé", "nhỉ", "hả", "hen", "nghe", "nè", "nghen"})


def words_of(written: Sequence[str]) -> Words:
    """Written words with their accent-less twins."""
    return Words(tuple(written), tuple(map(fold, written)))


def _options(found: Sequence[Sequence[Sequence[str]]], sources: Sequence[int]) -> Iterator[Option]:
    """Other readings of the source words, where their first one stands (or would stand, if it says nothing)."""
    for source, reading in enumerate(found):
        if len(reading) > 1:
            start, end = bisect_left(sources, source), bisect_right(sources, source)
            if end - start == len(reading[0]):  # else it is part of a greeting, of an amount, or was cut away
                yield Option(start, end, tuple(map(tuple, reading[1:])))


def _spans(sources: Sequence[int], ends: Container[int]) -> Iterator[tuple[int, int]]:
    """The clauses of a message whose words come from `sources`; `ends` are where clauses ended there."""
    start = 0
    for at in range(1, len(sources) + 1):
        if at == len(sources) or any(end in ends for end in range(sources[at - 1] + 1, sources[at] + 1)):
            yield start, at
            start = at


def _cap(placed: list[Placed]) -> list[Placed]:
    """At most MAX_FOLDED folded characters, most of them from the end."""
    folded = [fold(word) for _, word in placed]
    if sum(map(len, folded)) + len(folded) - 1 <= MAX_FOLDED:
        return placed
    head = _count_within(folded, int(MAX_FOLDED * _HEAD))
    tail = _count_within(folded[::-1], int(MAX_FOLDED * (1 - _HEAD)))
    return placed[:head] + placed[len(placed) - tail :]


def _count_within(folded: Sequence[str], limit: int) -> int:
    used = 0
    for count, word in enumerate(folded):
        used += len(word) + 1
        if used > limit:
            return count
    return len(folded)
