"""Like questions: sketches of all that officers have, in memory, and which of them are close to one.

Kept up by reading what was added since; what has become of a question meanwhile is asked of the store each time.
Where sketches were taken away (by retention, by an erasure), all are read anew within a minute: none outlives it here.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.matching.sketch import LIKE, LIKE_OF_ONE_ENTRY, Shelf, groups, sketches
from knowledge_base.questions.question import UNFINISHED_STATES, Question, QuestionState
from knowledge_base.storage import cluster_store, question_store, sketch_store
from knowledge_base.storage.database import Transaction

_LOOKED_AT = 80  # nearest sketches; many may be out of sight or settled
_AGAIN = 200  # on PostgreSQL a lower number may be committed after a higher one
AT_ONCE = 200  # sketches made in one turn of the background
COUNT_SECONDS = 60.0  # how often it is seen whether sketches were taken away


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A question like another one; `likeness` 0 to 1."""

    question: Question
    likeness: float


class Neighbours:
    """One a process; may be asked from several threads."""

    def __init__(self) -> None:
        self._shelf = Shelf()
        self._last = 0
        self._counted_at = -COUNT_SECONDS
        self._lock = threading.Lock()

    def forget(self, tx: Transaction) -> None:
        """Let go of sketches that the store doesn't have any more, if it is time to look."""
        with self._lock:
            if time.monotonic() - self._counted_at < COUNT_SECONDS:
                return
            self._counted_at = time.monotonic()
            if sketch_store.count(tx) < len(self._shelf):
                self._shelf, self._last = Shelf(), 0

    def like(self, tx: Transaction, question: Question, path: str) -> list[Neighbour]:
        """Questions like one, of a unit (by its path) and those below, best first; none that a human took apart."""
        [sketch] = [found for _id, found in sketch_store.of_questions(tx, [question.id])] or sketches([question.text])
        self.forget(tx)
        with self._lock:
            self._catch_up(tx)
            near = dict(self._shelf.nearest(sketch, _LOOKED_AT))
        near.pop(question.id, None)
        near = {other: likeness for other, likeness in near.items() if likeness >= LIKE_OF_ONE_ENTRY}
        unlike = cluster_store.set_apart_from(tx, question.id)
        first = _first_thought(question)
        return [
            Neighbour(other, near[other.id])
            for other in question_store.these_within(tx, path, list(near))
            if other.id not in unlike
            and (near[other.id] >= LIKE or (first is not None and first == _first_thought(other)))
        ]

    def _catch_up(self, tx: Transaction) -> None:
        while True:
            rows = sketch_store.after(tx, max(0, self._last - _AGAIN))
            self._shelf.put([(question_id, sketch) for _number, question_id, sketch in rows])
            before, self._last = self._last, max([self._last, *(row[0] for row in rows)])
            if self._last - before < _AGAIN:
                return


def _first_thought(question: Question) -> str | None:
    """The entry that the matcher thought of first."""
    return str(question.candidates[0].get("id")) if question.candidates else None


def may_join(neighbour: Neighbour) -> bool:
    """Whether a like question still waits for an answer."""
    return neighbour.question.state in UNFINISHED_STATES


def may_serve(neighbour: Neighbour) -> bool:
    """Whether a like question has an officer's answer."""
    return neighbour.question.state in (QuestionState.ANSWERED, QuestionState.CLOSED)


def suggested_groups(tx: Transaction, path: str, most: int = 400) -> list[list[Question]]:
    """Of the oldest waiting questions of a unit and those below: those that seem to want one answer."""
    waiting = {one.id: one for one in question_store.ungathered(tx, path, most)}
    found = groups(sketch_store.of_questions(tx, list(waiting)))
    return [[waiting[number] for number in group] for group in found]


def sketched(missing: Sequence[tuple[int, str]]) -> list[tuple[int, bytes]]:
    """The sketches of questions, given as (id, text as typed)."""
    made = sketches([text for _id, text in missing])
    return [(question_id, sketch) for (question_id, _text), sketch in zip(missing, made, strict=True)]
