"""What speaks for and against each entry: a small table of features for the few that come into question."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from knowledge_base.matching.features import FEATURES
from knowledge_base.matching.grams import marks_at
from knowledge_base.matching.holdings import held_by
from knowledge_base.matching.reader import Reader
from knowledge_base.matching.reading import resolve
from knowledge_base.matching.tally import Span, Tally
from knowledge_base.matching.vectors import Doubles, Floats, Ints
from knowledge_base.text.normalise import Normalised, Words

_HOUSEHOLD_PENALTY = 0.4  # of an entry on another kind of household, where entries compete
SHORTLIST = 8  # entries that get features
_CLAUSE_PENALTY = 0.05  # the best of many clauses is better by chance
_MAX_VIEWS = 11
_SHORTEST_VIEW = 3  # words
_LONG = 14  # words; a longer clause is also read in windows, for speech without commas
_WINDOW, _STEP = 10, 5
_CLAUSES, _JOINED = 6, 2
_OUT_OF_FORCE = -9.0


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Short-listed entries (n,), their features (n, FEATURES), the row of the best phrasing of each (n,)."""

    entries: Ints
    features: Doubles
    phrasings: Ints
    content_words: int


def gather(reader: Reader, message: Normalised, allowed: npt.NDArray[np.bool_]) -> Evidence:
    """Short-list the entries in force (`allowed`, shape (entries,)) and weigh each."""
    lost = reader.lost()
    words, clauses = resolve(reader.corpus, message, lost)
    views = [(0, len(words)), *spans(len(words), clauses)]
    parts = [_part(words, *view) for view in views]
    marks = marks_at(words.folded)
    seen = reader.read(
        parts, [[key for first, last, key in marks if start <= first and last <= end] for start, end in views]
    )
    penalty = np.array([0.0, *[_CLAUSE_PENALTY] * (len(views) - 1)], dtype=np.float32)[:, None]
    totals = seen.best + seen.scores - 2 * penalty
    ranked = np.where(allowed[seen.entries], totals.max(axis=0), _OUT_OF_FORCE)
    order = np.argsort(-ranked, kind="stable")[:SHORTLIST]
    order = order[allowed[seen.entries[order]]]
    chosen = totals[:, order].argmax(axis=0).tolist()
    rows = [seen.row(view, at) for view, at in zip(chosen, order.tolist(), strict=True)]
    tally = Tally.of(reader.corpus, words, marks, lost, marked=message.marked)
    content_words = int(tally.content.sum())
    entries = seen.entries[order].astype(np.int32)
    if not len(order):
        return Evidence(entries, np.zeros((0, len(FEATURES))), entries, content_words)
    best, scores = (seen.best - penalty).max(axis=0)[order], (seen.scores - penalty).max(axis=0)[order]
    found = tally.compare(*_held(reader, tally, entries, [views[view] for view in chosen]))
    other_household = _HOUSEHOLD_PENALTY * found["household"]
    phrasings = [reader.corpus.words(row) for row in rows]
    found |= {
        "cosine": seen.best[0, order],
        "cosine_clause": best,
        "worded": seen.worded[0, order],
        "worded_clause": seen.worded[chosen, order],
        "meant": seen.meant[0, order],
        "meant_clause": seen.meant[chosen, order],
        "gap_meant": _gaps(seen.meant.max(axis=0)[order]),
        "ridge": seen.scores[0, order],
        "ridge_clause": scores,
        "gap_cosine": _gaps(best - other_household),
        "gap_ridge": _gaps(scores - other_household),
        "phrasing_covered": np.array([tally.reaches(phrasing) for phrasing in phrasings]),
        "spelling": np.array(
            [
                fuzz.token_sort_ratio(parts[view].text, phrasing.text) / 100
                for view, phrasing in zip(chosen, phrasings, strict=True)
            ]
        ),
        "outside": seen.outside[0] - seen.best[0, order],
        "outside_clause": seen.outside[chosen] - seen.best[chosen, order],
    }
    features = np.array([found[name] for name in FEATURES], dtype=np.float64).T
    return Evidence(entries, features, np.array(rows, dtype=np.int32), content_words)


def spans(length: int, clauses: Sequence[Span]) -> list[Span]:
    """Parts of a message that may hold the question: its clauses, two of them together, windows over long ones."""
    spoken = [(start, end) for start, end in clauses if end - start >= _SHORTEST_VIEW]
    found = [span for span in spoken if span != (0, length)][-_CLAUSES:]
    joined = [(one[0], other[1]) for one, other in pairwise(clauses) if other[1] - one[0] <= _LONG]
    found += [span for span in joined if span[1] - span[0] >= _SHORTEST_VIEW][-_JOINED:]
    for start, end in reversed(clauses):
        if end - start > _LONG:
            found += [(max(start, last - _WINDOW), last) for last in range(end, start + _WINDOW - _STEP, -_STEP)]
    return list(dict.fromkeys(found))[:_MAX_VIEWS]


def _part(words: Words, start: int, end: int) -> Words:
    return Words(words.written[start:end], words.folded[start:end])


def _held(
    reader: Reader, tally: Tally, entries: Ints, views: Sequence[Span]
) -> tuple[Ints, Sequence[Span], Ints, Doubles]:
    """How often each entry holds each term, and what else the comparison needs of it, without what is left out."""
    corpus = reader.corpus
    counts = np.array([corpus.holdings.counts_of(entry, tally.terms) for entry in entries.tolist()])
    texts = corpus.holdings.texts[entries].copy()
    for left_out in reader.left_out:
        at = np.flatnonzero(entries == corpus.entry_of[left_out])  # a whole entry left out is never among them
        if len(at):
            minus = np.array(held_by(corpus.words(left_out)), dtype=np.int64)
            counts[at] -= np.isin(tally.terms, minus)
            texts[at] -= 1
    return counts, views, texts, corpus.holdings.negated[entries].astype(np.float64)


def _gaps(values: Floats | Doubles) -> Doubles:
    """Each value less the best of the others, shape (n,); a single one less nothing."""
    found = values.astype(np.float64)
    if len(found) < 2:  # noqa: PLR2004 - nothing to compare with
        return found
    first, second = np.sort(found)[::-1][:2]
    return found - np.where(found == first, second, first)
