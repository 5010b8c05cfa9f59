"""The contract every channel keeps, run against each way of receiving that the registry can build."""

import asyncio
import re
import unicodedata
from datetime import timedelta

import pytest

from bot.channels.registry import BUILDERS
from knowledge_base.live_faq import LiveFaq
from knowledge_base.storage import tables
from knowledge_base.storage.database import Database
from tests.bot.conftest import renew
from tests.channels.conftest import Line, MakeLine
from tests.channels.drivers import DRIVERS

SURE = "hộ nghèo có được phát thẻ bảo hiểm y tế không"
UNSURE = "làm sao để đăng ký kết hôn với người ở xã bên cạnh"
EVERY = pytest.mark.parametrize("name", DRIVERS)


def those(flag: str) -> pytest.MarkDecorator:
    """The ways of receiving that have something: buttons, media, a webhook, a platform that is pushed to, a window."""
    made = {name: make(1) for name, make in DRIVERS.items()}
    return pytest.mark.parametrize("name", [name for name, driver in made.items() if getattr(driver, flag)])


def test_every_registered_channel_is_driven() -> None:
    assert {make(1).channel for make in DRIVERS.values()} == set(BUILDERS)


async def _words(line: Line, who: str, least: int) -> str:
    return "\n".join(one.text for one in await line.told(who, least))


