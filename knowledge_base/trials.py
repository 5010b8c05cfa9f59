"""Trying an edit on what residents have asked so far: in a thread, bounded, one at a time, nothing is kept.

While somebody who may write entries is at work, the stored questions are held ready in memory, as terms and meanings
without their words. They are read in the background, a few hundred at a time, and each trial first reads those that
came since. The words of the few that are matched are read from the store: what retention or an erasure has blanked
meanwhile is compared no more, and within half a minute not held here either.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date

from knowledge_base.errors import Unavailable
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.under_law import window_under_law
from knowledge_base.live_faq import FaqSnapshot, LiveFaq, indexed_entry
from knowledge_base.matching.bank import QuestionBank
from knowledge_base.matching.lint import Finding, day_for, lint_edit
from knowledge_base.matching.trial import Bounds, Trial, try_edit
from knowledge_base.storage import asked_store
from knowledge_base.storage.database import Database

_LOG = logging.getLogger(__name__)
_MOST_KEPT = 100_000  # the newest; about 60 MB
_OVER = 0.1  # so much more of them, until the oldest are let go of together
_AT_ONCE = 400  # questions read in one go
_AGAIN = 200  # on PostgreSQL a lower number may be committed after a higher one
_SECONDS = 1.5  # of a whole trial, until the question under way is through
_LEAST = 20  # questions that are compared however busy the machine is
_MOST_WAITING = 8  # trials of other people
_LOOK_SECONDS = 30.0
_REST = 1.0  # of the background, as a multiple of its work
_HELD_SECONDS = 3600.0  # after the last sign of who may write entries


class AskedSoFar:
    """The stored questions of one process, kept up; asked from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bank: QuestionBank | None = None  # made when it is wanted: a start need not wait for it
        self._numbers: list[int] = []
        self._last = -1
        self._lock = threading.Lock()
        self._wanted = asyncio.Event()
        self._wanted_until = 0.0

    def __len__(self) -> int:
        return len(self._numbers)

    def want(self) -> None:
        """Somebody is at work who may try an edit: hold the questions ready, for an hour at least."""
        self._wanted_until = time.monotonic() + _HELD_SECONDS
        self._wanted.set()

    def read_more(self) -> bool:
        """Read the next questions; False where there were none."""
        with self._lock:
            if self._last < 0:
                self._last = self._database.read_now(asked_store.number_before_newest, _MOST_KEPT)
            rows = self._database.read_now(asked_store.asked_after, self._last - _AGAIN, _AT_ONCE + _AGAIN)
            known = set(self._numbers[-2 * _AGAIN :])
            fresh = [(number, text) for number, text in rows if number not in known]
            if not fresh:
                return False
            self._bank = (self._bank or QuestionBank.of([])).grown([text for _number, text in fresh])
            self._numbers = [*self._numbers, *(number for number, _text in fresh)]
            self._last = max(self._last, fresh[-1][0])
            over = len(self._numbers) - _MOST_KEPT
            if over > _OVER * _MOST_KEPT:  # seldom: what stays is copied
                self._bank, self._numbers = self._bank.without(range(over)), self._numbers[over:]
            return True

    def forget(self) -> int:
        """Let go of questions that lost their words meanwhile (retention, an erasure); returns how many."""
        with self._lock:
            if self._bank is None:
                return 0
            worded = self._database.read_now(asked_store.still_worded, min(self._numbers))
            gone = [place for place, number in enumerate(self._numbers) if number not in worded]
            if gone:
                self._bank = self._bank.without(gone)
                self._numbers = [number for number in self._numbers if number in worded]
            return len(gone)

    def catch_up(self, until: float) -> tuple[QuestionBank, list[int]]:
        """The questions with their ids, as far as they could be read until a moment of `time.monotonic`."""
        while self.read_more() and time.monotonic() < until:
            continue
        with self._lock:
            return self._bank or QuestionBank.of([]), self._numbers

    def let_go(self) -> None:
        """Hold nothing any more, until questions are read again."""
        with self._lock:
            self._bank, self._numbers, self._last = None, [], -1

    async def keep_up(self) -> None:
        """While they are wanted, read what there is, resting between as long as it took, then now and then.

        Runs until cancelled.
        """
        while True:
            if time.monotonic() > self._wanted_until:
                self._wanted.clear()
                await asyncio.to_thread(self.let_go)
                await self._wanted.wait()
            began, more = time.monotonic(), False
            try:
                more = await asyncio.to_thread(self.read_more)
                if not more:
                    await asyncio.to_thread(self.forget)
            except Unavailable:
                _LOG.warning("the stored questions can't be read now; it is tried again")
            await asyncio.sleep(_REST * (time.monotonic() - began) if more else _LOOK_SECONDS)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial found. `day`: the outcomes are those of this day. `numbers`: the questions' ids by their place."""

    entry: FaqEntry
    findings: Sequence[Finding]
    trial: Trial
    numbers: Sequence[int]
    all_stored: int
    day: date
    seconds: float


@dataclass(slots=True)
class Running:
    """A trial on its way; `done` of `of` questions are compared (0 of 0: not begun)."""

    found: Future[Tried]
    stop: threading.Event = field(default_factory=threading.Event)
    done: int = 0
    of: int = 0

    def hear(self, done: int, of: int) -> bool:
        """Take note of how far it is; whether to go on. Others in the process get a turn meanwhile."""
        self.done, self.of = done, of
        time.sleep(0)
        return not self.stop.is_set()


class Trials:
    """One a process: a thread of its own tries one edit at a time, and one of each person."""

    def __init__(self, database: Database, faq: LiveFaq) -> None:
        self.asked = AskedSoFar(database)
        self._database = database
        self._faq = faq
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="trial")
        self._running: dict[int, Running] = {}

    def start(self, member_id: int, entry: FaqEntry) -> Running:
        """Try an edit; a former trial of the same person ends. Unavailable: no index yet, or too many are waiting."""
        snapshot = self._faq.snapshot
        former = self._running.get(member_id)
        if former is not None:
            former.stop.set()
        self._running = {key: one for key, one in self._running.items() if not one.found.done()}
        if len(self._running) > _MOST_WAITING:
            raise Unavailable("busy")
        running = Running(Future())
        self._running[member_id] = running
        self._thread.submit(self._run, running, snapshot, entry)
        return running

    def close(self) -> None:
        """End what is under way; at the end of the process."""
        for running in self._running.values():
            running.stop.set()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _run(self, running: Running, snapshot: FaqSnapshot, entry: FaqEntry) -> None:
        try:
            running.found.set_result(self._tried(running, snapshot, entry))
        except BaseException as error:  # noqa: BLE001 - belongs to who waits
            running.found.set_exception(error)

    def _tried(self, running: Running, snapshot: FaqSnapshot, entry: FaqEntry) -> Tried:
        began = time.monotonic()
        edited = indexed_entry(replace(entry, in_force=window_under_law(entry, snapshot.documents)))
        day = day_for(edited, self._faq.today())
        bank, numbers = self.asked.catch_up(began + _SECONDS / 3)
        findings = lint_edit(snapshot.index, edited, day)

        def texts(places: Sequence[int]) -> dict[int, str]:
            words = self._database.read_now(asked_store.asked_of, [numbers[place] for place in places])
            return {place: words[numbers[place]] for place in places if numbers[place] in words}

        bounds = Bounds(until=began + _SECONDS, least=_LEAST)
        trial = try_edit(snapshot.index, edited, bank, texts, day, bounds, running.hear)
        stored = self._database.read_now(asked_store.count_asked)
        return Tried(entry, findings, trial, numbers, stored, day, time.monotonic() - began)
