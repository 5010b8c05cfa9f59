"""Questions to learn from: noised phrasings and out-of-scope questions, each matched as if never seen before."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge_base.matching.corpus import Corpus
from knowledge_base.matching.evidence import Evidence, gather
from knowledge_base.matching.learn import LeaveOneOut
from knowledge_base.matching.meaning import is_untaught
from knowledge_base.matching.noise import KINDS, Noised, altered, beside, noisy
from knowledge_base.matching.reader import Reader
from knowledge_base.text.normalise import Normalised

_FILE = Path(__file__).parent / "data" / "out_of_scope.txt"
MAX_EXAMPLES = 450  # phrasings that are noised and matched while learning
_MOST_WORDINGS = 3  # of one phrasing, where there are few
_ORPHAN_EVERY = 2  # of those: also asked with their whole entry left out
_ALTERED_EVERY = 2  # of the noised phrasings: also altered
_VARY_EVERY = 4  # out-of-scope question: two in a story, one beside a piece of a phrasing


class Origin(Enum):
    """Where an example comes from, and so what it must not be met with."""

    PHRASING = "a phrasing, noised"
    ALTERED = "a phrasing with a word of an out-of-scope question: worth a choice, not an answer"
    ORPHAN = "a phrasing whose whole entry is left out: on the FAQ's matter, settled by nothing"
    OUTSIDE = "an out-of-scope question"
    BESIDE = "an out-of-scope question with a piece of a phrasing before or after it"


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One question that the matcher learns from: its evidence, the right entry (-1: none), its origin."""

    evidence: Evidence
    entry: int
    origin: Origin


@cache
def out_of_scope_questions() -> tuple[str, ...]:
    """Questions that no entry settles, written for the project."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))


def examples(corpus: Corpus, folds: LeaveOneOut) -> list[Example]:
    """Everything to learn from."""
    return [*_inside(corpus, folds), *_outside(corpus, folds)]


def _inside(corpus: Corpus, folds: LeaveOneOut) -> Iterator[Example]:
    outside = corpus.outside
    sample = _sample(corpus)
    times = min(_MOST_WORDINGS, max(1, MAX_EXAMPLES // max(1, len(sample))))
    for number, row in enumerate(sample * times):
        entry = int(corpus.entry_of[row])
        own = corpus.rows_of(entry).tolist()
        words = corpus.words(row)
        noised = noisy(words, KINDS[(number + number // len(sample)) % len(KINDS)])
        rivals = corpus.rivals(entry)
        if len(own) > 1:
            reader = Reader(corpus, folds.without([row]), [row])
            yield Example(_match(reader, noised, rivals), entry, Origin.PHRASING)
        if number % _ALTERED_EVERY == 0 and len(outside):
            other = int(outside[row % len(outside)])
            reader = Reader(corpus, folds.without([row, other]), [row, other])
            found = _match(reader, altered(words, corpus.words(other)), rivals)
            yield Example(found, -1, Origin.ALTERED)
        if number % _ORPHAN_EVERY == 0:
            allowed = rivals.copy()
            allowed[entry] = False
            reader = Reader(corpus, folds.without(own), own)
            yield Example(_match(reader, noised, allowed), -1, Origin.ORPHAN)


def _sample(corpus: Corpus) -> list[int]:
    """Phrasings to learn from, evenly spread; those that the table of meanings does not know, if there are enough."""
    rows = corpus.grouped.rows
    fresh = rows[[is_untaught(corpus.phrasing(row)) for row in rows.tolist()]]
    chosen = fresh if len(fresh) >= MAX_EXAMPLES or len(fresh) * 4 >= len(rows) else rows
    chosen = rows if len(rows) <= MAX_EXAMPLES else chosen
    return chosen[:: max(1, -(-len(chosen) // MAX_EXAMPLES))].tolist()


def _outside(corpus: Corpus, folds: LeaveOneOut) -> Iterator[Example]:
    inside = corpus.grouped.rows
    for row in corpus.outside.tolist():
        words = corpus.words(row)
        reader = Reader(corpus, folds.without([row]), [row])
        yield Example(_match(reader, noisy(words, "plain"), corpus.alive), -1, Origin.OUTSIDE)
        if row % _VARY_EVERY < 2:  # noqa: PLR2004 - half of them
            yield Example(_match(reader, noisy(words, "story"), corpus.alive), -1, Origin.OUTSIDE)
        elif row % _VARY_EVERY == 2:  # noqa: PLR2004
            other = corpus.words(int(inside[zlib.crc32(words.text.encode()) % len(inside)]))
            yield Example(_match(reader, beside(words, other), corpus.alive), -1, Origin.BESIDE)


def _match(reader: Reader, noised: Noised, allowed: npt.NDArray[np.bool_]) -> Evidence:
    words, clauses = noised
    return gather(reader, Normalised(words.written != words.folded, words, (), clauses), allowed)
