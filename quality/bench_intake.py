"""What durable intake costs: `python -m quality.bench_intake` prints JSON.

Real servers on loopback, 64 connections, driven by `wrk` (Debian). Each round asks all of them one after the other, so
that a slow moment of the machine slows all; ratios are taken round by round, and given with their spread.

* `bare`: an aiohttp handler that reads the same JSON and answers, without any store.
* `sqlite`, `postgresql`: `processes.standalone`; a photo is a webhook with its whole effect (inbox row, question,
  events, conversation, reply), matching excluded; a text is the same with matching.
* `one_row`: how many rows SQLite commits one by one (`synchronous=FULL`), the naive limit.
* `grouped`, `grouped_normal`: rows through the store's writer with 64 waiting, with FULL and with NORMAL.
* `match`: what the matcher takes for the same texts, by itself.
"""

import argparse
import asyncio
import contextlib
import json
import os
import secrets
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event

from knowledge_base.clock import SystemClock
from knowledge_base.faq.sheet_files import read_sheet
from knowledge_base.keys import Keys
from knowledge_base.live_faq import indexed_entry
from knowledge_base.matching.index import MatchIndex
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import migrate
from knowledge_base.storage.staff_store import ensure_unit
from quality.postgresql import throwaway_server

_CONNECTIONS = 64
_BARE, _SQLITE, _POSTGRESQL = 18080, 18081, 18082
_SCRIPT = Path(__file__).with_name("updates.lua")
_START_SECONDS = 120.0
_SETTLE_SECONDS = 3.0  # the first messages after a start wait for the units' index
_BARE_SERVER = """
import asyncio, sys
from aiohttp import web
async def handle(request):
    (await request.json())["update_id"]
    return web.Response()
app = web.Application()
app.router.add_post("/webhooks/telegram", handle)
app.router.add_get("/healthz", lambda _request: asyncio.sleep(0, web.Response()))
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
"""


