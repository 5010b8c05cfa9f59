"""Kinds of questions: each new one is put with the first question that is like it, or begins a kind of its own.

Looked for in the background, once a question; so the list of what no entry reaches is a matter of counting.
"""

import threading
import time

from knowledge_base.matching.sketch import LIKE, Shelf
from knowledge_base.storage import gap_store
from knowledge_base.storage.database import Transaction

AT_ONCE = 200
_AGAIN = 200  # on PostgreSQL a lower number may be committed after a higher one
COUNT_SECONDS = 60.0  # how often it is seen whether sketches were taken away: then all are read anew


class Kinds:
    """The first questions of all kinds, in memory; one a process that works."""

    def __init__(self) -> None:
        self._shelf = Shelf()
        self._last = 0
        self._counted_at = -COUNT_SECONDS
        self._lock = threading.Lock()

    def find(self, tx: Transaction) -> list[tuple[int, int]]:
        """The kinds of some questions that have none yet, as (question id, first of its kind); only reads."""
        self._forget(tx)
        waiting = gap_store.kinless(tx, AT_ONCE)
        if not waiting:
            return []
        with self._lock:
            rows = gap_store.firsts(tx, max(0, self._last - _AGAIN))
            self._shelf.put([(question_id, sketch) for _number, question_id, sketch in rows])
            self._last = max([self._last, *(row[0] for row in rows)])
            return [(question_id, self._kin(question_id, sketch)) for question_id, sketch in waiting]

    def _forget(self, tx: Transaction) -> None:
        """No sketch is held here that retention or an erasure took away."""
        with self._lock:
            if time.monotonic() - self._counted_at < COUNT_SECONDS:
                return
            self._counted_at = time.monotonic()
            if gap_store.count_firsts(tx) < len(self._shelf):
                self._shelf, self._last = Shelf(), 0

    def _kin(self, question_id: int, sketch: bytes) -> int:
        near = self._shelf.nearest(sketch, 1)
        if near and near[0][1] >= LIKE:
            return near[0][0]
        self._shelf.put([(question_id, sketch)])
        return question_id