@EVERY
async def test_a_question_is_answered_word_for_word(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        await line.driver.say("71", SURE)
        words = " ".join((await _words(line, "71", 2)).split())
        assert "Trả lời thử của T25." in words
        assert "188/2025/NĐ-CP" in words


@EVERY
async def test_an_unknown_question_is_handed_over_with_a_code(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        await line.driver.say("72", UNSURE)
        await line.told("72", 2)
        await line.counts(tables.questions, 1, tables.questions.c.state == "queued")


@EVERY
async def test_the_same_message_again_has_no_effect_however_late(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        said = await line.driver.say("73", UNSURE)
        before = len(await line.told("73", 2))
        await line.counts(tables.outbox, 0, tables.outbox.c.state != "sent")
        before = len(await line.driver.hear("73"))
        await line.driver.again(said)
        line.clock.advance(timedelta(days=40))
        await line.driver.again(said)
        await line.driver.say("74", UNSURE)
        await line.told("74", 2)
        assert await line.count(tables.inbox, tables.inbox.c.state != "quarantined") == 2
        assert await line.count(tables.questions) == 2
        assert len(await line.driver.hear("73")) == before


@EVERY
async def test_replies_come_in_the_order_of_the_questions(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        for question in (SURE, "hỗ trợ tiền điện", SURE, "mỗi tháng hộ nghèo được bù bao nhiêu tiền điện"):
            await line.driver.say("75", question)
        await line.counts(tables.outbox, 5)  # four answers, and the notice under the first
        line.clock.advance(timedelta(seconds=4))  # beyond the burst of three to one resident
        if line.driver.pushed:
            await line.counts(tables.outbox, 5, tables.outbox.c.state == "sent")
        words = " ".join((await _words(line, "75", 5)).split())
        order = [words.find(f"Trả lời thử của {key}.") for key in ("T25", "T49")]
        assert -1 < order[0] < order[1]
        assert words.count("Trả lời thử của T25.") == words.count("Trả lời thử của T49.") == 2


@EVERY
async def test_a_button_or_its_number_is_understood(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        await line.driver.say("76", SURE)
        heard = await line.told("76", 2)
        await line.counts(tables.outbox, 2, tables.outbox.c.state == "sent")
        heard = await line.driver.hear("76")
        assert any(one.buttons for one in heard) == line.driver.buttons
        if not line.driver.buttons:
            assert re.search(r"1\. .+\s+2\. ", "\n".join(one.text for one in heard))
        await line.driver.press("76", 1)
        await line.counts(tables.questions, 1, tables.questions.c.state == "closed")


@EVERY
async def test_plain_words_come_by_button_or_number(
    make_line: MakeLine, database: Database, faq: LiveFaq, name: str
) -> None:
    easy = "Nhà nghèo thì có thẻ. Không mất tiền."
    database.write_now(renew, "T25", easy_read=easy)
    await faq.refresh()
    async with make_line(name) as line:
        await line.driver.say("78", SURE)
        await line.told("78", 2)
        await line.counts(tables.outbox, 2, tables.outbox.c.state == "sent")
        assert easy not in await _words(line, "78", 2)
        await line.driver.press("78", 4)
        await line.counts(tables.outbox, 3, tables.outbox.c.state == "sent")
        assert easy in " ".join((await _words(line, "78", 3)).split())
        await line.driver.press("78", 1)  # what was under the answer still is
        await line.counts(tables.questions, 1, tables.questions.c.state == "closed")


@EVERY
async def test_a_long_text_comes_whole_in_parts_that_fit(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        await line.driver.say("77", SURE)
        before = len(await line.told("77", 2))
        await line.counts(tables.outbox, 0, tables.outbox.c.state != "sent")
        before = len(await line.driver.hear("77"))
        long = "\n\n".join(f"Đoạn {number}: " + "hộ nghèo được hỗ trợ, " * 12 for number in range(18))
        await line.enqueue(await _address(line, "77"), "long", unicodedata.normalize("NFD", long))
        if line.driver.pushed:
            await line.counts(tables.outbox, 0, tables.outbox.c.state != "sent")
        await line.told("77", before + 1)
        parts = [one.text for one in await line.driver.hear("77")][before:]
        assert all(len(part) <= line.channel.limits.text for part in parts) or not line.driver.pushed
        assert all(unicodedata.is_normalized("NFC", part) for part in parts) or not line.driver.pushed
        assert _bare("".join(parts)) == _bare(long)


def _bare(text: str) -> str:
    """A text without the blanks at which it may have been parted."""
    return "".join(unicodedata.normalize("NFC", text).split())


async def _address(line: Line, who: str) -> str:
    sessions = getattr(line.driver, "_sessions", None)
    return sessions[who] if sessions else who


@those("media")
async def test_a_picture_is_kept_by_reference_for_an_officer(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        reference = await line.driver.send_media("78")
        await line.told("78", 2)
        kept = tables.question_messages.c
        assert await line.count(tables.question_messages, kept.media_ref == reference) == 1


@those("pushed")
async def test_down_and_up_again_loses_nothing(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        await line.driver.say("79", SURE)
        await line.told("79", 2)
        await line.counts(tables.outbox, 2, tables.outbox.c.state == "sent")
        before = len(await line.driver.hear("79"))
        await line.driver.shut()
        await line.enqueue("79", "while-down", "trong lúc mất mạng")
        await line.counts(tables.outbox, 1, tables.outbox.c.state != "sent")
        await line.driver.open(line.site, line.clock)
        for _turn in range(100):
            line.clock.advance(timedelta(minutes=1))
            if not await line.count(tables.outbox, tables.outbox.c.state != "sent"):
                break
            await asyncio.sleep(0.1)
        heard = await line.driver.hear("79")
        assert [one.text for one in heard[before:]] == ["trong lúc mất mạng"]


@those("pushed")
async def test_who_blocks_us_is_marked_and_holds_up_nobody(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        line.driver.block("80")
        await line.enqueue("80", "blocked", "không ai nhận")
        await line.counts(tables.outbox, 1, tables.outbox.c.state == "failed")
        assert await line.count(tables.contacts, tables.contacts.c.unreachable_at.is_not(None)) == 1
        await line.driver.say("81", SURE)
        await line.told("81", 2)


@those("pushed")
async def test_a_limit_is_waited_for_and_counts_no_try(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        line.driver.fail("limited")
        await line.enqueue("82", "limited", "chờ một lát")
        await line.counts(tables.outbox, 1, tables.outbox.c.state == "retry_at")
        await line.enqueue("83", "meanwhile", "người khác")
        assert [one.text for one in await line.told("83", 1)] == ["người khác"]
        line.clock.advance(timedelta(hours=2))
        await line.told("82", 1)
        await line.counts(tables.outbox, 2, tables.outbox.c.state == "sent")
        assert await line.count(tables.outbox, tables.outbox.c.attempt > 1) == 0


@those("pushed")
async def test_what_may_have_arrived_says_so_when_it_comes_again(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        line.driver.fail("cut")
        await line.enqueue("84", "cut", "đã tới mà không ai biết")
        await line.counts(tables.outbox, 1, tables.outbox.c.state == "retry_at")
        line.clock.advance(timedelta(minutes=20))
        heard = await line.told("84", 2)
        await line.counts(tables.outbox, 1, tables.outbox.c.state == "sent")
        heard = await line.driver.hear("84")
        assert "Tin gửi lại" in " ".join(one.text for one in heard[1:])
        assert await line.count(tables.outbox, tables.outbox.c.doubts == 1) == 1


@those("pushed")
async def test_a_long_message_goes_on_after_the_parts_that_arrived(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        await line.enqueue("85", "first", "mở đầu")
        await line.told("85", 1)
        await line.counts(tables.outbox, 1, tables.outbox.c.state == "sent")
        unit = line.channel.limits.text
        parts = [letter * (unit - 10) for letter in "abc"]
        sent, failed = line.channel.send, []

        async def send(address: str, reply: object) -> str | None:
            if reply.text.startswith("b") and not failed:
                failed.append(True)
                line.driver.fail("broken")
            return await sent(address, reply)

        line.channel.send = send
        await line.enqueue("85", "parts", "\n\n".join(parts))
        await line.counts(tables.outbox, 1, tables.outbox.c.state == "retry_at")
        line.clock.advance(timedelta(minutes=20))
        await line.counts(tables.outbox, 2, tables.outbox.c.state == "sent")
        heard = [one.text[:1] for one in await line.driver.hear("85")]
        taken = heard.count("b")
        assert heard[1:] == ["a", *"b" * taken, "c"]


@those("webhook")
async def test_a_stranger_is_refused_and_nothing_kept(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        assert await line.driver.forge("86") == line.driver.secret_refused
        assert [await line.count(table) for table in (tables.inbox, tables.contacts)] == [0, 0]


@those("webhook")
async def test_what_cannot_be_read_is_kept_aside_and_holds_up_nobody(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        for _again in range(2):
            assert await line.driver.push_noise() == 200
        assert await line.count(tables.inbox, tables.inbox.c.state == "quarantined") == 1
        await line.driver.say("87", SURE)
        await line.told("87", 2)


@those("window")
async def test_a_late_answer_waits_for_the_residents_next_word(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        await line.driver.say("88", UNSURE)
        await line.told("88", 2)
        await line.counts(tables.outbox, 2, tables.outbox.c.state == "sent")
        before = len(await line.driver.hear("88"))
        line.driver.fall_silent("88")
        line.clock.advance(timedelta(days=8))
        await line.enqueue("88", "late-1", "câu trả lời muộn")
        await line.enqueue("88", "late-2", "và một câu nữa")
        await line.counts(tables.outbox, 2, tables.outbox.c.state == "held")
        assert await line.count(tables.contacts, tables.contacts.c.held_at.is_not(None)) == 1
        await line.driver.say("88", "cảm ơn")
        line.clock.advance(timedelta(seconds=4))
        heard = [one.text for one in await line.told("88", before + 3)][before:]
        assert heard[:2] == ["câu trả lời muộn", "và một câu nữa"]
        await line.counts(tables.outbox, 0, tables.outbox.c.state == "held")
        assert await line.count(tables.contacts, tables.contacts.c.held_at.is_not(None)) == 0


@those("window")
async def test_who_leaves_gets_what_was_held_when_he_is_back(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        await line.driver.say("89", UNSURE)
        await line.told("89", 2)
        await line.counts(tables.outbox, 2, tables.outbox.c.state == "sent")
        line.driver.fall_silent("89")
        line.clock.advance(timedelta(days=8))
        await line.enqueue("89", "late", "câu trả lời muộn")
        await line.counts(tables.outbox, 1, tables.outbox.c.state == "held")
        await line.driver.leave("89")
        assert await line.count(tables.outbox, tables.outbox.c.state == "held") == 1
        await line.driver.say("89", "tôi quay lại đây")
        line.clock.advance(timedelta(seconds=4))
        assert (await line.told("89", 3))[2].text == "câu trả lời muộn"