@dataclass
class Figures:
    """Requests a second (or the like) by what was measured, one a round."""

    rates: dict[str, list[float]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    sent: int = 0

    def add(self, name: str, rate: float) -> None:
        self.rates.setdefault(name, []).append(rate)

    def ratio(self, over: str, under: str) -> dict[str, float]:
        """Median and spread of a ratio, taken round by round."""
        return spread([a / b for a, b in zip(self.rates[over], self.rates[under], strict=True)])


def spread(found: list[float]) -> dict[str, float]:
    """Median, least and most."""
    return {"median": round(statistics.median(found), 3), "least": round(min(found), 3), "most": round(max(found), 3)}


@contextlib.contextmanager
def running(command: list[str], port: int, **settings: str) -> Iterator[int]:
    """A server in a process of its own; yields its process id."""
    environment = {"PATH": os.environ["PATH"], **settings}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _healthy(port):
            assert process.poll() is None, command
            assert time.monotonic() < deadline, command
            time.sleep(0.1)
        time.sleep(_SETTLE_SECONDS)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def _healthy(port: int) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
        return bool(answer.status == 200)  # noqa: PLR2004 - the status for "well"
    return False


def service(port: int, folder: Path, **settings: str) -> contextlib.AbstractContextManager[int]:
    """The real service; its messenger's platform can't be reached, so that nothing is sent meanwhile."""
    return running(
        [sys.executable, "-m", "processes.standalone"],
        port,
        PORT=str(port),
        DATA_DIR=str(folder),
        TELEGRAM_TOKEN="1:bench",  # noqa: S106 - of no bot
        TELEGRAM_BASE_URL="http://127.0.0.1:9",
        TELEGRAM_MODE="webhook",
        TELEGRAM_WEBHOOK_SECRET="bench",  # noqa: S106 - of this run
        LOG_LEVEL="ERROR",
        **settings,
    )


def drive(figures: Figures, name: str, port: int, kind: str, seconds: float) -> dict[str, Any]:
    """A burst of updates; what wrk made of it."""
    url = f"http://127.0.0.1:{port}/webhooks/telegram"
    command = ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{seconds:g}s", "-s", str(_SCRIPT), url, "--", kind]
    made = subprocess.run([*command, str(figures.sent)], check=True, capture_output=True, text=True)  # noqa: S603
    told: dict[str, Any] = json.loads(made.stdout.strip().splitlines()[-1])
    figures.sent += told["requests"] + 10 * _CONNECTIONS  # what was under way at the end counts as sent
    assert told["errors"] == 0, (name, told)
    # What was refused ("come again", on a machine that others keep busy) was not taken, and says so in the report.
    figures.add(name, (told["requests"] - told["refused"]) / told["seconds"])
    figures.add(f"{name}_refused_share", told["refused"] / max(told["requests"], 1))
    figures.add(f"{name}_p99_ms", told["p99_ms"])
    return told


def one_row(figures: Figures, path: Path, seconds: float) -> None:
    """Rows a second, each committed alone."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as store:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            store.execute(f"PRAGMA {pragma}")
        store.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, channel TEXT, external_id TEXT UNIQUE)")
        count, began = 0, time.monotonic()
        while time.monotonic() - began < seconds:
            store.execute("INSERT INTO t (channel, external_id) VALUES ('x', ?)", (f"{time.monotonic_ns()}",))
            count += 1
        figures.add("one_row", count / (time.monotonic() - began))


def grouped(figures: Figures, name: str, path: Path, synchronous: str, seconds: float) -> None:
    """Rows a second through the store's writer, 64 waiting at a time."""
    database = open_database(f"sqlite:///{path}", SystemClock(), Keys.from_secret("of this run only, long enough"))
    event.listen(database.engine, "connect", lambda raw, _record: raw.execute(f"PRAGMA synchronous={synchronous}"))
    database.engine.dispose()  # connections made before the pragma
    migrate(database.engine)

    async def work() -> int:
        count, began = 0, time.monotonic()
        while time.monotonic() - began < seconds:
            codes = [secrets.token_hex(8) for _waiting in range(_CONNECTIONS)]
            await asyncio.gather(*(database.write(ensure_unit, code, "x") for code in codes))
            count += len(codes)
        return count

    began = time.monotonic()
    count = asyncio.run(work())
    figures.add(name, count / (time.monotonic() - began))
    database.close()


def matcher() -> MatchIndex:
    """The index of the project's own content."""
    sheet = read_sheet(Path("content"))
    return MatchIndex.build([indexed_entry(placed.value) for placed in sheet.entries])


def match(figures: Figures, index: MatchIndex, seconds: float) -> None:
    """Matches a second, one thread, for the texts that `updates.lua` sends."""
    texts = [
        line.split('"')[number] for line in _SCRIPT.read_text().splitlines() if '", "' in line for number in (1, 3)
    ]
    count, began = 0, time.monotonic()
    while time.monotonic() - began < seconds:
        index.match(texts[count % len(texts)])
        count += 1
    figures.add("match", count / (time.monotonic() - began))


def measure(rounds: int, seconds: float) -> Figures:
    """All of it, round after round."""
    figures, index = Figures(), matcher()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        url = stack.enter_context(throwaway_server(durable=True))
        stack.enter_context(running([sys.executable, "-c", _BARE_SERVER, str(_BARE)], _BARE))
        stack.enter_context(service(_SQLITE, folder / "sqlite"))
        if url:
            stack.enter_context(service(_POSTGRESQL, folder / "postgresql", DATABASE_URL=url))
        for number in range(rounds + 1):
            drive(figures, "bare", _BARE, "media", seconds)
            drive(figures, "sqlite", _SQLITE, "media", seconds)
            one_row(figures, folder / "rows.db", seconds / 2)
            grouped(figures, "grouped", folder / "full.db", "FULL", seconds / 2)
            grouped(figures, "grouped_normal", folder / "normal.db", "NORMAL", seconds / 2)
            if url:
                drive(figures, "postgresql", _POSTGRESQL, "media", seconds)
            drive(figures, "sqlite_text", _SQLITE, "text", seconds)
            match(figures, index, seconds / 2)
            if number == 0:  # the first round warms up
                figures.rates.clear()
    return figures


def memory(messages: int, first: int = 10_000) -> dict[str, Any]:
    """Resident memory after many messages over that after the first ones, on SQLite."""
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, service(_SQLITE, Path(folder)) as process:
        taken = 0
        early = 0
        while taken < messages:
            taken += drive(figures, "sqlite", _SQLITE, "media", 2 if taken < first else 20)["requests"]
            early = early or (_resident(process) if taken >= first else 0)
        late = _resident(process)
    return {"messages": taken, "early_kib": early, "late_kib": late, "late/early": round(late / early, 3)}


def _resident(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def report(figures: Figures) -> dict[str, Any]:
    """Medians, and the ratios that the project promises."""
    found: dict[str, Any] = {name: round(statistics.median(rates), 3) for name, rates in figures.rates.items()}
    ratios = {
        "sqlite/bare": figures.ratio("sqlite", "bare"),
        "sqlite/one_row": figures.ratio("sqlite", "one_row"),
        "full/normal": figures.ratio("grouped", "grouped_normal"),
        "text_cost/(intake+match)": _with_matching(figures),
    }
    if "postgresql" in figures.rates:
        ratios["postgresql/bare"] = figures.ratio("postgresql", "bare")
    return {"medians": found, "ratios": ratios}


def _with_matching(figures: Figures) -> dict[str, float]:
    rates = zip(figures.rates["sqlite_text"], figures.rates["sqlite"], figures.rates["match"], strict=True)
    return spread([(1 / text) / (1 / intake + 1 / alone) for text, intake, alone in rates])


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=float, default=3.0)
    arguments.add_argument("--memory", type=int, default=0, metavar="MESSAGES", help="instead: memory after so many")
    given = arguments.parse_args()
    found = memory(given.memory) if given.memory else report(measure(given.rounds, given.seconds))
    print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
