"""The FAQ that is live now: entries, documents and index as one immutable snapshot, swapped by one reference."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from knowledge_base.clock import Clock, vietnam_day
from knowledge_base.errors import Unavailable
from knowledge_base.faq.correction import Correction
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.revision import Revision
from knowledge_base.faq.translation import Translation
from knowledge_base.faq.under_law import window_under_law
from knowledge_base.matching.apart import Lifeline, built_apart
from knowledge_base.matching.decide import Match
from knowledge_base.matching.index import IndexedEntry, MatchIndex
from knowledge_base.matching.labels import Label, digest
from knowledge_base.storage import erased_wording_store, faq_store, label_store, translation_store
from knowledge_base.storage.database import Database, Transaction

_LOG = logging.getLogger(__name__)
T = TypeVar("T")
Build = Callable[[Sequence[IndexedEntry], Sequence[Label]], MatchIndex]
_POLL_SECONDS = 0.5  # a publication made by another process is live within two seconds
_ANSWERING_SECONDS = 20.0  # after a start what waited is answered first; learning takes a processor meanwhile
_LABELS_SECONDS = 6 * 3600.0  # new labels move the thresholds little, and learning anew costs a minute


@dataclass(frozen=True, slots=True)
class FaqSnapshot:
    """Everything a face needs of the FAQ at one publication number."""

    number: int
    revisions: Mapping[str, Revision]  # by entry key: every live revision, its window ended by the law's dates
    documents: Mapping[str, LegalDocument]
    topics: Sequence[Topic]
    index: MatchIndex
    written: Mapping[str, Revision] = field(default_factory=dict)  # every live revision with the window it was given
    corrections: Mapping[str, Sequence[Correction]] = field(default_factory=dict)  # by entry key, newest first
    # By language and entry key: what somebody vouches for, made from the very words that are live.
    translations: Mapping[str, Mapping[str, Translation]] = field(default_factory=dict)
    _by_day: dict[date, dict[str, Revision]] = field(default_factory=dict, compare=False, repr=False)

    def in_force_on(self, day: date) -> Mapping[str, Revision]:
        """The revisions that hold on a day, by entry key; asked for every message, so worked out once a day."""
        found = self._by_day.get(day)
        if found is None:
            found = {revision.key: revision for revision in self.in_force(day)}
            self._by_day[day] = found
        return found

    def in_force(self, day: date) -> list[Revision]:
        """The revisions that hold on a day."""
        return [revision for revision in self.revisions.values() if revision.entry.in_force.holds_on(day)]


@dataclass(frozen=True, slots=True)
class _Content:
    number: int
    revisions: dict[str, Revision]
    written: dict[str, Revision]
    documents: dict[str, LegalDocument]
    topics: list[Topic]
    labels: list[Label]
    translations: dict[str, dict[str, Translation]]
    corrections: dict[str, list[Correction]] = field(default_factory=dict)
    erased: int = 0  # the last publication that took an erased resident's wordings out


def read_content(tx: Transaction) -> _Content:
    """What the store holds of the live FAQ, and the labels its index learns from."""
    written = {revision.key: revision for revision in faq_store.published(tx)}
    documents = faq_store.documents(tx)
    return _Content(
        number=faq_store.publication_number(tx),
        revisions=dict(_under_law(written, documents)),
        written=written,
        documents=documents,
        topics=faq_store.all_topics(tx),
        labels=label_store.labels(tx),
        corrections=faq_store.corrections(tx),
        translations=_fresh(translation_store.published(tx), written),
        erased=erased_wording_store.newest_erasure(tx),
    )


def _fresh(approved: Iterable[Translation], written: Mapping[str, Revision]) -> dict[str, dict[str, Translation]]:
    """Without those that are stale: nobody reads words whose source says something else by now."""
    found: dict[str, dict[str, Translation]] = {}
    for one in approved:
        if one.key in written and one.is_of(written[one.key].entry):
            found.setdefault(one.language, {})[one.key] = one
    return found


def _under_law(
    written: Mapping[str, Revision], documents: Mapping[str, LegalDocument]
) -> Iterator[tuple[str, Revision]]:
    """The revisions with the windows that bot, pages, search and export go by, decided here once for all of them."""
    for key, revision in written.items():
        window = window_under_law(revision.entry, documents)
        if window == revision.entry.in_force:
            yield key, revision
        elif window.to_day != date.min:  # else its law ended nobody knows when: nothing says when the answer was true
            yield key, replace(revision, entry=replace(revision.entry, in_force=window))


def indexed(revision: Revision) -> IndexedEntry:
    """What the matcher needs to know of a live entry."""
    return indexed_entry(revision.entry)


def indexed_entry(entry: FaqEntry) -> IndexedEntry:
    """What the matcher needs to know of an entry, live or not."""
    return IndexedEntry(
        key=entry.key,
        question=entry.question,
        phrasings=entry.phrasings,
        answer=f"{entry.short_answer}\n{entry.details}" + (f"\n{entry.easy_read}" if entry.easy_read else ""),
        in_force=entry.in_force,
    )


def build_snapshot(content: _Content, cache: Path | None = None, build: Build | None = None) -> FaqSnapshot:
    """Content with a fully learned index, from the cache folder where this content was built before."""
    index = _stored(_entries(content), cache)
    return _snapshot(content, index) if index else _learned(content, cache, build or MatchIndex.build)


def _learned(content: _Content, cache: Path | None, build: Build) -> FaqSnapshot:
    """Content with an index that is built now, and kept in the cache folder."""
    entries = _entries(content)
    index = build(entries, content.labels)
    _keep(index, content, cache)
    return _snapshot(content, index)


def _keep(index: MatchIndex, content: _Content, cache: Path | None) -> None:
    """Keep an index in the cache folder, for the next start."""
    if cache is not None:
        try:
            _store(index, _entries(content), cache)
        except OSError:  # it only saves time
            _LOG.exception("the index can't be kept in %s", cache)


def _entries(content: _Content) -> list[IndexedEntry]:
    return [indexed(revision) for revision in content.revisions.values()]


def _built_beside(lifeline: Lifeline, entries: Sequence[IndexedEntry], labels: Sequence[Label]) -> MatchIndex:
    """Built in another process, so that answering is not slowed; here, where no process can be started."""
    try:
        return built_apart(entries, labels, lifeline)
    except Unavailable:
        if lifeline.is_cut:
            raise
        _LOG.exception("learning in a process of its own failed; learning in this one")
        return MatchIndex.build(entries, labels)


def _snapshot(content: _Content, index: MatchIndex) -> FaqSnapshot:
    return FaqSnapshot(
        content.number,
        content.revisions,
        content.documents,
        content.topics,
        index,
        content.written,
        content.corrections,
        content.translations,
    )


def _quick_snapshot(content: _Content, former: MatchIndex) -> FaqSnapshot:
    """Content with an index that keeps what the former one learned; live at once."""
    return _snapshot(content, former.updated(_entries(content)))


def _path(entries: Sequence[IndexedEntry], folder: Path) -> Path:
    return folder / f"index-{MatchIndex.content_hash(entries)}.bin"


def _load(path: Path) -> MatchIndex | None:
    """A stored index; None when it is missing, damaged or another program's."""
    with contextlib.suppress(OSError, Unavailable):
        return MatchIndex.from_bytes(path.read_bytes())
    return None


