"""The peers: what else one could match questions with, each over folded phrasings of the frozen normaliser.

A peer is built from the folded phrasings and gives each of them a score for a folded question; a score of 0 means that
it wasn't found at all.
"""

import sqlite3
from abc import ABC, abstractmethod
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import bm25s
import numpy as np
import numpy.typing as npt
import psycopg
from rank_bm25 import BM25Okapi
from rapidfuzz import fuzz, process

Floats = npt.NDArray[np.float64]


class Peer(ABC):
    """One way to score phrasings."""

    @abstractmethod
    def scores(self, folded: str) -> Floats:
        """A score for each phrasing, shape (phrasings,); higher is closer."""

    def find(self, folded: str) -> Any:
        """The quickest way it has to the closest phrasings, for times alone."""
        return self.scores(folded)

    def close(self) -> None:  # noqa: B027 - most hold nothing open
        """Let go of what it holds."""


class RapidFuzz(Peer):
    """A scorer of rapidfuzz against every phrasing, 0–100."""

    def __init__(self, texts: Sequence[str], scorer: Callable[..., float]) -> None:
        self._texts, self._scorer = list(texts), scorer

    def scores(self, folded: str) -> Floats:
        return process.cdist([folded], self._texts, scorer=self._scorer)[0].astype(np.float64)


class RankBm25(Peer):
    """BM25Okapi of rank_bm25 over syllables, its defaults."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._index = BM25Okapi([text.split() for text in texts])

    def scores(self, folded: str) -> Floats:
        return np.asarray(self._index.get_scores(folded.split()), dtype=np.float64)


class Bm25s(Peer):
    """bm25s over syllables, its defaults (Lucene's formula)."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._index = bm25s.BM25()
        self._index.index([text.split() for text in texts], show_progress=False)
        self._count = len(texts)

    def scores(self, folded: str) -> Floats:
        known = [word for word in folded.split() if word in self._index.vocab_dict]
        if not known:
            return np.zeros(self._count)
        return np.asarray(self._index.get_scores(known), dtype=np.float64)


class Fts5(Peer):
    """SQLite's full-text search, any of the words, its own bm25()."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._store = sqlite3.connect(":memory:")
        self._store.execute("CREATE VIRTUAL TABLE phrasing USING fts5(text)")
        self._store.executemany("INSERT INTO phrasing(rowid, text) VALUES (?, ?)", enumerate(texts))
        self._count = len(texts)

    def scores(self, folded: str) -> Floats:
        found = np.zeros(self._count)
        asked = " OR ".join(f'"{word}"' for word in dict.fromkeys(folded.split()))
        if asked:
            sql = "SELECT rowid, -bm25(phrasing) FROM phrasing WHERE phrasing MATCH ?"
            for row, score in self._store.execute(sql, (asked,)):
                found[row] = score
        return found

    def close(self) -> None:
        self._store.close()


class PgTrgm(Peer):
    """PostgreSQL's trigram similarity against every phrasing; `dsn` is a database that may be written to."""

    def __init__(self, texts: Sequence[str], dsn: str) -> None:
        self._store = psycopg.connect(dsn)
        self._store.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        self._store.execute("CREATE TEMPORARY TABLE phrasing (number int, text text)")
        with self._store.cursor().copy("COPY phrasing FROM STDIN") as copy:
            for row in enumerate(texts):
                copy.write_row(row)
        self._count = len(texts)
        self._indexed = False

    def find(self, folded: str) -> Any:
        if not self._indexed:
            self._store.execute("CREATE INDEX ON phrasing USING gist (text gist_trgm_ops)")
            self._store.execute("ANALYZE phrasing")
            self._indexed = True
        return self._store.execute("SELECT number FROM phrasing ORDER BY text <-> %s LIMIT 10", (folded,)).fetchall()

    def scores(self, folded: str) -> Floats:
        rows: Iterable[Any] = self._store.execute(
            "SELECT number, similarity(text, %s) FROM phrasing WHERE similarity(text, %s) > 0", (folded, folded)
        )
        found = np.zeros(self._count)
        for number, score in rows:
            found[number] = score
        return found

    def close(self) -> None:
        self._store.close()


class CharTfIdf(Peer):
    """Cosine of TF-IDF over letter 2- to 4-grams within words (what scikit-learn calls char_wb), 0–1."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._columns: dict[str, int] = {}
        columns, rows, times = array("i"), array("i"), array("i")
        for row, text in enumerate(texts):
            for gram, count in _grams(text).items():
                columns.append(self._columns.setdefault(gram, len(self._columns)))
                rows.append(row)
                times.append(count)
        self._count = len(texts)
        order = np.argsort(columns, kind="stable")
        sizes = np.bincount(columns, minlength=len(self._columns))
        self._idf = np.log((1 + self._count) / (1 + sizes)) + 1
        self._starts = np.concatenate(([0], np.cumsum(sizes)))
        self._rows = np.array(rows)[order]
        weights = np.array(times)[order] * np.repeat(self._idf, sizes)
        lengths = np.sqrt(np.bincount(self._rows, weights**2, self._count))
        self._weights = weights / lengths[self._rows]

    def scores(self, folded: str) -> Floats:
        grams = _grams(folded)
        known = [(self._columns[gram], times) for gram, times in grams.items() if gram in self._columns]
        if not known:
            return np.zeros(self._count)
        columns = np.array([column for column, _ in known])
        own = np.array([times for _, times in known]) * self._idf[columns]
        parts = [np.arange(self._starts[column], self._starts[column + 1]) for column in columns]
        at = np.concatenate(parts)
        weights = np.repeat(own / np.sqrt((own**2).sum()), [len(part) for part in parts])
        return np.bincount(self._rows[at], self._weights[at] * weights, self._count).astype(np.float64)


def _grams(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for word in text.split():
        line = f" {word} "
        found.update(line[at : at + size] for size in (2, 3, 4) for at in range(len(line) - size + 1))
    return found


def builders(postgresql: str | None) -> dict[str, Callable[[Sequence[str]], Peer]]:
    """Every peer by its name; pg_trgm only where there is a server."""
    found: dict[str, Callable[[Sequence[str]], Peer]] = {
        "WRatio": lambda texts: RapidFuzz(texts, fuzz.WRatio),
        "token_set": lambda texts: RapidFuzz(texts, fuzz.token_set_ratio),
        "rank_bm25": RankBm25,
        "bm25s": Bm25s,
        "FTS5": Fts5,
        "char_tfidf": CharTfIdf,
    }
    if postgresql is not None:
        found["pg_trgm"] = lambda texts: PgTrgm(texts, postgresql)
    return found
