"""What the officers' queue costs when it is long: `python -m quality.bench_queue` prints JSON.

A store with 200,000 made-up questions, 50,000 of them open, on SQLite and on PostgreSQL; 3 provinces of 40 communes.
Each page is read as the console reads it (questions, number of all, numbers of the tabs, names), by an officer of a
commune, of a province and of the unit above all, on its first page, in the middle and at the end.

* `page`: by filter, order and reader; milliseconds, median and 95th percentile. The aim: 150.
* `search`: full text, one word to three. The aim: 300.
* `like`: suggesting a cluster for a question, once the sketches are in memory. The aim: 100.
* `statements`: how many each of these takes; they don't depend on the number of rows.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from admin.views.queue import read_page
from knowledge_base.clock import SystemClock, vietnam_day
from knowledge_base.keys import Keys
from knowledge_base.matching.sketch import sketches
from knowledge_base.neighbours import Neighbours
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage import question_store, queue_store, sketch_store, staff_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.queue_store import QueueFilter
from knowledge_base.storage.schema import migrate
from knowledge_base.storage.tables import units
from quality.postgresql import throwaway_server
from quality.sets import own_entries

_AT_ONCE = 2_000
_IN_COMMUNES, _OWNED, _URGENT = 0.9, 0.05, 0.01  # shares
_CHANNELS = ("telegram", "zalo_oa", "zalo_bot", "web_chat", "sms")
_TOPICS = ("bhyt", "vay-von", "nha-o", "giao-duc", "tro-cap", "chuan-ngheo")
_SEARCHES = ("bhyt", "vay von", "ho ngheo hoc phi", "the bao hiem y te", "khong", "lam o dau")


def wordings() -> list[str]:
    """What people ask: the phrasings of the project's own entries."""
    return sorted({phrasing for entry in own_entries() for phrasing in entry.phrasings})


def fill(database: Database, number: int, open_share: float, texts: list[str]) -> None:
    """Made-up questions: the texts again and again with other words before and after them."""
    chance = random.Random(20_260_101)
    database.write_now(_furnish)
    communes = [f"{province}{commune:03}" for province in (1, 2, 3) for commune in range(40)]
    for start in range(0, number, _AT_ONCE):
        rows = [_row(chance, start + at, texts, communes, open_share) for at in range(min(_AT_ONCE, number - start))]
        database.write_now(_add, rows)
    database.write_now(_sketch, dict(zip(texts, sketches(texts), strict=True)))


def _furnish(tx: Transaction) -> None:
    for province in (1, 2, 3):
        values = {"code": str(province), "name": f"Tỉnh {province}", "kind": "province", "parent_code": "0"}
        tx.execute(units.insert().values(path=f"0/{province}/", **values))
        for commune in range(40):
            code = f"{province}{commune:03}"
            values = {"code": code, "name": f"Xã {code}", "kind": "commune", "parent_code": str(province)}
            tx.execute(units.insert().values(path=f"0/{province}/{code}/", **values))
    for code in ("0", "1", "1000"):
        staff_store.add_member(tx, f"officer{code}", Role.OFFICER, code, "no hash", must_change=False)


def _row(
    chance: random.Random, number: int, texts: list[str], communes: list[str], open_share: float
) -> dict[str, Any]:
    is_open = chance.random() < open_share
    state = chance.choice(("queued", "queued", "queued", "assigned", "waiting_for_resident")) if is_open else "closed"
    received = SystemClock().now() - timedelta(minutes=number % 500_000)
    said = chance.choice(texts)
    return {
        "reference": f"{number:08}"[:4] + "-" + f"{number:08}"[4:],
        "contact_ref": f"{number % 70_000:032}",
        "channel": chance.choice(_CHANNELS),
        "unit_code": chance.choice(communes) if chance.random() < _IN_COMMUNES else "0",
        "text": f"{said} {number}",
        "state": state,
        "topic": chance.choice(_TOPICS),
        "assigned_to": 1 if state in ("assigned", "waiting_for_resident") else None,
        "owner_id": 1 if chance.random() < _OWNED else None,
        "due_on": vietnam_day(received) + timedelta(days=chance.randrange(30)),
        "urgent": chance.random() < _URGENT,
        "candidates": [{"id": f"T{number % 60:02}", "confidence": 0.4}],
        "received_at": received,
        "updated_at": received,
    }


def _add(tx: Transaction, rows: list[dict[str, Any]]) -> None:
    question_store.add_questions(tx, rows)


def _sketch(tx: Transaction, by_text: dict[str, bytes]) -> None:
    """The sketch of the wording each question was made from: near enough, and quick to make."""
    last = 0
    while True:
        query = text("SELECT id, text FROM questions WHERE id > :last AND state <> 'closed' ORDER BY id LIMIT 5000")
        rows = tx.execute(query, {"last": last}).all()
        if not rows:
            return
        sketch_store.put(tx, [(row.id, by_text[row.text.rpartition(" ")[0]]) for row in rows])
        last = rows[-1].id