def _stored(entries: Sequence[IndexedEntry], folder: Path | None) -> MatchIndex | None:
    return _load(_path(entries, folder)) if folder else None


def _newest_stored(folder: Path | None) -> MatchIndex | None:
    """The index of some former content, to start from after a restart."""
    with contextlib.suppress(OSError):  # another process may clear the folder in this moment
        found = sorted(folder.glob("index-*.bin"), key=lambda path: path.stat().st_mtime) if folder else []
        return _load(found[-1]) if found else None
    return None


def _store(index: MatchIndex, entries: Sequence[IndexedEntry], folder: Path) -> None:
    path = _path(entries, folder)
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(index.to_bytes())
    for old in folder.glob("index-*.bin"):
        old.unlink(missing_ok=True)
    temporary.replace(path)


def _drop_stale(entries: Sequence[IndexedEntry], folder: Path | None) -> None:
    """Remove the indexes of former contents: they hold wordings that were taken out."""
    stays = _path(entries, folder) if folder else None
    with contextlib.suppress(OSError):  # another process clears the folder in this moment
        for old in folder.glob("index-*") if folder else ():
            if old != stays:
                old.unlink(missing_ok=True)


async def _aside(work: Callable[[], FaqSnapshot]) -> FaqSnapshot:
    """Run in a thread that doesn't hold up the end of the process: learning takes longer than stopping may."""
    done: Future[FaqSnapshot] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - belongs to who waits
            done.set_exception(error)

    threading.Thread(target=run, name="learning", daemon=True).start()
    # Shielded: a cancelled future could not be settled by the thread.
    return await asyncio.shield(asyncio.wrap_future(done))


