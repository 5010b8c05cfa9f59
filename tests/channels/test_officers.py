"""Officers in their own messenger: what they are told, what they can do there, and who is believed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from knowledge_base import officer_alerts
from knowledge_base.officer_alerts import Desk
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage import staff_link_store, staff_store, tables
from knowledge_base.storage.database import Database, Transaction
from tests.channels.conftest import Line, MakeLine

UNSURE = "làm sao để đăng ký kết hôn với người ở xã bên cạnh"
GROUP = "-100200300"


def add_officer(tx: Transaction, name: str = "can_bo_thu") -> int:
    staff_store.add_member(tx, name, Role.OFFICER, "0", "x", must_change=False)
    member = staff_store.member_by_username(tx, name)
    assert member
    return member.id


async def _reference(line: Line) -> str:
    await line.counts(tables.questions, 1)
    return await line.database.read(lambda tx: tx.execute(select(tables.questions.c.reference)).scalar_one())


async def _state(line: Line) -> tuple[str, int | None]:
    query = select(tables.questions.c.state, tables.questions.c.assigned_to)
    return tuple(await line.database.read(lambda tx: tuple(tx.execute(query).one())))


def _press(line: Line, who: int, reference: str) -> dict[str, Any]:
    """Somebody presses in the officers' group."""
    press = line.driver.platform.press(who, f"claim:{reference}")
    press["callback_query"]["message"]["chat"] = {"id": int(GROUP), "type": "supergroup", "title": "Tổ giảm nghèo"}
    return press


async def _told(line: Line) -> list[Any]:
    await line.database.write(officer_alerts.tell_of_new, [Desk(line.channel.name, GROUP)], "http://x")
    return await line.told(GROUP, 1)


