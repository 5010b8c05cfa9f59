"""Any text goes in without an exception and is kept, the same on both databases."""

import asyncio
import hashlib
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from bot.conversation.message import LONGEST_TEXT, Incoming
from bot.inbox import Inbox
from knowledge_base.keys import Keys
from knowledge_base.storage.database import Database
from knowledge_base.text.clean import clean
from tests.conftest import FixedClock, _open
from tests.faults.counts import PROFILE
from tests.faults.in_process import open_inbox, url_of
from tests.faults.record import reading
from tests.faults.strings import strings

BATCH = 64


@pytest.fixture
def stores(tmp_path: Path, postgresql_url: str, clock: FixedClock, keys: Keys) -> Iterator[dict[str, Database]]:
    """The same empty store on both databases."""
    urls = {"sqlite": f"sqlite:///{tmp_path / 'store.sqlite3'}", "postgresql": postgresql_url}
    opened = {name: _open(url, clock, keys) for name, url in urls.items()}
    yield opened
    for database in opened.values():
        database.close()


async def take_in(database: Database, clock: FixedClock, folder: Path) -> None:
    """Every string as a message of its own, as many at once as a batch holds."""
    inbox = await open_inbox(database, clock, folder)
    stream, number = strings(PROFILE.strings), 0
    while texts := list(islice(stream, BATCH)):
        arriving = []
        for text in texts:
            number += 1
            message = Incoming("telegram", str(number % 20_000), f"1:{number}:0", "text", text=text)
            arriving.append(inbox.receive(message, patience=120))
        await asyncio.gather(*arriving)
        clock.advance(timedelta(seconds=1))


def kept(database: Database) -> tuple[int, str]:
    """How many texts are kept, in the inbox and as questions, and a hash over all of them in order."""
    total, digest = 0, hashlib.sha256()
    with reading(url_of(database)) as connection:
        sqlite = connection.dialect.name == "sqlite"
        words = "json_extract(body, '$.text')" if sqlite else "body ->> 'text'"
        found = connection.execution_options(stream_results=True).exec_driver_sql(
            f"SELECT external_id, state, {words} FROM inbox ORDER BY length(external_id), external_id"  # noqa: S608
        )
        for row in found:
            total += 1
            digest.update(repr(tuple(row)).encode())
        asked = connection.exec_driver_sql("SELECT text, folded, state FROM questions")
        for line in sorted(repr(tuple(row)) for row in asked):
            digest.update(line.encode())
    return total, digest.hexdigest()


@pytest.mark.timeout(4 * 3600)
async def test_the_same_text_on_both(
    stores: dict[str, Database], clock: FixedClock, tmp_path_factory: pytest.TempPathFactory, figures: dict[str, Any]
) -> None:
    start = clock.now()
    found = {}
    for name, database in stores.items():
        began = time.monotonic()
        clock.set(start)
        await take_in(database, clock, tmp_path_factory.getbasetemp())
        found[name] = kept(database)
        figures[f"{name}_per_s"] = round(PROFILE.strings / (time.monotonic() - began))
    figures["strings"] = PROFILE.strings
    assert found["sqlite"][0] == PROFILE.strings
    assert found["sqlite"] == found["postgresql"]


async def test_the_matcher_bears_them(
    database: Database, clock: FixedClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    inbox = await open_inbox(database, clock, tmp_path_factory.getbasetemp())
    for text in strings(PROFILE.matched_strings, seed=2):
        Inbox._match(inbox, clean(text, LONGEST_TEXT))