class LiveFaq:
    """Holds the snapshot; `watch` keeps it current with the store.

    A change is live within moments, with what the former index learned; learning anew goes on beside it and is
    swapped in when it is through.
    """

    def __init__(self, database: Database, clock: Clock, cache: Path | None = None) -> None:
        self._database = database
        self._clock = clock
        self._cache = cache
        self._snapshot: FaqSnapshot | None = None
        self._unlearned: _Content | None = None  # what the present index has not learned from yet
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
        """Load what is published now, if it changed; returns whether it did."""
        async with self._lock:
            number = await self._database.read(faq_store.publication_number)
            if self._snapshot is not None and number == self._snapshot.number:
                return False
            content = await self._database.read(read_content)
            self._snapshot = await asyncio.to_thread(self._first_or_quick, content)
            return True

    def _first_or_quick(self, content: _Content) -> FaqSnapshot:
        learned = _stored(_entries(content), self._cache)
        former = self._snapshot.index if self._snapshot else _newest_stored(self._cache)
        if content.erased > (self._snapshot.number if self._snapshot else 0):
            _drop_stale(_entries(content), self._cache)
        self._unlearned = None
        if learned is not None:
            self._unlearned = None if learned.labels == digest(content.labels) else content
            return _snapshot(content, learned)
        if former is None:
            return build_snapshot(content, self._cache)
        self._unlearned = content
        return _quick_snapshot(content, former)

    async def learn(self) -> bool:
        """Learn anew from what changed; returns whether there was something. Swapped in unless it changed again."""
        content = self._unlearned
        if content is None:
            return False
        lifeline = Lifeline()
        try:
            learned = await _aside(lambda: _learned(content, None, partial(_built_beside, lifeline)))
        except asyncio.CancelledError:
            lifeline.cut()
            raise
        async with self._lock:
            if self._unlearned is content:
                self._snapshot, self._unlearned = learned, None
                await asyncio.to_thread(_keep, learned.index, content, self._cache)
        return True

    async def relabel(self) -> bool:
        """See whether people have labelled questions since; if so, `learn` has something to do."""
        labels = digest(await self._database.read(label_store.labels))
        if self._snapshot is None or self._unlearned is not None or self._snapshot.index.labels == labels:
            return False
        content = await self._database.read(read_content)
        async with self._lock:
            if self._unlearned is not None or self._snapshot.number != content.number:
                return False  # what is published now is learned from anyway
            self._unlearned = content
            return True

    async def watch(self) -> None:
        """Refresh whenever the publication number moves, learn beside it; runs until cancelled."""
        await asyncio.gather(
            self._every(self.refresh), self._learn_beside(), self._every(self.relabel, _LABELS_SECONDS)
        )

    async def _learn_beside(self) -> None:
        await asyncio.sleep(_ANSWERING_SECONDS)
        await self._every(self.learn)

    async def _every(self, work: Callable[[], Awaitable[bool]], seconds: float | None = None) -> None:
        while True:
            try:
                if await work():
                    _LOG.info("faq %s: publication %d", getattr(work, "__name__", "change"), self.snapshot.number)
            except Exception:  # noqa: BLE001 - whatever went wrong: a watch that ends would never see a change again
                _LOG.exception("faq refresh failed; the former one stays live")
            await asyncio.sleep(_POLL_SECONDS if seconds is None else seconds)

    async def match(self, text: str) -> Match:
        """Entries in force today that may fit a text; off the event loop."""
        return await asyncio.to_thread(self.snapshot.index.match, text, self.today())
