"""Twenty-five askers on all channels, one answer: each receives it under his own code, but one who wants silence."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from sqlalchemy import select

from knowledge_base import clusters, desk, officer_queue
from knowledge_base.faq.entry import InForce
from knowledge_base.officer_queue import AnswerText
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import QuestionState
from knowledge_base.storage import faq_store, staff_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.tables import events, question_messages, questions
from knowledge_base.text.fold import fold
from tests.channels.conftest import Line, MakeLine

WAYS = ("web_chat", "zalo_oa", "zalo_bot_webhook", "telegram_webhook", "sms")
EACH = 5
QUESTION = "làm sao để đăng ký kết hôn với người ở xã bên cạnh"
ANSWER = "Bà con đến Ủy ban nhân dân xã nơi một trong hai người cư trú."


def _officer(tx: Transaction) -> None:
    staff_store.add_member(tx, "can-bo-thu", Role.OFFICER, "0", "no hash", must_change=False)


def _rows(tx: Transaction) -> list[tuple[int, str, str, str]]:
    query = select(questions.c.id, questions.c.reference, questions.c.contact_ref, questions.c.state)
    return [(row.id, row.reference, row.contact_ref, row.state) for row in tx.execute(query.order_by(questions.c.id))]


def _withheld(tx: Transaction) -> int:
    found = select(events.c.question_id).where(events.c.action == "delivery_withheld")
    return len(tx.execute(found).all())


async def _heard(line: Line, who: str) -> str:
    """What reached a resident, without marks: an SMS costs half as much so."""
    return " ".join(" ".join(_plain(one.text) for one in await line.driver.hear(who)).split())


async def _hears(line: Line, who: str, text: str) -> str:
    """Wait until these words have reached a resident; returns all he heard."""
    for _try in range(300):
        heard = await _heard(line, who)
        if _plain(text) in heard:
            return heard
        await asyncio.sleep(0.05)
        line.clock.advance(timedelta(seconds=1))  # a resident is sent a few messages in a moment, no more
    raise AssertionError(f"{text!r} did not reach {who} on {line.channel.name}: {heard}")


def _plain(text: str) -> str:
    return "".join(fold(letter).upper() if letter.isupper() else fold(letter) for letter in text)


async def _asked(make_line: MakeLine, stack: AsyncExitStack) -> dict[str, Line]:
    """All channels up, and the same question asked on each of them by several residents."""
    lines = [await stack.enter_async_context(make_line(name)) for name in WAYS]
    people = {f"{number + 1}{resident:04}": line for number, line in enumerate(lines) for resident in range(EACH)}
    await asyncio.gather(*(line.driver.say(who, QUESTION) for who, line in people.items()))
    for who, line in people.items():
        await line.told(who, 1)
    return people


async def test_one_answer_reaches_every_asker_on_every_channel(make_line: MakeLine) -> None:
    async with AsyncExitStack() as stack:
        people = await _asked(make_line, stack)
        silent, silent_line = next(iter((who, line) for who, line in people.items() if line.channel.name == "sms"))
        await silent_line.driver.say(silent, "/dung")
        await silent_line.told(silent, 2)
        database = silent_line.database
        await database.write(_officer)
        officer = await database.read(staff_store.member_by_username, "can-bo-thu")
        assert officer
        rows = await database.read(_rows)
        assert len(rows) == len(people) == 25
        await database.write(clusters.gather, officer, rows[0][0], [row[0] for row in rows[1:]])
        await database.write(officer_queue.claim, officer, rows[0][0])
        topic = (await database.read(faq_store.all_topics))[0].slug
        words = AnswerText("referral", ANSWER, "", topic, (), InForce())
        await database.write(officer_queue.answer, officer, rows[0][0], words)

        heard = {}
        for who, line in people.items():
            heard[who] = await (_heard(line, who) if who == silent else _hears(line, who, ANSWER))
        answered = [who for who, text in heard.items() if _plain(ANSWER) in text]
        assert len(answered) == 24
        assert silent not in answered
        assert await database.read(_withheld) == 1
        after = await database.read(_rows)
        assert {row[3] for row in after} == {QuestionState.ANSWERED}
        codes = [row[1] for row in after]
        assert len({code for who in answered for code in codes if code in heard[who]}) == 24
        for text in heard.values():  # nobody reads another's code
            assert len([code for code in codes if code in text]) == 1


async def test_what_a_resident_replies_to_an_officer_finds_its_way(make_line: MakeLine) -> None:
    """On every channel: asked back, he answers in his own words; the next thing he asks is a question again."""
    async with AsyncExitStack() as stack:
        people = await _asked(make_line, stack)
        chosen = {line.channel.name: (who, line) for who, line in people.items()}
        database = next(iter(people.values())).database
        await database.write(_officer)
        officer = await database.read(staff_store.member_by_username, "can-bo-thu")
        assert officer
        for name, (who, line) in chosen.items():
            question_id = await _question_of(line, who)
            await database.write(officer_queue.claim, officer, question_id)
            await database.write(desk.ask_back, officer, question_id, "Hai người cư trú ở đâu?")
            await _hears(line, who, "Hai người cư trú ở đâu?")
            await line.driver.say(who, "dạ một người ở xã Tân Thử, hộ nghèo")
            await _hears(line, who, "đã chuyển câu trả lời cho cán bộ")
            assert await database.read(_replies, question_id) == ["dạ một người ở xã Tân Thử, hộ nghèo"], name
            assert await _state(database, question_id) == QuestionState.ASSIGNED
            await line.driver.say(who, "cảm ơn")
            await _hears(line, who, "Không có gì ạ")
            assert await _state(database, question_id) == QuestionState.ASSIGNED


async def _question_of(line: Line, who: str) -> int:
    """By the code in the receipt."""
    heard = await _heard(line, who)
    [found] = [row[0] for row in await line.database.read(_rows) if row[1] in heard]
    return found


def _replies(tx: Transaction, question_id: int) -> list[str]:
    said = (question_messages.c.question_id == question_id) & (question_messages.c.sender == "resident")
    return list(tx.execute(select(question_messages.c.text).where(said)).scalars())


async def _state(database: Database, question_id: int) -> str:
    return {row[0]: row[3] for row in await database.read(_rows)}[question_id]
