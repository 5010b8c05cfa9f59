"""The FAQ that is live now: entries, documents and index as one immutable snapshot, swapped by one reference."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from knowledge_base.clock import Clock, vietnam_day
from knowledge_base.errors import KnowledgeBaseError, Unavailable
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.revision import Revision
from knowledge_base.matching.decide import Match
from knowledge_base.matching.index import IndexedEntry, MatchIndex
from knowledge_base.storage import faq_store
from knowledge_base.storage.database import Database, Transaction

_LOG = logging.getLogger(__name__)
T = TypeVar("T")
_POLL_SECONDS = 0.5  # a publication made by another process is live within two seconds


@dataclass(frozen=True, slots=True)
class FaqSnapshot:
    """Everything a face needs of the FAQ at one publication number."""

    number: int
    revisions: Mapping[str, Revision]  # by entry key: every live revision, whatever its window
    documents: Mapping[str, LegalDocument]
    topics: Sequence[Topic]
    index: MatchIndex

    def in_force(self, day: date) -> list[Revision]:
        """The revisions that hold on a day."""
        return [revision for revision in self.revisions.values() if revision.entry.in_force.holds_on(day)]


@dataclass(frozen=True, slots=True)
class _Content:
    number: int
    revisions: dict[str, Revision]
    documents: dict[str, LegalDocument]
    topics: list[Topic]


def read_content(tx: Transaction) -> _Content:
    """What the store holds of the live FAQ."""
    return _Content(
        number=faq_store.publication_number(tx),
        revisions={revision.key: revision for revision in faq_store.published(tx)},
        documents=faq_store.documents(tx),
        topics=faq_store.all_topics(tx),
    )


def indexed(revision: Revision) -> IndexedEntry:
    """What the matcher needs to know of an entry."""
    entry = revision.entry
    return IndexedEntry(
        key=entry.key,
        question=entry.question,
        phrasings=entry.phrasings,
        answer=f"{entry.short_answer}\n{entry.details}",
        in_force=entry.in_force,
    )


def build_snapshot(content: _Content, cache: Path | None = None) -> FaqSnapshot:
    """Content with its index; the index is taken from the cache folder where the same content was built before."""
    entries = [indexed(revision) for revision in content.revisions.values()]
    index = _cached_index(entries, cache) if cache else MatchIndex.build(entries)
    return FaqSnapshot(content.number, content.revisions, content.documents, content.topics, index)


def updated_snapshot(content: _Content, former: FaqSnapshot) -> FaqSnapshot:
    """Content with an index that keeps what the former one learned: live at once, for learning anew takes longer."""
    index = former.index.updated([indexed(revision) for revision in content.revisions.values()])
    return FaqSnapshot(content.number, content.revisions, content.documents, content.topics, index)


async def _aside(work: Callable[[], T]) -> T:
    """Run in a thread that doesn't hold up the end of the process, however long it takes."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(error: Exception | None, result: T | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - belongs to who waits
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(settle, failure, result)

    threading.Thread(target=run, name="index", daemon=True).start()
    return await future


def _cached_index(entries: Sequence[IndexedEntry], folder: Path) -> MatchIndex:
    path = folder / f"index-{MatchIndex.content_hash(entries)}.bin"
    if path.exists():
        with contextlib.suppress(Unavailable):  # damaged, or written by an older program: built anew below
            return MatchIndex.from_bytes(path.read_bytes())
    index = MatchIndex.build(entries)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("index-*.bin"):
        old.unlink(missing_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(index.to_bytes())
    temporary.replace(path)
    return index


class LiveFaq:
    """Holds the snapshot; `watch` keeps it current with the store."""

    def __init__(self, database: Database, clock: Clock, cache: Path | None = None) -> None:
        self._database = database
        self._clock = clock
        self._cache = cache
        self._snapshot: FaqSnapshot | None = None
        self._learned = -1  # the publication whose words the index has learned
        self._lock = asyncio.Lock()

    @property
    def snapshot(self) -> FaqSnapshot:
        """The FAQ as it is now; raises Unavailable before the first load."""
        if self._snapshot is None:
            raise Unavailable("index")
        return self._snapshot

    @property
    def ready(self) -> bool:
        """Whether there is a snapshot to answer from."""
        return self._snapshot is not None

    def today(self) -> date:
        """The day in Viet Nam; windows open and close with it."""
        return vietnam_day(self._clock.now())

    async def refresh(self) -> bool:
        """Load what is published now, if it changed; returns whether it did. Learning its words is left to `watch`."""
        async with self._lock:
            number = await self._database.read(faq_store.publication_number)
            if self._snapshot is not None and number == self._snapshot.number:
                return False
            content = await self._database.read(read_content)
            if self._snapshot is None:
                self._snapshot = await _aside(lambda: build_snapshot(content, self._cache))
                self._learned = content.number
            else:
                former = self._snapshot
                self._snapshot = await _aside(lambda: updated_snapshot(content, former))
            return True

    async def watch(self) -> None:
        """Refresh whenever the publication number moves, and learn beside it; runs until cancelled."""
        learning: asyncio.Task[None] | None = None
        try:
            while True:
                try:
                    if await self.refresh():
                        _LOG.info("faq live", extra={"publication": self.snapshot.number})
                except KnowledgeBaseError:
                    _LOG.exception("faq refresh failed; the former one stays live")
                if self._behind and (learning is None or learning.done()):
                    learning = asyncio.create_task(self._learn())
                await asyncio.sleep(_POLL_SECONDS)
        finally:
            if learning is not None:
                learning.cancel()

    @property
    def _behind(self) -> bool:
        return self._snapshot is not None and self._learned != self._snapshot.number

    async def _learn(self) -> None:
        """Build the index anew; when more was published meanwhile, the next round learns that."""
        was = self.snapshot
        entries = [indexed(revision) for revision in was.revisions.values()]
        try:
            index = await _aside(
                lambda: _cached_index(entries, self._cache) if self._cache else MatchIndex.build(entries)
            )
        except Exception:
            _LOG.exception("the index could not be learned anew; the updated one stays live")
            self._learned = was.number
            return
        if self.snapshot.number == was.number:
            self._snapshot = replace(was, index=index)
            self._learned = was.number

    async def match(self, text: str) -> Match:
        """Entries in force today that may fit a text; off the event loop."""
        return await asyncio.to_thread(self.snapshot.index.match, text, self.today())
