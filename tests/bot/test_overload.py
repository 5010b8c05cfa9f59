"""Too much at once: everything is stored or refused in words, nobody suffers for another, nothing grows without end."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import inbox as inbox_module
from bot.conversation import dialogue
from bot.conversation.message import Incoming
from bot.inbox import Inbox
from bot.rate_limit import RateLimit
from knowledge_base.errors import Unavailable
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.tables import conversations, outbox, questions
from knowledge_base.storage.tables import inbox as kept

SURE = "hộ nghèo có được phát thẻ bảo hiểm y tế không"


def said(who: str, number: int, text: str = "bao giờ mở cửa") -> Incoming:
    return Incoming("terminal", who, f"{who}:{number}", "text", text)


def counted(database: Database, table: Any, *conditions: Any) -> int:
    def verb(tx: Transaction) -> int:
        return tx.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()

    return database.read_now(verb)


async def test_a_flood_is_kept_told_once_and_harms_nobody_else(inbox: Inbox, database: Database) -> None:
    flood = [asyncio.create_task(inbox.receive(said("loud", number))) for number in range(100)]
    other = await inbox.receive(said("calm", 1, SURE))
    accepted = await asyncio.gather(*flood)
    assert "T25" in other.replies[0].text
    limited = [one for one in accepted if one.outcome == "limited"]
    assert len(limited) == 70
    assert sum(len(one.replies) for one in limited) == 1
    assert "giữ lại" in next(one.replies[0].text for one in limited if one.replies)
    assert counted(database, kept) == 101
    assert counted(database, kept, kept.c.state == "limited") == 70


async def test_what_was_too_much_is_welcome_again_later(inbox: Inbox, clock: Any) -> None:
    for number in range(31):
        last = await inbox.receive(said("loud", number))
    assert last.outcome == "limited"
    clock.set(clock.now().replace(hour=6))
    assert (await inbox.receive(said("loud", 99, SURE))).outcome == "received"


async def test_who_comes_when_too_many_wait_is_asked_to_come_again(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "_MOST_WAITING", 2)
    results = await asyncio.gather(
        *(inbox.receive(said(f"r{number}", 1)) for number in range(5)), return_exceptions=True
    )
    refused = [one for one in results if isinstance(one, Unavailable)]
    assert len(refused) == 3
    assert [(await inbox.receive(said(f"r{number}", 1))).outcome for number in range(5)].count("received") == 3
    assert counted(database, questions) <= 5


async def test_a_database_that_hangs_is_answered_in_time_and_nothing_is_lost(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zalo wants its answer within two seconds; what was refused comes again, and has one effect."""
    hanging, write = asyncio.Event(), database.write

    async def hang(*arguments: Any, **named: Any) -> Any:
        await hanging.wait()
        return await write(*arguments, **named)

    monkeypatch.setattr(database, "write", hang)
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(Unavailable):
        await inbox.receive(said("a", 1), patience=0.2)
    assert loop.time() - began < 1.8
    hanging.set()
    accepted = await inbox.receive(said("a", 1))
    assert accepted.inbox_id > 0
    assert counted(database, conversations) == 1


async def test_a_message_that_cannot_be_handled_takes_nobody_down_with_it(
    inbox: Inbox, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = dialogue.step

    def faulty(state: Any, heard: Incoming, view: Any) -> Any:
        if "poison" in heard.text:
            raise ZeroDivisionError
        return step(state, heard, view)

    monkeypatch.setattr(dialogue, "step", faulty)
    texts = [SURE, "poison", "bao giờ mở cửa", SURE]
    results = await asyncio.gather(
        *(inbox.receive(said(f"r{number}", 1, text)) for number, text in enumerate(texts)), return_exceptions=True
    )
    assert [type(one).__name__ for one in results] == ["Accepted", "ZeroDivisionError", "Accepted", "Accepted"]
    assert counted(database, conversations) == 3
    assert counted(database, outbox) > 3


def test_buckets_are_bounded_and_fill_again(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.rate_limit._MOST_SUBJECTS", 3)
    limit = RateLimit(clock, 1, 60.0)
    assert limit.allows("a")
    assert not limit.allows("a")
    limit.give_back("a")
    assert limit.allows("a")
    for name in ("b", "c", "d"):
        assert limit.allows(name)
    assert len(limit) == 3
    assert limit.allows("a")  # forgotten, so fresh
    clock.advance(timedelta(seconds=59))
    assert not limit.allows("a")
    clock.advance(timedelta(seconds=2))
    assert limit.allows("e")
    assert limit.allows("a")
    assert len(limit) == 2  # whose bucket is full again is not remembered


def test_as_many_as_there_are_tokens_and_then_as_they_come(clock: Any) -> None:
    limit = RateLimit(clock, 30, 60.0)
    assert [limit.allows("a") for _again in range(32)] == [True] * 30 + [False] * 2
    clock.advance(timedelta(seconds=2))
    assert [limit.allows("a") for _again in range(2)] == [True, False]
    clock.advance(-timedelta(hours=1))  # set back: nobody is kept out for longer than a bucket takes
    assert not limit.allows("a")
    clock.advance(timedelta(seconds=2))
    assert limit.allows("a")
