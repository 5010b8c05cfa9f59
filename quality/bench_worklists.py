"""What the editors' worklists cost when there is much: `python -m quality.bench_worklists` prints JSON.

A store with 50,000 made-up questions and 10,000 entries, 30,000 words on entries, 65 entries shipped; on SQLite and on
PostgreSQL. Pages are read as the console reads them, by an editor of the unit above all, of a province and of a
commune; milliseconds, median and 95th percentile. The aim: 200. What the live FAQ says to the ten groups that a page of
gaps shows is not in these figures (`bench_matching` has what a match costs).
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, text, update

from admin.views import feedback as feedback_views
from admin.views import gaps as gap_views
from knowledge_base import confirming
from knowledge_base.clock import SystemClock
from knowledge_base.keys import Keys
from knowledge_base.kinds import Kinds
from knowledge_base.storage import feedback_store, gap_store, staff_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import migrate
from knowledge_base.storage.tables import entries, feedback, phrasings, questions, revisions
from quality.bench_queue import fill, summary, timed, wordings
from quality.postgresql import throwaway_server
from quality.sets import own_entries

_READERS = {"all": "0/", "province": "0/1/", "commune": "0/1/1000/"}
_VERDICTS = ("unclear", "notmine", "clear", "useful", "not_useful")
_ANSWERED, _SHIPPED, _AT_ONCE = 0.4, 65, 2_000


def _furnish(tx: Transaction, number: int) -> None:
    """Entries with the content of our own ones, again and again."""
    now, models = tx.now, own_entries()
    for start in range(0, number, _AT_ONCE):
        keys = [(f"B{at:05}", models[at % len(models)], at < _SHIPPED) for at in range(start, start + _AT_ONCE)]
        tx.execute(
            entries.insert(),
            [{"key": key, "slug": key.lower(), "shipped": shipped, "created_at": now} for key, _one, shipped in keys],
        )
        common = {"number": 1, "state": "published", "author": "import", "created_at": now, "published_at": now}
        tx.execute(revisions.insert(), [{"entry_key": key, "content": _content(one), **common} for key, one, _ in keys])
        said = [
            {"entry_key": key, "text": f"{words} {key}", "position": place, "origin": "import"}
            for key, one, _shipped in keys
            for place, words in enumerate(one.phrasings[:5])
        ]
        tx.execute(phrasings.insert(), said)


def _content(one: Any) -> dict[str, Any]:
    texts = {"question": one.phrasings[0], "short_answer": one.answer[:300], "details": one.answer}
    empty: dict[str, Any] = {"audience": [], "legal_basis": [], "sources": [], "checked_on": None}
    return {"kind": "referral", "topic": "bhyt", "in_force": {"from": None, "to": None}, **texts, **empty}


def _opinions(tx: Transaction, number: int, chance: random.Random) -> None:
    """Some questions were answered by an entry, and people said something about it."""
    ids = [row.id for row in tx.execute(text("SELECT id FROM questions ORDER BY id"))]
    answered = chance.sample(ids, int(_ANSWERED * len(ids)))
    keys = {one: f"B{min(int(chance.expovariate(1 / 800)), 9_999):05}" for one in answered}
    answering = update(questions).where(questions.c.id == bindparam("one")).values(entry_key=bindparam("key"))
    tx.execute(answering, [{"one": one, "key": key} for one, key in keys.items()])
    rows = []
    for _ in range(number):
        one, verdict = chance.choice(answered), chance.choice(_VERDICTS)
        of = one if verdict in _VERDICTS[:3] else None
        at = tx.now - timedelta(days=chance.randrange(120))
        rows.append({"entry_key": keys[one], "question_id": of, "verdict": verdict, "at": at})
    tx.execute(feedback.insert(), rows)


def _find_kinds(database: Database) -> None:
    kinds = Kinds()
    while found := database.read_now(kinds.find):
        database.write_now(gap_store.put_kin, found)


def measure(database: Database, times: int) -> dict[str, Any]:
    """All figures of one store."""
    found: dict[str, dict[str, float]] = {}
    for reader, path in _READERS.items():
        heaviest = database.read_now(feedback_views.read_page, path, handled=False, number=1).worries
        key = heaviest[0].key if heaviest else "B00000"
        for name, work in _pages(database, path, key).items():
            found[f"{name}/{reader}"] = summary(timed(work, times))
    found["confirming"] = summary(timed(lambda: database.read_now(confirming.shipped), times))
    return found


def _pages(database: Database, path: str, key: str) -> dict[str, Callable[[], Any]]:
    return {
        "feedback": lambda: database.read_now(feedback_views.read_page, path, handled=False, number=1),
        "wordings": lambda: database.read_now(feedback_store.wordings, path, key),
        "gaps": lambda: database.read_now(gap_views.read_page, path, 1),
        "gaps/page 5": lambda: database.read_now(gap_views.read_page, path, 5),
    }


def main() -> None:
    """Fill, measure, print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("--questions", type=int, default=50_000)
    options.add_argument("--entries", type=int, default=10_000)
    options.add_argument("--times", type=int, default=40)
    options.add_argument("--on", choices=("sqlite", "postgresql"), action="append")
    arguments = options.parse_args()
    keys, texts, found = Keys.from_secret("x" * 32), wordings(), {}
    with tempfile.TemporaryDirectory() as folder, throwaway_server() as server:
        urls = {"sqlite": f"sqlite:///{Path(folder) / 'store.sqlite3'}", "postgresql": server}
        for kind in arguments.on or urls:
            database = open_database(urls[kind], SystemClock(), keys)
            migrate(database.engine)
            database.write_now(staff_store.ensure_unit, "0", "Bộ")
            fill(database, arguments.questions, 0.5, texts)
            database.write_now(_furnish, arguments.entries)
            database.write_now(_opinions, 30_000, random.Random(20_260_101))
            _find_kinds(database)
            if kind == "postgresql":  # as its own autovacuum does some minutes after a load
                with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    connection.execute(text("VACUUM ANALYZE"))
            found[kind] = measure(database, arguments.times)
            database.close()
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
