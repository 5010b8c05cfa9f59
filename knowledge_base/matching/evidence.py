"""What speaks for and against each entry: a small table of features for the few that come into question."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from knowledge_base.matching.corpus import Corpus
from knowledge_base.matching.learn import KernelRidge
from knowledge_base.matching.profile import NOTHING, Holdings, conflicts, negated
from knowledge_base.matching.tally import Tally
from knowledge_base.matching.vectors import Doubles, Floats, Ints
from knowledge_base.text.normalise import Words

# Name of each feature and the sign its weight must have: more of it speaks for (1) or against (-1) the entry.
FEATURES = {
    "cosine": 1,
    "cosine_clause": 1,
    "ridge": 1,
    "ridge_clause": 1,
    "gap_cosine": 1,
    "gap_ridge": 1,
    "covered": 1,
    "covered_clause": 1,
    "missed": -1,
    "missed_clause": -1,
    "lost": -1,
    "lost_clause": -1,
    "after": -1,
    "foreign": -1,
    "negation": -1,
    "household": -1,
    "conflict": -1,
    "pairs": 1,
    "phrasing_covered": 1,
    "spelling": 1,
    "answer": 1,
    "marks": -1,
    "outside": -1,
    "length": 0,
    "length_clause": 0,
}
_NAMES = tuple(FEATURES)
_HOUSEHOLD_PENALTY = 0.4  # of an entry on another kind of household, where entries compete
SHORTLIST = 8  # entries that get features
_CLAUSE_PENALTY = 0.05  # the best of many clauses is better by chance
_MAX_VIEWS = 5
_SHORTEST_VIEW = 3  # words
_LONG = 14  # words; a longer message is also read by its last words, for speech without commas
_TAIL = 11
_LAST_CLAUSES = 3
_OUT_OF_FORCE = -9.0


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Short-listed entries (n,), their features (n, FEATURES), the row of the best phrasing of each (n,)."""

    entries: Ints
    features: Doubles
    phrasings: Ints
    content_words: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Cosines and entry scores of a text; while learning, without the rows `left_out`.

    `ridge` must be the learner that has not seen those rows.
    """

    corpus: Corpus
    ridge: KernelRidge
    left_out: Sequence[int] = ()

    def read(self, folded: Sequence[str]) -> tuple[Floats, Floats]:
        """Cosines with every row and ridge scores of every entry."""
        cosines = self.corpus.postings.cosines(folded)
        if self.left_out:
            cosines[list(self.left_out)] = 0.0
        return cosines, self.ridge.scores(cosines)

    def left_out_of(self, entry: int) -> Holdings:
        """What the entry would not hold without the row that is left out (a whole entry is never asked for)."""
        rows = [row for row in self.left_out if self.corpus.entry_of(row) == entry]
        return self.corpus.holdings[rows[0]] if len(rows) == 1 else NOTHING


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One part of a message (words `start` to `end`), with its cosines and scores."""

    start: int
    end: int
    cosines: Floats
    best: Floats
    scores: Floats


def gather(
    reader: Reader, words: Words, clauses: Sequence[tuple[int, int]], allowed: Floats, *, marked: bool
) -> Evidence:
    """Short-list the entries in force (`allowed` is 1, else 0, shape (entries,)) and weigh each."""
    corpus = reader.corpus
    whole = _view(reader, words, 0, len(words), 0.0)
    parts = [_view(reader, words, start, end, _CLAUSE_PENALTY) for start, end in spans(len(words), clauses)]
    seen = [whole, *parts]
    totals = np.array([view.best + view.scores for view in seen])
    ranked = np.where(allowed > 0, totals.max(axis=0), _OUT_OF_FORCE)
    order = [int(entry) for entry in np.argsort(-ranked, kind="stable")[:SHORTLIST] if allowed[entry]]
    best = np.max([view.best for view in seen], axis=0)
    scores = np.max([view.scores for view in seen], axis=0)
    outside = float(whole.cosines[corpus.inside :].max(initial=0.0))
    tally = Tally.of(corpus, words, marked=marked)
    phrasings: list[int] = []
    table: list[list[float]] = []
    for entry in order:
        view = seen[int(totals[:, entry].argmax())]
        first = int(corpus.bounds[entry])
        row = first + int(np.argmax(view.cosines[first : int(corpus.bounds[entry + 1])]))
        phrasings.append(row)
        table.append(
            [
                float(whole.best[entry]),
                float(best[entry]),
                float(whole.scores[entry]),
                float(scores[entry]),
                0.0,
                0.0,
                *_words_of(tally, corpus, row, view, entry, reader.left_out_of(entry)),
                outside - float(whole.best[entry]),
                float(np.log1p(tally.content_within(0, len(words)))),
                float(np.log1p(tally.content_within(view.start, view.end))),
            ]
        )
    features = np.array(table).reshape(-1, len(FEATURES))
    other_household = _HOUSEHOLD_PENALTY * features[:, _NAMES.index("household")]
    for gap, values in (("gap_cosine", best), ("gap_ridge", scores)):
        features[:, _NAMES.index(gap)] = _gaps(values[order] - other_household)
    return Evidence(
        np.array(order, dtype=np.int32),
        features,
        np.array(phrasings, dtype=np.int32),
        tally.content_within(0, len(words)),
    )


def spans(length: int, clauses: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Parts of a message that may hold the question: its last clauses, the last two together, its last words."""
    found = [(start, end) for start, end in clauses if _SHORTEST_VIEW <= end - start < length][-_LAST_CLAUSES:]
    if len(clauses) > 2:  # noqa: PLR2004 - otherwise the last two are the whole
        found.append((clauses[-2][0], clauses[-1][1]))
    if length > _LONG:
        found.append((length - _TAIL, length))
    return list(dict.fromkeys(found))[-_MAX_VIEWS:]


def _view(reader: Reader, words: Words, start: int, end: int, penalty: float) -> View:
    cosines, scores = reader.read(words.folded[start:end])
    return View(start, end, cosines, reader.corpus.best(cosines) - penalty, scores - penalty)


def _words_of(tally: Tally, corpus: Corpus, row: int, view: View, entry: int, minus: Holdings) -> list[float]:
    """The features that look at words, in the order of FEATURES from `covered` to `marks`."""
    profile = corpus.profiles[entry]
    covered = tally.covered(profile, minus)
    end = len(tally.words)
    seen = " ".join(tally.words.folded[view.start : view.end])
    return [
        tally.share(covered, 0, end),
        tally.share(covered, view.start, view.end),
        tally.missed(covered, 0, end),
        tally.missed(covered, view.start, view.end),
        tally.lost(covered, 0, end),
        tally.lost(covered, view.start, view.end),
        tally.lost(covered, view.end, end),
        tally.foreign(view.start, view.end),
        abs(negated(tally.words.folded[view.start : view.end]) - profile.negated),
        *conflicts(tally.sides, profile, minus),
        tally.pairs_covered(profile, minus, view.start, view.end),
        tally.reaches(corpus.texts[row]),
        fuzz.token_sort_ratio(seen, corpus.texts[row].text) / 100,
        tally.answered(profile),
        tally.mismarked(profile, minus, corpus.forms),
    ]


def _gaps(values: Doubles) -> Doubles:
    """Each value less the best of the others, shape (n,); a single one less nothing."""
    if len(values) < 2:  # noqa: PLR2004 - nothing to compare with
        return values
    first, second = np.sort(values)[::-1][:2]
    found: Doubles = values - np.where(values == first, second, first)
    return found
