"""The index: built from entries, immutable, shared between threads; asked one message at a time."""

import contextlib
import ctypes
import gc
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from knowledge_base.matching.calibrate import Judge, learn, thresholds
from knowledge_base.matching.corpus import Corpus, IndexedEntry
from knowledge_base.matching.decide import MAX_CANDIDATES, Candidate, Decision, Match, Thresholds, decide
from knowledge_base.matching.evidence import gather
from knowledge_base.matching.examples import examples, out_of_scope_questions
from knowledge_base.matching.features import FEATURES
from knowledge_base.matching.grams import pair_keys, word_key
from knowledge_base.matching.labels import Label, heard
from knowledge_base.matching.labels import digest as digest_of
from knowledge_base.matching.learn import KernelRidge, extend_ridge, fit_ridge
from knowledge_base.matching.packing import pack, unpack
from knowledge_base.matching.reader import Reader
from knowledge_base.text.normalise import Normalised, normalise

__all__ = ["IndexedEntry", "MatchIndex"]

_SHORT = 2  # words; a message of so many, or of fewer that carry matter, names too little to answer
_OFTEN = 3  # phrasings that hold two words side by side
_OWN_QUESTION = 4  # words of a clause that may stand for the whole message
_MAX_NEW = 300  # phrasings that may be added to an index without building it anew
_FOREIGN = list(FEATURES).index("foreign")
Force = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class MatchIndex:
    """Everything that is needed to match: corpus, learners and thresholds; never changed after it is built.

    `ridge` is None where there are too many phrasings to learn one. `digest` is the content hash of the entries,
    `labels` that of the labels which the thresholds follow.
    """

    corpus: Corpus
    ridge: KernelRidge | None
    judge: Judge
    thresholds: Thresholds
    digest: str
    labels: str

    @classmethod
    def build(cls, entries: Sequence[IndexedEntry], labels: Sequence[Label] = ()) -> "MatchIndex":
        """Index, learn and calibrate; the same entries and labels in any order give the same index."""
        found = cls._built(tuple(sorted(entries, key=lambda entry: entry.key)), labels)
        _give_back()
        return found

    @classmethod
    def _built(cls, entries: tuple[IndexedEntry, ...], labels: Sequence[Label]) -> "MatchIndex":
        corpus = Corpus.build(entries, out_of_scope_questions())
        folds = fit_ridge(corpus)
        found = examples(corpus, folds) if entries else []
        judge = learn(found)
        limits = thresholds(found, judge, list(heard(corpus, folds.ridge, labels)))
        return cls(corpus, folds.ridge, judge, limits, cls.content_hash(entries), digest_of(labels))

    @property
    def entries(self) -> tuple[IndexedEntry, ...]:
        """The entries that can be matched."""
        return tuple(entry for entry, alive in zip(self.corpus.entries, self.corpus.alive, strict=True) if alive)

    def updated(self, entries: Sequence[IndexedEntry]) -> "MatchIndex":
        """An index of changed entries, at once: what was learned stays, and new phrasings are added to it.

        For the seconds until `build` is through; it is not to be stored (its digest is empty).
        """
        present = {entry.key: (at, entry) for at, entry in enumerate(self.corpus.entries) if self.corpus.alive[at]}
        wanted = {entry.key: entry for entry in entries}
        same = {key for key, (_, entry) in present.items() if wanted.get(key) == entry}
        added = [wanted[key] for key in sorted(wanted.keys() - same)]
        gone = [at for key, (at, _) in present.items() if key not in same]
        if not present or not wanted:
            return MatchIndex.build(entries)
        if sum(len(entry.texts) for entry in added) > _MAX_NEW:
            ordered = tuple(sorted(entries, key=lambda entry: entry.key))
            corpus = Corpus.build(ordered, out_of_scope_questions())
            return MatchIndex(corpus, fit_ridge(corpus).ridge, self.judge, self.thresholds, "", self.labels)
        return self._changed(gone, added)

    def edited(self, entry: IndexedEntry) -> "MatchIndex":
        """`updated` by one entry, new or changed: the others need not be compared with what they were."""
        corpus = self.corpus
        gone = [at for at, other in enumerate(corpus.entries) if other.key == entry.key and corpus.alive[at]]
        if not corpus.alive.any() or len(entry.texts) > _MAX_NEW:
            return self.updated([*(other for other in self.entries if other.key != entry.key), entry])
        return self._changed(gone, [entry])

    def _changed(self, gone: Sequence[int], added: Sequence[IndexedEntry]) -> "MatchIndex":
        corpus = self.corpus.changed(gone, added)
        return MatchIndex(corpus, self._ridge_for(corpus), self.judge, self.thresholds, "", self.labels)

    def _ridge_for(self, corpus: Corpus) -> KernelRidge | None:
        """What was learned, carried over to a changed corpus: rows and entries that stayed keep their weights."""
        if self.ridge is None:
            return None
        rows, count = self.corpus.postings.rows, self.corpus.count
        known = np.full((corpus.postings.rows, corpus.count), np.nan, dtype=np.float32)
        known[:rows, :count] = self.ridge.weights
        known[:rows, count:] = 0.0
        former = {self.corpus.entries[at].key: at for at in range(count) if self.corpus.alive[at]}
        for at in range(count, corpus.count):
            entry = corpus.entries[at]
            old = former.get(entry.key)
            if old is not None:
                known[:rows, at] = self.ridge.weights[:, old]
                place = {self.corpus.lines[row]: row for row in self.corpus.rows_of(old).tolist()}
                for row in corpus.rows_of(at).tolist():
                    if corpus.lines[row] in place:
                        known[row] = known[place[corpus.lines[row]]]
        known[:rows][corpus.entry_of[:rows] < -1] = 0.0
        return extend_ridge(known, corpus)

    @staticmethod
    def content_hash(entries: Sequence[IndexedEntry]) -> str:
        """The name under which an index of these entries, built by this code, may be stored and found again."""
        lines = sorted(repr((e.key, e.question, e.phrasings, e.answer, e.in_force)) for e in entries)
        return hashlib.sha256(repr((_code_hash(), lines)).encode("utf-8", "surrogatepass")).hexdigest()

    def to_bytes(self) -> bytes:
        """The whole index, to be kept or handed to another process; arrays and texts only, nothing that runs."""
        return pack(self, _code_hash())

    @classmethod
    def from_bytes(cls, stored: bytes) -> "MatchIndex":
        """The index that `to_bytes` gave; Unavailable when it is damaged or another code's."""
        return unpack(stored, cls, _code_hash())

    def match(self, text: str, on_day: date | None = None) -> Match:
        """Match one message against the entries in force on `on_day` (None: against all)."""
        message = normalise(text)
        in_force = self.corpus.in_force(on_day)
        if not len(message.words):
            return Match(text, Decision.UNKNOWN, (), "empty")
        if not in_force.any():
            return Match(text, Decision.UNKNOWN, (), "nothing_in_force")
        found, in_scope, content_words = self._candidates(message, in_force)
        asked = self._asked(message.words.folded, in_force)
        if len(asked) == 1 and asked[0] in {candidate.key for candidate in found}:
            return Match(text, Decision.CONFIDENT, _first(found, asked[0]), "exact", certainty=1.0)
        if any(self._asked(message.words.folded[start:end], in_force) for start, end in _long(message.clauses)):
            in_scope = max(in_scope, self.thresholds.low)
        if content_words and self._is_topic(message.words.folded):
            in_scope = max(in_scope, self.thresholds.low)
        bare = content_words < _SHORT
        unheard = bool(found) and found[0].figures[_FOREIGN] > 0
        short = len(message.words) <= _SHORT
        return decide(text, found, in_scope, self.thresholds, bare=bare, short=short, unheard=unheard)

    def _is_topic(self, folded: Sequence[str]) -> bool:
        """Whether a message is just two words that phrasings often hold side by side ("bảo hiểm")."""
        if len(folded) != _SHORT:
            return False
        keys = np.array([word_key(word) for word in folded], dtype=np.int64)
        return self.corpus.postings.often(pair_keys(keys[:1], keys[1:])) >= _OFTEN

    def _asked(self, folded: Sequence[str], in_force: Force) -> list[str]:
        """The keys of the entries in force that ask this word for word."""
        return [self.corpus.entries[entry].key for entry in self.corpus.asking(" ".join(folded)) if in_force[entry]]

    def _candidates(self, message: Normalised, allowed: Force) -> tuple[tuple[Candidate, ...], float, int]:
        """Candidates best first, the probability that any fits, and the number of words with matter."""
        reader = Reader(self.corpus, self.ridge)
        evidence = gather(reader, message, allowed)
        chances, in_scope = self.judge.confidences(evidence.features)
        found = [
            Candidate(
                self.corpus.entries[entry].key,
                round(chance, 4),
                self.corpus.phrasing(row),
                tuple(figures),
            )
            for entry, row, chance, figures in zip(
                evidence.entries.tolist(),
                evidence.phrasings.tolist(),
                chances.tolist(),
                evidence.features.round(3).tolist(),
                strict=True,
            )
        ]
        ranked = sorted(found, key=lambda candidate: (-candidate.confidence, candidate.key))
        return tuple(ranked[:MAX_CANDIDATES]), in_scope, evidence.content_words


def _long(clauses: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Clauses that are questions of their own, not two words in passing."""
    return [(start, end) for start, end in clauses if end - start >= _OWN_QUESTION]


def _first(candidates: tuple[Candidate, ...], key: str) -> tuple[Candidate, ...]:
    """The candidates with `key` in front, certain."""
    sure = [Candidate(c.key, 1.0, c.phrasing, c.figures) for c in candidates if c.key == key]
    return (*sure, *(candidate for candidate in candidates if candidate.key != key))


def _give_back() -> None:
    """Hand the memory that building took back to the system, which the C library else keeps (glibc only)."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


@cache
def _code_hash() -> str:
    """Of the code and the word lists that an index depends on: a change of either makes stored ones stale."""
    here = Path(__file__).parent
    found = hashlib.sha256()
    for folder in (here, here / "data", here.parent / "text", here.parent / "text" / "data"):
        for path in sorted(folder.glob("*.*")):
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()
