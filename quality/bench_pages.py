"""What the pages cost over a large FAQ: `python -m quality.bench_pages` prints JSON.

10,000 made-up entries with 100,000 phrasings (`quality/synthetic.py`) on 60 made-up documents; a tenth of them end
with the year, and others begin. The console and the info page as they are served, asked over loopback one by one.

* `console`: the list by filter, words and page, an entry, a text in review, the editors' desk, the cut-over view, the
  worklists, the register. The aim of list, search and cut-over view: 200 ms.
* `public`: home, topic, entry, search, new answers, feed, sitemap.

Milliseconds, median, 95th percentile and worst, by page; `first` is the first time, when nothing is in memory yet.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from admin.app import build_app as build_console
from admin.sessions import cookie_name
from info_page.app import build_app as build_page
from knowledge_base import accounts, editorial
from knowledge_base.clock import SystemClock
from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.publication import RevisionState
from knowledge_base.keys import Keys
from knowledge_base.live_faq import LiveFaq
from knowledge_base.questions.lifecycle import Role
from knowledge_base.settings import Settings
from knowledge_base.storage import faq_store, staff_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import migrate
from quality.bench_queue import summary
from quality.postgresql import throwaway_server
from quality.synthetic import PHRASINGS_AN_ENTRY, synthetic_faq

_TOPICS, _DOCUMENTS = 12, 60
_END, _BEGIN = date(2026, 12, 31), date(2027, 1, 1)
_TOKEN = "a-token-of-the-bench"  # noqa: S105 - of a store that is thrown away


def entries(number: int, phrasings: int) -> Iterator[FaqEntry]:
    """Synthetic entries with topics, legal bases and windows; every tenth is followed by the next one on 1/1/2027."""
    made = synthetic_faq(number * PHRASINGS_AN_ENTRY)
    for at, entry in enumerate(made):
        place = at % 10
        window = (
            InForce(None, _END)
            if place == 0
            else InForce(_BEGIN, None)
            if place == 1
            else InForce(date(2022, 1, 1), None)
        )
        key = f"{made[at - 1].key}-2027" if place == 1 else entry.key
        yield FaqEntry(
            key=key,
            kind="answer",
            status="approved",
            approved_by="project",
            topic=f"topic-{at % _TOPICS}",
            question=entry.question,
            short_answer=entry.answer,
            details=f"## Cần biết thêm\n- {entry.answer}\n- {entry.answer}",
            phrasings=entry.phrasings[:phrasings],
            legal_basis=(LegalBasis(f"{at % _DOCUMENTS}/2026/NĐ-CP", "Điều 3"),),
            in_force=window,
            checked_on=date(2026, 11, 1),
        )


def _furnish(tx: Transaction) -> None:
    staff_store.ensure_unit(tx, "0", "Đơn vị thử nghiệm")
    for name in ("editor", "editor2"):
        staff_store.add_member(tx, name, Role.EDITOR, "0", "no hash", must_change=False)
    for at in range(_TOPICS):
        faq_store.put_topic(tx, at, Topic(f"topic-{at}", f"Chủ đề {at}", f"Topic {at}", ""))
    for at in range(_DOCUMENTS):
        window = InForce(date(2021, 3, 15), _END if at % 9 == 0 else None)
        faq_store.put_document(tx, LegalDocument(f"{at}/2026/NĐ-CP", "Nghị định", f"Văn bản {at}", in_force=window))


def _add(tx: Transaction, some: list[FaqEntry]) -> None:
    for entry in some:
        faq_store.ensure_entry(tx, entry.key, entry.question)
        faq_store.add_revision(tx, entry, RevisionState.PUBLISHED, "import", approved_by="project")
        faq_store.replace_phrasings(tx, entry.key, entry.phrasings, keep_questions=False)
    faq_store.record_publication(tx, "import", "import", None)


def fill(database: Database, number: int, phrasings: int, keys: Keys) -> int:
    """The store; returns the id of a text in review."""
    migrate(database.engine)
    database.write_now(_furnish)
    made = list(entries(number, phrasings))
    for start in range(0, number, 500):
        database.write_now(_add, made[start : start + 500])
    editor = database.read_now(staff_store.member_by_username, "editor")
    author = database.read_now(staff_store.member_by_username, "editor2")
    assert editor
    assert author
    database.write_now(accounts.open_session, editor, {}, keys.session_hash(_TOKEN), "csrf")
    return database.write_now(editorial.propose, author, replace(made[2], short_answer="Một câu trả lời khác."))


def pages(database: Database, revision_id: int) -> dict[str, dict[str, list[str]]]:
    """What is asked for: face -> kind of page -> paths."""
    live = database.read_now(faq_store.published)
    keys, slugs = [one.key for one in live[::997]], [one.slug for one in live[::997]]
    words = ("hộ nghèo vay", "the kham benh", "S000042", "sổ tiết kiệm ở đảo", "không có gì như thế")
    return {
        "console": {
            "list": ["/admin/faq", "/admin/faq?page=50", "/admin/faq?page=100", "/admin/faq?topic=topic-3"]
            + [f"/admin/faq?state={state}" for state in ("live", "later", "trial", "in_review")],
            "search": [f"/admin/faq?q={asked}" for asked in words] + [f"/admin/faq?q={words[0]}&state=live"],
            "cut-over": ["/admin/cut-over?day=2027-01-01", "/admin/cut-over"],
            "worklists": ["/admin/law/review", "/admin/law/review?list=due"],
            "desk": ["/admin/publish"],
            "in review": [f"/admin/revisions/{revision_id}"],
            "entry": [f"/admin/faq/{key}" for key in keys],
            "register": ["/admin/law", "/admin/law/document?number=9/2026/NĐ-CP"],
        },
        "public": {
            "home": ["/"],
            "topic": ["/chu-de/topic-3"],
            "entry": [f"/hoi-dap/{slug}" for slug in slugs],
            "search": [f"/tim?q={asked}" for asked in words],
            "new answers": ["/hoi-dap-moi"],
            "feed": ["/hoi-dap.atom"],
            "sitemap": ["/sitemap.xml"],
        },
    }


async def measure(database: Database, number: int, phrasings: int, times: int, folder: Path) -> dict[str, Any]:
    """All figures of one store."""
    keys, settings, clock = Keys.from_secret("x" * 32), Settings(data_dir=folder), SystemClock()
    revision_id = fill(database, number, phrasings, keys)
    faq = LiveFaq(database, clock, folder / "cache")
    began = time.perf_counter()
    await faq.refresh()
    found: dict[str, Any] = {"index_seconds": round(time.perf_counter() - began, 1)}
    app = build_page(database, faq, settings, clock)
    app.add_subapp("/admin", build_console(database, faq, settings, keys, clock))
    async with TestClient(TestServer(app), cookie_jar=DummyCookieJar()) as client:
        for face, kinds in pages(database, revision_id).items():
            found[face] = {
                kind: await _asked(client, paths, times, cookie_name(settings)) for kind, paths in kinds.items()
            }
    return found


async def _asked(client: TestClient[web.Request, web.Application], paths: list[str], times: int, cookie: str) -> Any:
    taken: list[float] = []
    size = 0
    for path in paths * times:
        began = time.perf_counter()
        answer = await client.get(path, headers={"Cookie": f"{cookie}={_TOKEN}", "Accept-Encoding": "identity"})
        size = max(size, len(await answer.read()))
        taken.append(1000 * (time.perf_counter() - began))
        if answer.status != web.HTTPOk.status_code:
            raise RuntimeError(f"{path}: {answer.status}")
    return {"first": round(taken[0], 1), **summary(taken[1:] or taken), "largest_kb": round(size / 1024)}


def main() -> None:
    """Fill, measure, print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("--entries", type=int, default=10_000)
    options.add_argument("--phrasings", type=int, default=9, help="of each entry, at most 9")
    options.add_argument("--times", type=int, default=10)
    options.add_argument("--on", choices=("sqlite", "postgresql"), action="append")
    arguments = options.parse_args()
    keys, found = Keys.from_secret("x" * 32), {}
    with tempfile.TemporaryDirectory() as folder, throwaway_server() as server:
        urls = {"sqlite": f"sqlite:///{Path(folder) / 'store.sqlite3'}", "postgresql": server}
        for kind in arguments.on or urls:
            database = open_database(urls[kind], SystemClock(), keys)
            found[kind] = asyncio.run(
                measure(database, arguments.entries, arguments.phrasings, arguments.times, Path(folder))
            )
            database.close()
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