@pytest.mark.parametrize("name", ["telegram_polling", "telegram_webhook"])
async def test_a_question_is_told_without_its_words_and_taken_by_a_linked_press(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        await line.driver.say("91", UNSURE)
        reference = await _reference(line)
        for _again in range(3):
            heard = await _told(line)
        assert len(heard) == 1
        assert reference in heard[0].text
        assert "http://x/admin/questions/" in heard[0].text
        assert "kết hôn" not in heard[0].text
        assert [data for data, _label in heard[0].buttons] == [f"claim:{reference}"]
        await line.driver._give(_press(line, 5001, reference))  # a stranger in the group
        assert "Chỉ cán bộ" in (await line.told(GROUP, 2))[1].text
        assert await _state(line) == ("queued", None)
        officer = await line.database.write(add_officer)
        code = await line.database.write(staff_link_store.new_code, officer)
        await line.driver.say("5001", f"/lienket {code}")
        assert "can_bo_thu" in (await line.told("5001", 1))[0].text
        await line.driver._give(_press(line, 5002, reference))  # somebody else is still a stranger
        assert "Chỉ cán bộ" in (await line.told(GROUP, 3))[2].text
        assert await _state(line) == ("queued", None)
        line.clock.advance(timedelta(seconds=4))
        await line.driver._give(_press(line, 5001, reference))
        assert "can_bo_thu" in (await line.told(GROUP, 4))[3].text
        assert await _state(line) == ("assigned", officer)


async def test_a_disabled_account_can_do_nothing(make_line: MakeLine) -> None:
    async with make_line("telegram_polling") as line:
        await line.driver.say("91", UNSURE)
        reference = await _reference(line)
        officer = await line.database.write(add_officer)
        code = await line.database.write(staff_link_store.new_code, officer)
        await line.driver.say("5001", f"/lienket {code}")
        await line.told("5001", 1)
        off = update(tables.staff).values(disabled_at=line.clock.now())
        await line.database.write(lambda tx: tx.execute(off) and None)
        await line.driver._give(_press(line, 5001, reference))
        assert "Chỉ cán bộ" in (await line.told(GROUP, 1))[0].text
        assert await _state(line) == ("queued", None)


@pytest.mark.parametrize("name", ["zalo_bot_polling", "zalo_bot_webhook"])
async def test_without_buttons_the_words_do(make_line: MakeLine, name: str) -> None:
    async with make_line(name) as line:
        await line.driver.say("91", UNSURE)
        reference = await _reference(line)
        heard = await _told(line)
        assert f"Nhận {reference}" in heard[0].text
        await line.driver.say("92", f"nhận {reference}")  # a resident who types that is a resident
        await line.told("92", 1)
        assert (await line.count(tables.questions, tables.questions.c.state == "assigned")) == 0
        officer = await line.database.write(add_officer)
        code = await line.database.write(staff_link_store.new_code, officer)
        await line.driver.say("93", f"/lienket {code.lower()}")
        await line.told("93", 1)
        await line.driver.say("93", f"nhận {reference}")
        await line.told("93", 2)
        assert (await line.count(tables.questions, tables.questions.c.assigned_to == officer)) == 1


async def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(database: Database, clock) -> None:
    officer = await database.write(add_officer)
    first = await database.write(staff_link_store.new_code, officer)
    second = await database.write(staff_link_store.new_code, officer)
    assert await database.write(staff_link_store.link, first, "telegram", "1") is None  # replaced
    assert (await database.write(staff_link_store.link, second, "telegram", "1")).id == officer
    assert await database.write(staff_link_store.link, second, "telegram", "2") is None  # used
    late = await database.write(staff_link_store.new_code, officer)
    clock.advance(timedelta(minutes=16))
    assert await database.write(staff_link_store.link, late, "telegram", "2") is None
    [(link, channel)] = await database.read(staff_link_store.links_of, officer)
    assert channel == "telegram"
    await database.write(staff_link_store.unlink, officer, link)
    assert await database.read(staff_link_store.linked_member, "telegram", "1") is None


async def test_a_group_that_moves_is_followed(make_line: MakeLine) -> None:
    async with make_line("telegram_polling") as line:
        await line.driver.say("91", UNSURE)
        await _reference(line)
        await _told(line)
        moved = line.driver.platform.text(int(GROUP), "")
        del moved["message"]["text"]
        moved["message"] |= {"chat": {"id": int(GROUP), "type": "group", "title": "Tổ"}, "migrate_to_chat_id": -100999}
        await line.driver._give(moved)
        await line.counts(tables.inbox, 1, tables.inbox.c.kind == "moved")
        await line.driver.say("92", UNSURE + " nữa")
        await line.counts(tables.questions, 2)
        await line.database.write(officer_alerts.tell_of_new, [Desk("telegram", GROUP)], "http://x")
        assert len(await line.told("-100999", 1)) == 1


async def test_the_mornings_digest_comes_once_on_working_days(make_line: MakeLine) -> None:
    async with make_line("telegram_polling") as line:
        await line.driver.say("91", UNSURE)
        reference = await _reference(line)
        line.clock.advance(timedelta(hours=-4))  # eight in the morning
        desks = [Desk("telegram", GROUP), Desk("email", "to@example.vn", digest_only=True)]
        for days in range(8):  # Monday 23/11 to Monday 30/11, which is the promised day
            for _look in range(3):
                await line.database.write(officer_alerts.tell_of_due, desks, "http://x")
            if days < 7:
                line.clock.advance(timedelta(days=1))
        digest = tables.outbox.c.idempotency_key.like("digest:%") & (tables.outbox.c.channel == "telegram")
        assert await line.count(tables.outbox, digest) == 5  # quiet: 24/11, a public holiday, and the week-end
        assert await line.count(tables.outbox, tables.outbox.c.channel == "email") == 5
        for _turn in range(60):
            line.clock.advance(timedelta(seconds=4))
            await asyncio.sleep(0.05)
            if len(await line.driver.hear(GROUP)) == 5:
                break
        last = (await line.driver.hear(GROUP))[-1]
        assert "1 câu" in last.text
        assert reference in last.text
        assert last.buttons[0][0] == f"claim:{reference}"


@pytest.mark.parametrize("words", ["liên kết ngân hàng", "link ngan hang", "nhận tiền trợ cấp", "lien ket ngan hang?"])
async def test_residents_words_are_no_officers_words(make_line: MakeLine, words: str) -> None:
    async with make_line("telegram_webhook") as line:
        await line.driver.say("91", words)
        heard = await line.told("91", 1)
        assert "Mã này không đúng" not in heard[0].text
        assert "Chỉ cán bộ" not in heard[0].text


async def test_a_question_that_comes_to_officers_late_is_told_too(make_line: MakeLine) -> None:
    async with make_line("telegram_polling") as line:
        await line.driver.say("91", UNSURE)
        await _reference(line)
        await _told(line)
        line.clock.advance(timedelta(days=2))
        now = line.clock.now()
        moved = update(tables.questions).values(updated_at=now, due_on=now.date(), clock_from=now.date())
        await line.database.write(lambda tx: tx.execute(moved) and None)  # as a reopening does
        await line.database.write(officer_alerts.tell_of_new, [Desk("telegram", GROUP)], "http://x")
        assert len(await line.told(GROUP, 2)) == 2
