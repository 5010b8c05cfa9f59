"""All entries as the console lists them, in memory: ten thousand with their wordings are too many to read for a page.

Kept up by reading what has changed since; a page made after a change shows it.
"""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from knowledge_base.faq.revision import Revision
from knowledge_base.storage import faq_store
from knowledge_base.storage.database import Transaction
from knowledge_base.text.fold import fold

_MANY = 500  # changed entries; above that all are read at once


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry: its live text, else its newest; `folded`: what it is found by, without marks."""

    revision: Revision
    folded: str

    @classmethod
    def of(cls, revision: Revision) -> "Listed":
        """A revision as it is listed."""
        return cls(revision, fold("\n".join((revision.key, revision.entry.question, *revision.entry.phrasings))))


@dataclass(frozen=True, slots=True)
class _Seen:
    """How far the list has followed the store."""

    publication: int = 0
    revision: int = 0
    undecided: frozenset[tuple[int, str]] = field(default_factory=frozenset)  # (revision id, its state)


class EntryList:
    """One a process; may be asked from several threads."""

    def __init__(self) -> None:
        self._entries: dict[str, Listed] = {}
        self._seen = _Seen()
        self._lock = threading.Lock()

    def all(self, tx: Transaction) -> list[Listed]:
        """Every entry as the store has it now, by key."""
        with self._lock:
            self._catch_up(tx)
            return list(self._entries.values())

    def _catch_up(self, tx: Transaction) -> None:
        now = _Seen(
            faq_store.publication_number(tx), faq_store.newest_revision_id(tx), frozenset(faq_store.undecided(tx))
        )
        if now == self._seen:
            return
        moved = {revision_id for revision_id, _state in now.undecided ^ self._seen.undecided}
        keys = faq_store.changed_since(tx, self._seen.publication, self._seen.revision, moved)
        if keys is None or len(keys) > _MANY or not self._entries:
            self._entries = dict(_listed(faq_store.shown(tx)))
        elif keys:
            changed = self._entries | dict(_listed(faq_store.shown(tx, keys)))
            self._entries = dict(sorted(changed.items()))
        self._seen = now


def _listed(revisions: Iterable[Revision]) -> Iterator[tuple[str, Listed]]:
    for revision in revisions:
        yield revision.key, Listed.of(revision)
