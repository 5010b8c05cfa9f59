"""The index: built from entries, immutable, shared between threads; asked one message at a time."""

import hashlib
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from knowledge_base.errors import Unavailable
from knowledge_base.matching.calibrate import Judge, learn, thresholds
from knowledge_base.matching.corpus import Corpus, IndexedEntry
from knowledge_base.matching.decide import MAX_CANDIDATES, Candidate, Decision, Match, Thresholds, decide
from knowledge_base.matching.evidence import FEATURES, Evidence, Reader, gather
from knowledge_base.matching.examples import examples, out_of_scope_questions
from knowledge_base.matching.learn import KernelRidge, extend_ridge, fit_ridge
from knowledge_base.matching.vectors import Floats
from knowledge_base.text.normalise import Normalised, normalise

__all__ = ["IndexedEntry", "MatchIndex"]

_SHORT = 2  # words; a message of so many, or of fewer that carry matter, names too little to answer
_OFTEN = 3  # phrasings that hold two words side by side
_OWN_QUESTION = 4  # words of a clause that may stand for the whole message
_MAX_NEW = 600  # new phrasings that may be added to a ridge without learning it anew
_SECOND_READING = 0.9  # of the confidence: the first reading is the likelier one


@dataclass(frozen=True, slots=True, eq=False)
class MatchIndex:
    """Everything that is needed to match: corpus, learners and thresholds; never changed after it is built.

    `exact` holds the entries that ask a folded text word for word. `digest` is the content hash of the entries.
    """

    entries: tuple[IndexedEntry, ...]
    phrasings: tuple[str, ...]
    exact: dict[str, tuple[int, ...]]
    corpus: Corpus
    ridge: KernelRidge
    judge: Judge
    thresholds: Thresholds
    digest: str

    @classmethod
    def build(cls, entries: Sequence[IndexedEntry]) -> "MatchIndex":
        """Index, learn and calibrate; the same entries in any order give the same index."""
        ordered = tuple(sorted(entries, key=lambda entry: entry.key))
        corpus = Corpus.build(ordered, out_of_scope_questions())
        folds = fit_ridge(corpus)
        found = examples(corpus, folds) if ordered else []
        judge = learn(found)
        return cls(
            ordered,
            tuple(text for entry in ordered for text in entry.texts),
            _exact(corpus),
            corpus,
            folds.ridge,
            judge,
            thresholds(found, judge),
            cls.content_hash(ordered),
        )

    def updated(self, entries: Sequence[IndexedEntry]) -> "MatchIndex":
        """An index of changed entries, at once: what was learned stays, and new phrasings are added to it.

        For the seconds until `build` is through; it is not to be stored (its digest is empty).
        """
        ordered = tuple(sorted(entries, key=lambda entry: entry.key))
        if not self.entries or not ordered:
            return MatchIndex.build(ordered)
        corpus = Corpus.build(ordered, out_of_scope_questions())
        known = self._known(ordered, corpus)
        few = np.isnan(known).all(axis=1).sum() <= _MAX_NEW
        return MatchIndex(
            ordered,
            tuple(text for entry in ordered for text in entry.texts),
            _exact(corpus),
            corpus,
            extend_ridge(known, corpus) if few else fit_ridge(corpus).ridge,
            self.judge,
            self.thresholds,
            "",
        )

    def _known(self, entries: Sequence[IndexedEntry], corpus: Corpus) -> Floats:
        """The ridge weights of the texts and entries that this index has in common with others; NaN elsewhere."""
        keys = [*(entry.key for entry in self.entries), ""]
        place = {int(row): at for at, row in enumerate(self.ridge.rows)}
        old = {(keys[self.corpus.entry_of(row)], self.corpus.texts[row].text): at for row, at in place.items()}
        new_keys = [*(entry.key for entry in entries), ""]
        columns = [(at, keys.index(key)) for at, key in enumerate(new_keys[:-1]) if key in keys]
        into, out_of = [at for at, _ in columns], [at for _, at in columns]
        known = np.full((len(corpus.texts), len(entries)), np.nan, dtype=np.float32)
        for row, words in enumerate(corpus.texts):
            at = old.get((new_keys[corpus.entry_of(row)], words.text), -1)
            if at >= 0:
                known[row] = 0.0
                known[row, into] = self.ridge.weights[at, out_of]
        return known

    @staticmethod
    def content_hash(entries: Sequence[IndexedEntry]) -> str:
        """The name under which an index of these entries, built by this code, may be stored and found again."""
        lines = sorted(repr((e.key, e.question, e.phrasings, e.answer, e.in_force)) for e in entries)
        return hashlib.sha256(repr((_code_hash(), lines)).encode("utf-8", "surrogatepass")).hexdigest()

    def to_bytes(self) -> bytes:
        """The whole index, for a cache of one's own (it is a pickle: never load one from elsewhere)."""
        return pickle.dumps((_code_hash(), self), protocol=pickle.HIGHEST_PROTOCOL)

    @classmethod
    def from_bytes(cls, stored: bytes) -> "MatchIndex":
        """The index that `to_bytes` gave; Unavailable when it is damaged or another code's."""
        try:
            code, index = pickle.loads(stored)  # noqa: S301 - the server's own cache file
        except Exception as error:  # a damaged pickle raises almost anything
            raise Unavailable("match_index_unreadable") from error
        if code != _code_hash() or not isinstance(index, cls):
            raise Unavailable("match_index_outdated")
        return index

    def match(self, text: str, on_day: date | None = None) -> Match:
        """Match one message against the entries in force on `on_day` (None: against all)."""
        message = normalise(text)
        in_force = [on_day is None or entry.in_force.holds_on(on_day) for entry in self.entries]
        if not len(message.words):
            return Match(text, Decision.UNKNOWN, (), "empty")
        if not any(in_force):
            return Match(text, Decision.UNKNOWN, (), "nothing_in_force")
        found, in_scope, content_words = self._candidates(message, np.array(in_force, dtype=np.float32))
        asked = self._asked(message.words.folded, in_force)
        if len(asked) == 1 and asked[0] in {candidate.key for candidate in found}:
            return Match(text, Decision.CONFIDENT, _first(found, asked[0]), "exact", certainty=1.0)
        if any(self._asked(message.words.folded[start:end], in_force) for start, end in _long(message.clauses)):
            in_scope = max(in_scope, self.thresholds.low)
        if content_words and self._is_topic(message.words.folded):
            in_scope = max(in_scope, self.thresholds.low)
        bare = content_words < _SHORT
        unheard = dict(found[0].features)["foreign"] > 0
        short = len(message.words) <= _SHORT
        return decide(text, found, in_scope, self.thresholds, bare=bare, short=short, unheard=unheard)

    def _is_topic(self, folded: Sequence[str]) -> bool:
        """Whether a message is just two words that phrasings often hold side by side ("bảo hiểm")."""
        return (
            len(folded) == _SHORT
            and sum(profile.pairs[folded[0], folded[1]] for profile in self.corpus.profiles) >= _OFTEN
        )

    def _asked(self, folded: Sequence[str], in_force: Sequence[bool]) -> list[str]:
        """The keys of the entries in force that ask this word for word."""
        return [self.entries[entry].key for entry in self.exact.get(" ".join(folded), ()) if in_force[entry]]

    def _candidates(self, message: Normalised, allowed: Floats) -> tuple[tuple[Candidate, ...], float, int]:
        """Candidates best first, the probability that any fits, and the number of words with matter."""
        reader = Reader(self.corpus, self.ridge)
        evidence = gather(reader, message.words, message.clauses, allowed, marked=message.marked)
        in_scope = self.judge.in_scope(evidence.features)
        found = {candidate.key: candidate for candidate in self._weigh(evidence, 1.0)}
        if message.alternative:
            other = gather(reader, message.alternative, (), allowed, marked=message.marked)
            in_scope = max(in_scope, _SECOND_READING * self.judge.in_scope(other.features))
            for candidate in self._weigh(other, _SECOND_READING):
                if candidate.key not in found or candidate.confidence > found[candidate.key].confidence:
                    found[candidate.key] = candidate
        ranked = sorted(found.values(), key=lambda candidate: (-candidate.confidence, candidate.key))
        return tuple(ranked[:MAX_CANDIDATES]), in_scope, evidence.content_words

    def _weigh(self, evidence: Evidence, factor: float) -> list[Candidate]:
        chances = self.judge.confidences(evidence.features) * factor
        return [
            Candidate(
                self.entries[entry].key,
                round(chance, 4),
                self.phrasings[row],
                tuple((name, round(value, 3)) for name, value in zip(FEATURES, features, strict=True)),
            )
            for entry, row, chance, features in zip(
                evidence.entries.tolist(),
                evidence.phrasings.tolist(),
                chances.tolist(),
                evidence.features.tolist(),
                strict=True,
            )
        ]


def _exact(corpus: Corpus) -> dict[str, tuple[int, ...]]:
    """Folded text -> the entries that ask it word for word."""
    found: dict[str, tuple[int, ...]] = {}
    for row in range(corpus.inside):
        text, entry = corpus.texts[row].text, corpus.entry_of(row)
        if entry not in found.get(text, ()):
            found[text] = (*found.get(text, ()), entry)
    return found


def _long(clauses: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Clauses that are questions of their own, not two words in passing."""
    return [(start, end) for start, end in clauses if end - start >= _OWN_QUESTION]


def _first(candidates: tuple[Candidate, ...], key: str) -> tuple[Candidate, ...]:
    """The candidates with `key` in front, certain."""
    sure = [Candidate(c.key, 1.0, c.phrasing, c.features) for c in candidates if c.key == key]
    return (*sure, *(candidate for candidate in candidates if candidate.key != key))


@cache
def _code_hash() -> str:
    """Of the code and the word lists that an index depends on: a change of either makes stored ones stale."""
    here = Path(__file__).parent
    found = hashlib.sha256()
    for folder in (here, here / "data", here.parent / "text", here.parent / "text" / "data"):
        for path in sorted(folder.glob("*.*")):
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()