def filters() -> Iterator[tuple[str, QueueFilter, bool]]:
    """What is asked for: a name, the filter, whether it is a search."""
    for reader, path in (("all", "0/"), ("province", "0/1/"), ("commune", "0/1/1000/")):
        for tab in queue_store.TABS:
            for order in queue_store.ORDERS:
                yield f"{reader}/{tab}/{order}", QueueFilter(path, tab, member=1, order=order), False
        for name, values in (
            ("overdue", {"overdue": True}),
            ("channel", {"channel": "sms"}),
            ("topic", {"topic": "nha-o"}),
            ("unit", {"unit": "1000"}),
            ("channel+topic+overdue", {"channel": "sms", "topic": "nha-o", "overdue": True}),
        ):
            for tab in ("open", "all"):
                yield f"{reader}/{tab}/{name}", QueueFilter(path, tab, member=1, **values), False
        for words in _SEARCHES:
            for tab in ("open", "all"):
                yield f"{reader}/{tab}/“{words}”", QueueFilter(path, tab, words=words, member=1), True


def timed(work: Callable[[], Any], times: int) -> list[float]:
    """Milliseconds of each time."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - began))
    return found


def summary(found: list[float]) -> dict[str, float]:
    """Median, 95th percentile and worst, in milliseconds."""
    ordered = sorted(found)
    worst = ordered[-1]
    high = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return {"median": round(statistics.median(found), 1), "p95": round(high, 1), "worst": round(worst, 1)}


def measure(database: Database, times: int) -> dict[str, Any]:
    """All figures of one store."""
    today = vietnam_day(SystemClock().now())
    pages: dict[str, list[float]] = {"page": [], "search": []}
    slowest: list[tuple[float, str]] = []
    statements: set[int] = set()
    for name, wanted, is_search in filters():
        total = database.read_now(queue_store.page, wanted, today)[1]
        for offset in sorted({0, total // 100 * 50, max(0, total - 50)}):
            found = timed(lambda w=wanted, o=offset: database.read_now(read_page, w, 1, today, o), times)  # type: ignore[misc]
            pages["search" if is_search else "page"] += found
            slowest.append((round(statistics.median(found), 1), f"{name} from {offset} of {total}"))
        statements.add(counted(database, lambda w=wanted: database.read_now(read_page, w, 1, today, 0)))  # type: ignore[misc]
    neighbours = Neighbours()
    opened = database.read_now(queue_store.page, QueueFilter("0/", "open", member=1, order="newest"), today, limit=50)[
        0
    ]
    first = timed(lambda: database.read_now(neighbours.like, opened[0], "0/"), 1)
    like = [ms for one in opened for ms in timed(lambda o=one: database.read_now(neighbours.like, o, "0/"), 1)]  # type: ignore[misc]
    return {
        "page": summary(pages["page"]),
        "search": summary(pages["search"]),
        "like": {**summary(like), "first": round(first[0], 1)},
        "statements": sorted(statements),
        "slowest": sorted(slowest, reverse=True)[:12],
    }


def counted(database: Database, work: Callable[[], Any]) -> int:
    """How many statements it takes."""
    seen = 0

    def count(*_arguments: object) -> None:
        nonlocal seen
        seen += 1

    engine = database._readers  # type: ignore[attr-defined]  # noqa: SLF001 - statements are counted where they run
    event.listen(engine, "before_cursor_execute", count)
    work()
    event.remove(engine, "before_cursor_execute", count)
    return seen


def main() -> None:
    """Fill, measure, print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("--questions", type=int, default=200_000)
    options.add_argument("--open", type=float, default=0.25, help="the share that is open")
    options.add_argument("--times", type=int, default=5)
    options.add_argument("--on", choices=("sqlite", "postgresql"), action="append")
    arguments = options.parse_args()
    keys, texts, found = Keys.from_secret("x" * 32), wordings(), {}
    with tempfile.TemporaryDirectory() as folder, throwaway_server() as server:
        urls = {"sqlite": f"sqlite:///{Path(folder) / 'store.sqlite3'}", "postgresql": server}
        for kind in arguments.on or urls:
            database = open_database(urls[kind], SystemClock(), keys)
            migrate(database.engine)
            database.write_now(staff_store.ensure_unit, "0", "Bộ")
            fill(database, arguments.questions, arguments.open, texts)
            if kind == "postgresql":  # as its own autovacuum does some minutes after a load
                with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text("VACUUM ANALYZE"))
            found[kind] = measure(database, arguments.times)
            database.close()
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
