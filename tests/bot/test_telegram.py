"""The Telegram channel over real parts (inbox, delivery, store, small FAQ), against `lo-bot-api-emulator`."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, web
from sqlalchemy import func, select

from bot.channels import supervisor
from bot.channels.protocol import Health
from bot.channels.supervisor import supervise
from bot.channels.telegram import COMMANDS, NAME, PATH, Telegram
from bot.conversation.message import Option, Reply
from bot.delivery import Delivery
from bot.inbox import Inbox
from knowledge_base.errors import Unavailable
from knowledge_base.settings import Settings
from knowledge_base.storage import contact_store, outbox_store, sending_store, tables
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.sending_store import Sender
from tests.journeys.telegram_platform import TOKEN, Platform

SURE = "hộ nghèo có được phát thẻ bảo hiểm y tế không"
UNSURE = "làm sao để đăng ký kết hôn với người ở xã bên cạnh"
SECRET = "a-secret_1"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass
class Line:
    """One running channel with its platform."""

    platform: Platform
    database: Database
    channel: Telegram
    delivery: Delivery
    site: str
    client: ClientSession
    tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    def begin(self) -> None:
        self.tasks = [
            asyncio.create_task(supervise(self.channel, self.database)),
            asyncio.create_task(self.delivery.run()),
        ]

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.channel.close()

    async def push(self, update: dict[str, Any], secret: str | None = SECRET) -> int:
        """POST an update to the webhook as the platform would; returns the status."""
        headers = {} if secret is None else {HEADER: secret}
        async with self.client.post(self.site + PATH, json=update, headers=headers) as response:
            return response.status

    async def push_raw(self, body: bytes) -> int:
        async with self.client.post(self.site + PATH, data=body, headers={HEADER: SECRET}) as response:
            return response.status

    async def up(self) -> None:
        await self.platform.until(lambda: self.channel.health == Health.UP, what="the channel did not come up")

    async def told(self, chat: int, count: int, seconds: float = 8.0) -> list[str]:
        what = f"{count} messages to {chat}"
        await self.platform.until(lambda: len(self.platform.to(chat)) >= count, seconds, what)
        return self.platform.to(chat)

    async def count(self, table: Any, *conditions: Any) -> int:
        def verb(tx: Transaction) -> int:
            return tx.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()

        return await self.database.read(verb)

    async def outbox(self) -> dict[str, int]:
        def verb(tx: Transaction) -> dict[str, int]:
            rows = tx.execute(select(tables.outbox.c.state, func.count()).group_by(tables.outbox.c.state))
            return dict(map(tuple, rows))

        return await self.database.read(verb)

    async def settled(self, **wanted: int) -> None:
        """Wait until the outbox stands so."""
        for _try in range(400):
            if (states := await self.outbox()) == wanted:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(states)


MakeLine = Callable[..., Any]


@pytest.fixture
async def make_line(
    inbox: Inbox, faq, database: Database, settings: Settings, clock, unused_tcp_port_factory, monkeypatch
) -> AsyncIterator[MakeLine]:
    monkeypatch.setattr(supervisor, "back_off", lambda _attempt: timedelta(seconds=0.05))

    @asynccontextmanager
    async def make(mode: str, *, reachable: bool = True) -> AsyncIterator[Line]:
        platform = Platform(unused_tcp_port_factory())
        if reachable:
            await platform.open()
        port = unused_tcp_port_factory()
        changes = {
            "telegram_token": TOKEN,
            "telegram_base_url": platform.url,
            "telegram_mode": mode,
            "telegram_webhook_secret": SECRET,
            "public_url": f"http://127.0.0.1:{port}",
            "send_rate_per_s": 1000.0,  # the clock stands still and brings no new tokens
        }
        ours = settings.model_copy(update=changes)
        channel = Telegram(inbox, database, ours)
        app = web.Application()
        channel.add_routes(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        delivery = Delivery(database, channel, faq, ours, clock)
        loop = asyncio.get_running_loop()
        database.listen(lambda _signals: loop.call_soon_threadsafe(delivery.wake))
        async with ClientSession() as client:
            line = Line(platform, database, channel, delivery, ours.site, client)
            line.begin()
            try:
                yield line
            finally:
                await line.end()
                await runner.cleanup()
                await platform.shut()

    return make


# --- both ways of receiving -----------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_question_is_answered_and_a_button_understood(make_line: MakeLine, mode: str) -> None:
    async with make_line(mode) as line:
        await line.up()
        await line.platform.post(line.platform.text(7, SURE))
        answer, notice = (await line.told(7, 2))[:2]
        assert "Trả lời thử của T25." in answer
        assert "/dung" in notice
        buttons = line.platform.sent[0].buttons
        assert [data.partition(":")[0] for _label, data in buttons] == ["clear", "unclear", "notmine"]
        await line.platform.post(line.platform.press(7, buttons[0][1]))
        await line.told(7, 3)
        assert ("answerCallbackQuery" in line.platform.called) == (mode == "polling")  # a webhook answers with it
        await line.settled(sent=3)
        assert await line.count(tables.questions, tables.questions.c.state == "closed") == 1


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_an_unknown_question_gets_a_reference_and_the_officers(make_line: MakeLine, mode: str) -> None:
    async with make_line(mode) as line:
        await line.up()
        await line.platform.post(line.platform.text(8, UNSURE))
        await line.told(8, 2)
        assert await line.count(tables.questions, tables.questions.c.state == "queued") == 1


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_several_residents_at_once(make_line: MakeLine, mode: str) -> None:
    async with make_line(mode) as line:
        await line.up()
        for chat in range(100, 120):
            await line.platform.post(line.platform.text(chat, SURE))
        for chat in range(100, 120):
            answer, notice = await line.told(chat, 2, 15)
            assert "T25" in answer
            assert "/dung" in notice  # in order
        await line.settled(sent=40)


async def test_commands_and_webhook_are_registered(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        await line.up()
        assert {"getMe", "setMyCommands", "setWebhook"} <= set(line.platform.called)
        assert all(len(name) <= 32 for name in COMMANDS)


# --- the same again, and what isn't ours ----------------------------------------------------------


async def test_the_same_update_again_has_no_effect(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        await line.up()
        update = {"update_id": 900, **line.platform.text(9, UNSURE)}
        statuses = await asyncio.gather(*(line.push(update) for _ in range(10)))
        assert statuses == [200] * 10
        await line.told(9, 2)
        assert await line.push(update) == 200
        await line.settled(sent=2)
        assert [await line.count(table) for table in (tables.inbox, tables.questions)] == [1, 1]


async def test_an_update_that_was_not_acknowledged_comes_again_by_polling_without_effect(make_line: MakeLine) -> None:
    async with make_line("polling") as line:
        await line.up()
        await line.platform.until(lambda: "getUpdates" in line.platform.called)
        # The poll after the one that brings the update fails: its offset never reaches the platform.
        line.platform.fail("getUpdates", 502)
        await line.platform.post(line.platform.text(10, UNSURE))
        await line.platform.until(lambda: line.platform.called.count("getMe") >= 2)  # started again
        await line.told(10, 2)
        await line.up()
        await asyncio.sleep(0.2)
        assert [await line.count(table) for table in (tables.inbox, tables.questions)] == [1, 1]
        assert len(line.platform.to(10)) == 2


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "a-secret_1é"])
async def test_without_the_secret_nothing_is_stored(make_line: MakeLine, secret: str | None) -> None:
    async with make_line("webhook") as line:
        await line.up()
        assert await line.push({"update_id": 1, **line.platform.text(11, SURE)}, secret) == 403
        assert [await line.count(table) for table in (tables.inbox, tables.outbox, tables.contacts)] == [0, 0, 0]


async def test_a_press_is_acknowledged_in_the_webhooks_answer(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        await line.up()
        press = {"update_id": 1, **line.platform.press(11, "clear:AAAA-BBBB")}
        async with line.client.post(line.site + PATH, json=press, headers={HEADER: SECRET}) as answer:
            query = press["callback_query"]["id"]
            assert await answer.json() == {"method": "answerCallbackQuery", "callback_query_id": query}


async def test_polling_has_no_webhook(make_line: MakeLine) -> None:
    async with make_line("polling") as line:
        assert await line.push({"update_id": 1, **line.platform.text(11, SURE)}) == 404


@pytest.mark.parametrize(
    "body",
    [
        {"update_id": 50, "message": {"message_id": 1}},
        {"update_id": 51, "message": "not an object"},
        {"update_id": 52, "callback_query": {"id": 1}},
        {"update_id": 53, "message": {"chat": {"id": "x" * 50}, "date": "yesterday", "message_id": []}},
        {"update_id": 54, "message": {"chat": {"id": 1, "type": "private"}, "date": 10**18, "message_id": 1}},
        {"update_id": 55, "message": {"chat": {"id": 1, "type": "private"}, "date": 10**300, "message_id": 1}},
        {"update_id": 1e400},
        {"update_id": None},
        {"no": "id"},
        [1, 2, 3],
        None,
    ],
)
async def test_an_authentic_update_that_cannot_be_read_is_kept_aside(make_line: MakeLine, body: Any) -> None:
    async with make_line("webhook") as line:
        await line.up()
        for _again in range(2):
            assert await line.push_raw(json.dumps(body).encode()) == 200
        assert await line.count(tables.inbox, tables.inbox.c.state == "quarantined") == 1
        await line.platform.post(line.platform.text(12, SURE))  # and those that follow are not held up
        await line.told(12, 2)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"update_id": 1, "message": '])
async def test_noise_with_the_right_secret_is_kept_aside_too(make_line: MakeLine, raw: bytes) -> None:
    async with make_line("webhook") as line:
        await line.up()
        assert await line.push_raw(raw) == 200
        assert await line.count(tables.inbox, tables.inbox.c.state == "quarantined") == 1


async def test_a_body_without_end_is_refused_before_it_is_read(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(line.site.rpartition(":")[2]))
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{HEADER}: {SECRET}\r\nContent-Length: 300000\r\n\r\n"
        writer.write(head.encode())
        try:
            assert b" 413 " in await asyncio.wait_for(reader.readline(), 20)  # the rest never comes
        finally:
            writer.close()
        await writer.wait_closed()
        assert await line.count(tables.inbox) == 0


async def test_poison_does_not_stop_polling(make_line: MakeLine) -> None:
    async with make_line("polling") as line:
        await line.up()
        await line.platform.post({"message": {"message_id": 1}})
        await line.platform.post({"message": {"message_id": 1, "chat": {"id": 1, "type": "private"}, "date": 10**18}})
        await line.platform.post(line.platform.text(13, SURE))
        await line.told(13, 2)
        assert await line.count(tables.inbox, tables.inbox.c.state == "quarantined") == 2
        assert line.channel.health == Health.UP


@pytest.mark.parametrize("text", ["\ud800 lạ", "a\x00b", "́́́", "🙂" * 2000, "x" * 4096])
async def test_odd_texts_are_taken_and_answered(make_line: MakeLine, text: str) -> None:
    async with make_line("webhook") as line:
        await line.up()
        assert await line.push({"update_id": 60, **line.platform.text(14, text)}) == 200
        await line.told(14, 2)
        assert await line.count(tables.inbox, tables.inbox.c.state == "accepted") == 1


@pytest.mark.parametrize(
    "content",
    [
        {"photo": [{"file_id": "p1", "file_unique_id": "u", "width": 1, "height": 1}], "caption": "sổ của tôi"},
        {"voice": {"file_id": "v1", "file_unique_id": "u", "duration": 3}},
        {"document": {"file_id": "d1", "file_unique_id": "u"}},
    ],
)
async def test_pictures_and_voices_go_to_an_officer_by_reference(make_line: MakeLine, content: dict[str, Any]) -> None:
    async with make_line("webhook") as line:
        await line.up()
        update = line.platform.text(15, "")
        del update["message"]["text"]
        update["message"] |= content
        assert await line.push({"update_id": 61, **update}) == 200
        await line.told(15, 2)
        kept = tables.question_messages.c
        assert await line.count(tables.question_messages, kept.media_ref.in_(["p1", "v1", "d1"])) == 1


# --- acknowledging --------------------------------------------------------------------------------


async def test_200_comes_only_after_commit(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        await line.up()
        update = {"update_id": 70, **line.platform.text(16, UNSURE)}
        waiting, go_on = threading.Event(), threading.Event()

        def hold(_tx: Transaction) -> None:
            waiting.set()
            go_on.wait(5)

        held = asyncio.create_task(line.database.write(hold))  # the one writer is busy
        await asyncio.to_thread(waiting.wait)
        pushed = asyncio.create_task(line.push(update))
        answered, _open = await asyncio.wait([pushed], timeout=0.8)
        assert not answered
        assert await line.count(tables.inbox) == 0
        go_on.set()
        assert await pushed == 200
        assert await line.count(tables.inbox) == 1
        await held


async def test_a_store_that_fails_answers_503_and_keeps_nothing(make_line: MakeLine, monkeypatch) -> None:
    async with make_line("webhook") as line:
        await line.up()
        update = {"update_id": 71, **line.platform.text(17, UNSURE)}

        async def broken(*_args: Any, **_named: Any) -> None:
            raise Unavailable("database")

        with monkeypatch.context() as patch:
            patch.setattr(line.channel._receiver._inbox, "receive", broken)
            assert await line.push(update) == 503
        assert await line.count(tables.inbox) == 0
        assert await line.push(update) == 200
        await line.told(17, 2)


async def test_the_delivery_outlives_a_store_that_fails(make_line: MakeLine, monkeypatch) -> None:
    async with make_line("webhook") as line:
        await line.up()
        write, faults = line.database.write, [RuntimeError("bug"), Unavailable("database")]

        async def broken(verb: Any, *args: Any, **named: Any) -> Any:
            if verb is sending_store.turn_over and faults:
                raise faults.pop()
            return await write(verb, *args, **named)

        monkeypatch.setattr(line.database, "write", broken)
        await line.push({"update_id": 72, **line.platform.text(18, SURE)})
        await line.told(18, 2)
        assert faults == []


async def test_what_cannot_be_drawn_is_tried_later_and_not_for_ever(make_line: MakeLine, clock) -> None:
    def odd(tx: Transaction) -> None:
        to = contact_store.contact(tx, contact_store.ensure_contact(tx, NAME, "19"))
        assert to
        outbox_store.enqueue(tx, "odd", to, {"notice": "of another version", "reference": "AAAA-0001"})

    async with make_line("webhook") as line:
        await line.up()
        await line.database.write(odd)
        await line.settled(retry_at=1)
        clock.advance(timedelta(hours=1))

        def nearly_given_up(tx: Transaction) -> None:
            tx.execute(tables.outbox.update().values(attempt=39))

        await line.database.write(nearly_given_up)
        line.delivery.wake()
        await line.settled(failed=1)


# --- the platform fails ---------------------------------------------------------------------------


async def test_what_is_taken_while_the_platform_is_gone_is_answered_when_it_is_back(make_line: MakeLine, clock) -> None:
    async with make_line("webhook") as line:
        await line.up()
        await line.platform.shut()
        for chat in range(20, 25):
            await line.platform.post(line.platform.text(chat, UNSURE))
        assert await line.count(tables.inbox) == 5
        assert line.platform.sent == []
        await asyncio.sleep(0.2)
        await line.platform.open()
        clock.advance(timedelta(minutes=20))
        for chat in range(20, 25):
            line.delivery.wake()
            assert len(await line.told(chat, 2)) == 2
        await line.settled(sent=10)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_an_optional_call_that_fails_takes_nothing_down(make_line: MakeLine, mode: str) -> None:
    async with make_line(mode, reachable=False) as line:
        for method in ("setMyCommands", "setWebhook", "deleteWebhook"):
            line.platform.fail(method, 500, times=5)
        await line.platform.open()
        await line.up()
        if mode == "polling":
            await line.platform.post(line.platform.text(30, SURE))
        else:  # not registered, so the platform doesn't push; what comes is taken all the same
            assert await line.push({"update_id": 1, **line.platform.text(30, SURE)}) == 200
        await line.told(30, 2)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_platform_out_of_reach_is_tried_again(make_line: MakeLine, mode: str) -> None:
    async with make_line(mode, reachable=False) as line:
        await line.platform.until(lambda: line.channel.health == Health.DOWN)
        if mode == "webhook":
            assert await line.push({"update_id": 1, **line.platform.text(31, SURE)}) == 200
            assert await line.count(tables.inbox) == 1
        await line.platform.open()
        await line.up()
        if mode == "polling":
            await line.platform.post(line.platform.text(31, SURE))
        await line.told(31, 2)


async def test_a_platform_that_goes_away_is_seen_in_webhook_mode_too(make_line: MakeLine, monkeypatch) -> None:
    monkeypatch.setattr("bot.channels.telegram._ASK_SECONDS", 0.05)
    async with make_line("webhook") as line:
        await line.up()
        await line.platform.shut()
        await line.platform.until(lambda: line.channel.health == Health.DOWN)
        await line.platform.open()
        await line.up()


async def test_retry_after_is_honoured_and_others_go_on(make_line: MakeLine, clock) -> None:
    async with make_line("webhook") as line:
        await line.up()
        line.platform.fail("sendMessage", 429, retry_after=30)
        await line.platform.post(line.platform.text(40, UNSURE))
        await line.settled(retry_at=1, pending=1)
        await line.platform.post(line.platform.text(41, UNSURE))
        await line.told(41, 2)
        clock.advance(timedelta(seconds=29))
        line.delivery.wake()
        await asyncio.sleep(0.2)
        assert len(line.platform.to(40)) == 1  # the refused attempt
        clock.advance(timedelta(seconds=2))
        line.delivery.wake()
        texts = await line.told(40, 3)
        assert texts[0] == texts[1]  # the same words, not marked as a repeat: the first never arrived
        await line.settled(sent=4)


@pytest.mark.parametrize(
    ("status", "description"),
    [(403, "Forbidden: bot was blocked by the user"), (400, "Bad Request: chat not found")],
)
async def test_a_resident_who_cannot_be_reached_is_tried_once(
    make_line: MakeLine, status: int, description: str
) -> None:
    async with make_line("webhook") as line:
        await line.up()
        line.platform.fail("sendMessage", status, times=2, description=description)
        await line.platform.post(line.platform.text(42, UNSURE))
        await line.settled(failed=2)
        assert len(line.platform.to(42)) == 2
        assert await line.count(tables.contacts, tables.contacts.c.unreachable_at.is_not(None)) == 1
        # The question stays, for the officer and for who looks the code up.
        assert await line.count(tables.questions, tables.questions.c.state == "queued") == 1
        # He writes again: he can be reached.
        await line.platform.post(line.platform.text(42, SURE))
        await line.told(42, 3)
        assert await line.count(tables.contacts, tables.contacts.c.unreachable_at.is_not(None)) == 0


async def test_an_answer_that_may_have_arrived_is_sent_again_and_says_so(make_line: MakeLine, clock) -> None:
    async with make_line("webhook") as line:
        await line.up()
        line.platform.fail("sendMessage", 0)  # taken, but the answer is lost
        await line.platform.post(line.platform.text(43, SURE))
        await line.settled(retry_at=1, pending=1)
        clock.advance(timedelta(minutes=1))
        line.delivery.wake()
        texts = await line.told(43, 3)
        assert texts[1].startswith(texts[0])
        assert texts[1] != texts[0]


async def test_what_a_dead_sender_left_is_sent_again_as_a_repeat(make_line: MakeLine, clock) -> None:
    async with make_line("webhook", reachable=False) as line:
        await line.platform.until(lambda: line.channel.health == Health.DOWN)
        assert await line.push({"update_id": 1, **line.platform.text(44, SURE)}) == 200
        assert (
            len(await line.database.write(sending_store.turn_over, Sender("x", "telegram"), [], 4)) == 1
        )  # and then it died
        await line.end()
        await line.platform.open()
        line.begin()
        first, second = await line.told(44, 2)
        assert "gửi lại" in first
        assert "gửi lại" not in second
        await line.settled(sent=2)


async def test_stopping_lets_what_is_in_flight_finish(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        await line.up()
        for chat in range(50, 60):
            await line.platform.post(line.platform.text(chat, SURE))
        await line.end()
        states = await line.outbox()
        assert states.get("sending", 0) == 0
        assert states.get("sent", 0) == len(line.platform.sent)


@pytest.mark.parametrize("steps", range(6))
async def test_stopping_in_the_moment_of_waking(make_line: MakeLine, steps: int) -> None:
    async with make_line("webhook") as line:
        await line.up()
        await asyncio.sleep(0.1)
        line.delivery.wake()
        for _step in range(steps):
            await asyncio.sleep(0)
        line.tasks[1].cancel()
        await asyncio.wait([line.tasks[1]], timeout=2)
        assert line.tasks[1].done()


async def test_a_long_answer_goes_in_parts_with_the_buttons_last(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        await line.up()
        text = "\n\n".join(f"Đoạn {number}: " + "chữ " * 200 for number in range(12))
        reply = Reply(text, "notice", (Option("clear:AAAA-BBBB", "Rõ rồi"),))

        def put(tx: Transaction) -> None:
            to = contact_store.contact(tx, contact_store.ensure_contact(tx, NAME, "45"))
            assert to
            outbox_store.enqueue(tx, "long", to, reply.as_json())

        await line.database.write(put)
        await line.settled(sent=1)
        sent = [message for message in line.platform.sent if message.chat == 45]
        assert len(sent) > 1
        assert all(len(message.text.encode("utf-16-le")) // 2 <= 4096 for message in sent)
        assert [bool(message.buttons) for message in sent] == [False] * (len(sent) - 1) + [True]
        assert "".join(message.text for message in sent).count("Đoạn") == 12


def test_who_is_unreachable_is_known_by_reference(database: Database) -> None:
    ref = database.write_now(contact_store.ensure_contact, "telegram", "99")
    database.write_now(contact_store.set_unreachable, ref, unreachable=True)
    found = database.read_now(contact_store.contact, ref)
    assert found is not None
    assert found.unreachable_at is not None


# --- what Telegram has besides --------------------------------------------------------------------


def _edited(line: Line, chat: int, text: str) -> dict[str, Any]:
    message = line.platform.text(chat, text)["message"]
    return {"edited_message": {**message, "edit_date": message["date"] + 5}}


async def test_an_edited_question_takes_the_old_ones_place(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        await line.up()
        await line.platform.post(line.platform.text(50, SURE))
        await line.told(50, 2)
        assert await line.push({"update_id": 7_001, **_edited(line, 50, "tiền điện hộ nghèo nhận ở đâu")}) == 200
        assert "T49" in (await line.told(50, 3))[2]
        closed = tables.questions.c.close_reason == "withdrawn"
        assert await line.count(tables.questions, closed) == 1
        assert await line.count(tables.questions) == 2
        edit = {"update_id": 7_000, **_edited(line, 51, UNSURE)}
        for _again in range(2):
            assert await line.push(edit) == 200
        await line.told(51, 2)
        assert await line.count(tables.questions) == 3


async def test_an_edit_while_an_officer_has_the_question_reaches_him(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        await line.up()
        await line.platform.post(line.platform.text(52, UNSURE))
        await line.told(52, 2)
        edit = _edited(line, 52, UNSURE + " và cần giấy tờ của cả hai bên")
        assert await line.push({"update_id": 7_002, **edit}) == 200
        await line.told(52, 3)
        said = tables.question_messages.c.text.contains("cả hai bên")
        assert await line.count(tables.question_messages, said) == 1
        assert await line.count(tables.questions) == 1


@pytest.mark.parametrize("link", ["/start T25", "/start   T25 "])
async def test_a_link_that_names_an_entry_answers_it(make_line: MakeLine, link: str) -> None:
    async with make_line("webhook") as line:
        await line.up()
        await line.platform.post(line.platform.text(53, link))
        assert "Trả lời thử của T25." in (await line.told(53, 2))[0]
        assert await line.count(tables.questions, tables.questions.c.state == "answered_by_bot") == 1


async def test_a_link_that_names_a_code_looks_it_up(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        await line.up()
        await line.platform.post(line.platform.text(54, UNSURE))
        await line.told(54, 2)

        def code(tx: Transaction) -> str:
            return tx.execute(select(tables.questions.c.reference)).scalar_one()

        reference = await line.database.read(code)
        await line.platform.post(line.platform.text(55, f"/start {reference.replace('-', '')}"))
        assert reference in (await line.told(55, 1))[0]
        await line.platform.post(line.platform.text(56, "/start mot-lien-ket-cu"))
        assert "Xin chào" in (await line.told(56, 1))[0]


async def test_buttons_disappear_once_pressed(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        await line.up()
        await line.platform.post(line.platform.text(57, SURE))
        await line.told(57, 2)
        await line.platform.post(line.platform.press(57, line.platform.sent[0].buttons[0][1]))
        await line.platform.until(lambda: "editMessageReplyMarkup" in line.platform.called)


async def test_who_blocks_the_bot_is_marked_until_he_is_back(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        await line.up()
        chat = {"id": 58, "type": "private", "first_name": "Người thử"}
        member = {"user": {"id": 123456, "is_bot": True, "first_name": "Thử"}, "status": "kicked", "until_date": 0}
        gone = {"my_chat_member": {"chat": chat, "from": chat, "date": 1_795_000_000, "new_chat_member": member}}
        assert await line.push({"update_id": 7_100, **gone}) == 200
        assert await line.count(tables.contacts) == 0  # who never wrote isn't made known by going
        await line.platform.post(line.platform.text(58, "xin chào"))
        await line.told(58, 2)
        assert await line.push({"update_id": 7_102, **gone}) == 200
        marked = tables.contacts.c.unreachable_at.is_not(None)
        assert await line.count(tables.contacts, marked) == 1
        assert await line.count(tables.outbox) == 2
        await line.platform.post(line.platform.text(58, "/start"))
        await line.told(58, 3)
        assert await line.count(tables.contacts, marked) == 0


async def test_groups_are_not_residents(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        await line.up()
        said = line.platform.text(-77, SURE)
        said["message"]["chat"] = {"id": -77, "type": "group", "title": "Xóm"}
        press = line.platform.press(59, "clear:AAAA-BBBB")
        press["callback_query"]["message"]["chat"] = {"id": -77, "type": "group", "title": "Xóm"}
        for number, update in enumerate((said, press)):
            assert await line.push({"update_id": 7_200 + number, **update}) == 200
        assert await line.count(tables.inbox) == 0


async def test_edits_that_change_no_question_have_no_effect(make_line: MakeLine) -> None:
    async with make_line("webhook") as line:
        await line.up()
        await line.platform.post(line.platform.text(60, SURE))
        await line.told(60, 2)
        where = _edited(line, 60, "")
        del where["edited_message"]["text"]
        where["edited_message"]["location"] = {"latitude": 10.5, "longitude": 106.5, "live_period": 900}
        for number, edit in enumerate((_edited(line, 60, SURE.upper()), where)):
            assert await line.push({"update_id": 7_300 + number, **edit}) == 200
        assert await line.count(tables.questions) == 1
        assert await line.count(tables.outbox) == 2


class _Sent:
    """What would go to the platform."""

    message_id = 1

    def __init__(self) -> None:
        self.markups: list[object] = []

    async def send_message(self, _chat: int, _text: str, reply_markup: object = None) -> "_Sent":
        self.markups.append(reply_markup)
        return self


async def test_a_receipt_has_a_button_that_opens_it_as_a_picture(inbox, database, settings) -> None:
    said = Reply("Mã câu hỏi: K7MP-42QX", "unknown", (Option("skip:K7MP-42QX", "Bỏ qua"),), reference="K7MP-42QX")
    for address, buttons in (("https://hoi-dap.example", 2), ("", 1)):  # the platform takes no address of our own net
        channel, sent = Telegram(inbox, database, settings.model_copy(update={"public_url": address})), _Sent()
        channel._bot = sent  # type: ignore[assignment]
        await channel.send("1", said)
        await channel.send("1", replace(said, decision="confident", options=()))
        assert sent.markups[1] is None
        rows = sent.markups[0].inline_keyboard
        assert len(rows) == buttons
        if buttons == 2:
            assert rows[1][0].text == "Lưu phiếu này thành ảnh"
            assert rows[1][0].url.startswith("https://hoi-dap.example/phieu/")
            assert "K7MP" not in rows[1][0].url
