"""A message as the matcher reads it: decoded, spelled out, folded, without politeness, cut into clauses."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path

from knowledge_base.text.fold import fold, has_marks, surface
from knowledge_base.text.keystrokes import decode_word
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
_NUMBERS = re.compile(r"\d+|[^\W\d_]+")
_QUESTION_WORDS = frozenset({"nao", "sao", "nhieu", "dau", "gi", "the", "ho", "chua", "khong", "lau"})


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
class Normalised:
    """One message: its best reading, a second one where shorthand is ambiguous, and its clauses.

    `clauses` are (first, one past the last) positions in `words`; `marked` tells whether the resident typed
    diacritics, so that they mean something.
    """

    marked: bool
    words: Words
    alternative: Words | None
    clauses: tuple[tuple[int, int], ...]


def normalise(text: str) -> Normalised:
    """Normalise a message of any length and content; never raises, work is bounded."""
    clauses = _clauses(_cut(text))
    words = [word for clause in clauses for word in clause]
    marked = any(has_marks(word) for word in words)
    found = [readings(words, at, marked=marked) for at in range(len(words))]
    ends = list(accumulate(map(len, clauses)))
    parts = [
        _polite([word for reading in found[end - len(clause) : end] for word in reading[0]], marked=marked)
        for clause, end in zip(clauses, ends, strict=True)
    ]
    whole, dropped_at, dropped = _cap(_join(parts))
    other = None
    if any(len(reading) > 1 for reading in found):
        other = _cap(_polite([word for reading in found for word in reading[-1]], marked=marked))[0]
    spans = _spans([len(part) for part in parts], dropped_at, dropped)
    return Normalised(marked, whole, other if other != whole else None, spans)


@lru_cache(maxsize=20_000)
def spell_out(text: str) -> Words:
    """The best reading of a phrasing or a line of an answer; kept, since most stay when the FAQ changes."""
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
            clauses[-1].extend(_split(found))
    return [clause for clause in clauses if clause]


def _split(found: str) -> Iterator[str]:
    """Decode keystrokes; part numbers from their units (200k, 2tr2, lop6); write out the per cent sign."""
    if found == "%":
        yield from ("phần", "trăm")
    elif found[0].isdigit():
        grouped = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", found)
        yield from (part[:_LONGEST_WORD] for part in _NUMBERS.findall(grouped))
    else:
        word = found[:_LONGEST_WORD]
        decoded = decode_word(word)
        if decoded != word or is_shorthand(word):
            yield decoded
        else:
            yield from map(respell, _NUMBERS.findall(word))


def _polite(written: Sequence[str], *, marked: bool) -> Words:
    """Words without greetings and framing; "vay" after a question word at the end is the particle vậy."""
    folded = [fold(word) for word in written]
    if not marked and len(folded) > 1 and folded[-1] == "vay" and folded[-2] in _QUESTION_WORDS:
        written, folded = written[:-1], folded[:-1]
    kept: list[int] = []
    at = 0
    while at < len(folded):
        length = next((n for n in range(6, 0, -1) if tuple(folded[at : at + n]) in _politeness()), 0)
        if length == 1 and marked and has_marks(written[at]) and written[at] not in _polite_single():
            length = 0
        if not length:
            kept.append(at)
        at += length or 1
    return Words(tuple(written[at] for at in kept), tuple(folded[at] for at in kept))


@cache
def _polite_single() -> frozenset[str]:
    """One-word particles with their marks: folded, "dạ" is also "da", "nhé" is also "nhẹ"."""
    return frozenset({"chào", "thưa", "alo", "dạ", "ơi", "ạ", "à", "nhé", "nhỉ", "hả", "hen", "nghe", "nè", "nghen"})


def _join(clauses: Sequence[Words]) -> Words:
    return Words(
        tuple(word for clause in clauses for word in clause.written),
        tuple(word for clause in clauses for word in clause.folded),
    )


def _spans(lengths: Sequence[int], dropped_at: int, dropped: int) -> tuple[tuple[int, int], ...]:
    """Where the clauses of these lengths lie, once `dropped` words from `dropped_at` on are gone."""
    ends = list(accumulate(lengths))
    spans = [(end - length, end) for end, length in zip(ends, lengths, strict=True) if length]
    kept = [(start, end) for start, end in spans if end <= dropped_at]
    late = [(start - dropped, end - dropped) for start, end in spans if start >= dropped_at + dropped]
    return tuple(kept + late) if dropped else tuple(spans)


def _cap(words: Words) -> tuple[Words, int, int]:
    """At most MAX_FOLDED folded characters, most of them from the end; where how many words were left out."""
    if len(words.text) <= MAX_FOLDED:
        return words, len(words), 0
    head = _count_within(words.folded, int(MAX_FOLDED * _HEAD))
    tail = _count_within(words.folded[::-1], int(MAX_FOLDED * (1 - _HEAD)))
    keep = [*range(head), *range(len(words) - tail, len(words))]
    kept = Words(tuple(words.written[at] for at in keep), tuple(words.folded[at] for at in keep))
    return kept, head, len(words) - head - tail


def _count_within(folded: Sequence[str], limit: int) -> int:
    used = 0
    for count, word in enumerate(folded):
        used += len(word) + 1
        if used > limit:
            return count
    return len(folded)
