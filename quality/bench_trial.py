"""What "thử câu này" costs: `python -m quality.bench_trial` prints JSON.

A made-up FAQ of 10,000 entries (ten phrasings each) and a store with 50,000 made-up questions, a tenth of them about
what no entry answers, on SQLite. Edits of four
kinds are tried one after another, as the console tries them (`knowledge_base/trials.py`): a new entry; a phrasing more;
a phrasing that another entry has; the answer changed, so that all of an entry's phrasings count.

* `read_seconds`: reading all stored questions after a start, in the background, without its rests.
* `first_ms`: until the first progress; `whole_ms`: until the result; median, 95th percentile, worst. The aim: 2,000.
* `compared`: how many questions were matched, `near` how many come near; medians.
* `reply_ms`: how long a resident's match takes meanwhile, in a thread of its own, and with nothing beside it.
"""

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, cast

from knowledge_base.clock import SystemClock, vietnam_day
from knowledge_base.errors import Unavailable
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.keys import Keys
from knowledge_base.live_faq import FaqSnapshot, LiveFaq
from knowledge_base.matching.index import IndexedEntry, MatchIndex
from knowledge_base.storage import question_store, staff_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import migrate
from knowledge_base.trials import Trials, Tried
from quality.bench_queue import summary
from quality.synthetic import PHRASINGS_AN_ENTRY, questions, synthetic_faq

_AT_ONCE = 2_000
_HURRY = 0.02  # seconds between a resident's messages


@dataclass(frozen=True, slots=True)
class _Faq:
    """What a trial asks of the live FAQ."""

    snapshot: FaqSnapshot

    def today(self) -> date:
        return vietnam_day(SystemClock().now())


def _ask(tx: Transaction, first: int, texts: list[str]) -> None:
    rows = [
        {
            "reference": f"{number:08}"[:4] + "-" + f"{number:08}"[4:],
            "contact_ref": f"{number % 20_000:032}",
            "channel": "web_chat",
            "unit_code": "0",
            "text": text,
            "state": "closed",
        }
        for number, text in enumerate(texts, first)
    ]
    question_store.add_questions(tx, rows)


def edits(entries: list[IndexedEntry], each: int) -> Iterator[tuple[str, FaqEntry]]:
    """Edits of every kind, spread over the FAQ."""
    strange = synthetic_faq((len(entries) + 2 * each) * PHRASINGS_AN_ENTRY)[len(entries) :]
    for at in range(each):
        entry, other = entries[(2 * at + 1) * len(entries) // (2 * each)], entries[at]
        yield "new entry", _typed(strange[at])
        yield "phrasing", _typed(entry, strange[each + at].phrasings[0])
        yield "stolen phrasing", _typed(entry, other.phrasings[3].replace("?", " vậy"))
        yield "answer", replace(_typed(entry), short_answer="Liên hệ nơi khác.")


def _typed(entry: IndexedEntry, *more: str) -> FaqEntry:
    phrasings = (*entry.phrasings, *more)
    return FaqEntry(entry.key, "referral", "draft", "", "t", entry.question, entry.answer, phrasings=phrasings)


def tried(trials: Trials, entry: FaqEntry) -> tuple[Tried, float, float]:
    """The result, milliseconds until the first progress, until the end."""
    began = time.perf_counter()
    running, first = trials.start(1, entry), 0.0
    while not running.found.done():
        if running.of and not first:
            first = 1000 * (time.perf_counter() - began)
        time.sleep(0.005)
    whole = 1000 * (time.perf_counter() - began)
    return running.found.result(), first or whole, whole


def replies(index: MatchIndex, texts: list[str], stop: threading.Event) -> list[float]:
    """Milliseconds of each match of a resident's message, until told to stop."""
    found = []
    for text in texts:
        if stop.wait(_HURRY):
            break
        began = time.perf_counter()
        index.match(text)
        found.append(1000 * (time.perf_counter() - began))
    return found


def measure(database: Database, entries: list[IndexedEntry], index: MatchIndex, each: int) -> dict[str, Any]:
    """All figures."""
    snapshot = FaqSnapshot(1, {}, {}, (), index)
    trials = Trials(database, cast("LiveFaq", _Faq(snapshot)))
    began = time.perf_counter()
    while trials.asked.read_more():
        pass
    found: dict[str, Any] = {"read_seconds": round(time.perf_counter() - began, 1)}
    asked, stop, beside = questions(entries, 400, seed=11), threading.Event(), list[float]()
    alone = replies(index, asked[:100], stop)
    resident = threading.Thread(target=lambda: beside.extend(replies(index, asked * 50, stop)))
    resident.start()
    results: dict[str, list[tuple[Tried, float, float]]] = {}
    for kind, entry in edits(entries, each):
        results.setdefault(kind, []).append(tried(trials, entry))
    stop.set()
    resident.join()
    every = [one for some in results.values() for one in some]
    return {
        **found,
        "first_ms": summary([first for _, first, _ in every]),
        "whole_ms": summary([whole for _, _, whole in every]),
        "by_kind": {kind: _of_kind(some) for kind, some in results.items()},
        "reply_ms": {"alone": summary(alone), "beside a trial": summary(beside)},
    }


def _of_kind(some: list[tuple[Tried, float, float]]) -> dict[str, Any]:
    trials = [one.trial for one, _, _ in some]
    return {
        "tried": len(some),
        "whole_ms": summary([whole for _, _, whole in some]),
        "near": statistics.median(one.near for one in trials),
        "compared": statistics.median(one.compared for one in trials),
        "changes": statistics.median(len(one.changes) for one in trials),
    }


def main() -> None:
    """Fill, measure, print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("--questions", type=int, default=50_000)
    options.add_argument("--entries", type=int, default=10_000)
    options.add_argument("--each", type=int, default=10, help="edits of each kind")
    options.add_argument("--index", type=Path, help="where the index is kept between two runs")
    arguments = options.parse_args()
    entries = synthetic_faq(arguments.entries * PHRASINGS_AN_ENTRY)
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(
            f"sqlite:///{Path(folder) / 'store.sqlite3'}", SystemClock(), Keys.from_secret("x" * 32)
        )
        migrate(database.engine)
        database.write_now(staff_store.ensure_unit, "0", "Bộ")
        texts = questions(synthetic_faq(len(entries) * PHRASINGS_AN_ENTRY * 11 // 10), arguments.questions)
        for first in range(0, len(texts), _AT_ONCE):
            database.write_now(_ask, first, texts[first : first + _AT_ONCE])
        figures = measure(database, entries, _index(entries, arguments.index), arguments.each)
        database.close()
    json.dump({"entries": len(entries), "questions": len(texts), **figures}, sys.stdout, ensure_ascii=False, indent=1)
    print()


def _index(entries: list[IndexedEntry], kept: Path | None) -> MatchIndex:
    if kept is not None and kept.exists():
        with contextlib.suppress(Unavailable):  # made by other code
            return MatchIndex.from_bytes(kept.read_bytes())
    index = MatchIndex.build(entries)
    if kept is not None:
        kept.write_bytes(index.to_bytes())
    return index


if __name__ == "__main__":
    main()
