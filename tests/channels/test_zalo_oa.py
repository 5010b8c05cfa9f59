"""What is Zalo OA's own: signatures, replays, its events, its errors, tokens that end while sending."""

import asyncio
import json
import random
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.protocol import DeliveryFailed, Health
from bot.channels.receiving import Unreadable
from bot.channels.zalo_oa import ZaloOa
from bot.channels.zalo_oa_events import NAME, incoming_of, is_signed
from bot.conversation.message import Incoming, Option, Reply
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.storage import tables
from tests.channels.conftest import MakeLine
from tests.channels.zalo_oa_platform import APP_ID, OA_SECRET, PATH, ZaloOaPlatform

SURE = "hộ nghèo có được phát thẻ bảo hiểm y tế không"
UNSURE = "làm sao để đăng ký kết hôn với người ở xã bên cạnh"


def event(name: str = "user_send_text", **message: Any) -> dict[str, Any]:
    return {
        "app_id": APP_ID,
        "sender": {"id": "71"},
        "recipient": {"id": "2"},
        "event_name": name,
        "message": {"msg_id": "m1", **message},
        "timestamp": "1795410000000",
    }


# --- who may speak --------------------------------------------------------------------------------


def _signed(clock: Any, body: dict[str, Any]) -> tuple[bytes, str]:
    raw, headers = ZaloOaPlatform(1, clock=clock).signed(body)
    return raw, headers["X-ZEvent-Signature"]


def _accepts(raw: bytes, header: str) -> bool:
    return is_signed(raw, header, APP_ID, OA_SECRET)


@pytest.mark.parametrize("text", ["chào", 'nói "timestamp":"1" nhé', "🙂", '\\"timestamp\\": 5', "timestamp"])
def test_the_platforms_own_signature_is_accepted(clock, text: str) -> None:
    raw, header = _signed(clock, event(text=text))
    assert _accepts(raw, header)
    assert _accepts(raw, header.removeprefix("mac="))
    compact = json.dumps(event(text=text), separators=(",", ":")).encode()
    assert not _accepts(compact, header)  # the same JSON in other bytes is another body


def test_ten_thousand_forgeries_are_refused(clock) -> None:
    chance = random.Random(26)
    raw, header = _signed(clock, event(text="hộ nghèo có được thẻ bảo hiểm không"))
    for number in range(10_000):
        forged, mac = bytearray(raw), header
        where = chance.randrange(len(forged))
        match number % 4:
            case 0:
                forged[where] ^= 1 << chance.randrange(8)
            case 1:
                del forged[where]
            case 2:
                forged[where:where] = bytes([chance.randrange(256)])
            case 3:
                place = chance.randrange(4, len(header))
                mac = header[:place] + chance.choice("0123456789abcdefxyz\u0111") + header[place + 1 :]
        if (bytes(forged), mac) != (raw, header):
            assert not _accepts(bytes(forged), mac), (bytes(forged), mac)


@pytest.mark.parametrize("header", ["", "mac=", "mac=\udcff", "x" * 100_000, "mac=" + "0" * 64])
def test_no_signature_is_no_signature(header: str) -> None:
    assert not _accepts(json.dumps(event(text="?")).encode(), header)


async def test_events_of_twelve_hours_ago_are_taken_and_older_ones_set_aside(make_line: MakeLine) -> None:
    async with make_line("zalo_oa") as line:
        platform = line.driver.platform
        late, stale = platform.event("71", text=SURE), platform.event("72", text=SURE)
        seen = await line.driver.say("73", SURE)
        line.clock.advance(timedelta(hours=12, minutes=50))
        assert await platform.push(late) == 200
        await line.told("71", 2)
        line.clock.advance(timedelta(minutes=20))
        for replayed in (stale, seen, late):
            assert await platform.push(replayed) == 200
        assert await line.count(tables.inbox, tables.inbox.c.state == "quarantined") == 1
        assert await line.count(tables.inbox, tables.inbox.c.state == "accepted") == 2
        assert await line.count(tables.contacts) == 2
        future = {**platform.event("74", text=SURE), "timestamp": str(int(platform.now()) + 3_600_000)}
        assert await platform.push(future) == 200
        assert await line.count(tables.inbox, tables.inbox.c.state == "quarantined") == 2


async def test_a_body_without_end_is_refused(make_line: MakeLine) -> None:
    async with make_line("zalo_oa") as line:
        assert await line.driver.platform.post(PATH, b"x" * 300_000, {"X-ZEvent-Signature": "mac=0"}) == 413


# --- what residents do ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (event(text="chào"), Incoming(NAME, "71", "user_send_text:m1", "text", "chào")),
        (
            event(text="clear:ABCD-2345"),
            Incoming(NAME, "71", "user_send_text:m1", "option", option="clear:ABCD-2345"),
        ),
        (event(text="pick:1 cái"), Incoming(NAME, "71", "user_send_text:m1", "text", "pick:1 cái")),
        (event("user_send_sticker", attachments=[]), Incoming(NAME, "71", "user_send_sticker:m1", "sticker")),
        (event("user_send_gif"), Incoming(NAME, "71", "user_send_gif:m1", "sticker")),
        (
            event("user_send_image", text="sổ", attachments=[{"type": "image", "payload": {"url": "https://a/b"}}]),
            Incoming(NAME, "71", "user_send_image:m1", "media", "sổ", media_kind="photo", media_ref="https://a/b"),
        ),
        (
            event("user_send_audio", attachments=[{"type": "audio", "payload": {"url": "https://a/c"}}]),
            Incoming(NAME, "71", "user_send_audio:m1", "media", media_kind="voice", media_ref="https://a/c"),
        ),
        (
            event("user_send_file", attachments=[{"type": "file", "payload": {"url": "https://a/d", "name": "đơn"}}]),
            Incoming(NAME, "71", "user_send_file:m1", "media", media_kind="document", media_ref="https://a/d"),
        ),
        (
            event(
                "user_send_location",
                attachments=[{"type": "location", "payload": {"coordinates": {"latitude": "10.5", "longitude": 106}}}],
            ),
            Incoming(NAME, "71", "user_send_location:m1", "media", "10.50000, 106.00000", media_kind="location"),
        ),
        (
            {"event_name": "follow", "oa_id": "2", "follower": {"id": "71"}, "timestamp": "5"},
            Incoming(NAME, "71", "follow:71:5", "start"),
        ),
        (
            {"event_name": "unfollow", "oa_id": "2", "follower": {"id": 71}, "timestamp": "6"},
            Incoming(NAME, "71", "unfollow:71:6", "left"),
        ),
        (event("user_seen_message"), None),
        (event("oa_send_text", text="lời của chính mình"), None),
        (event("user_reacted_message"), None),
    ],
)
def test_what_residents_do(said: dict[str, Any], wanted: Incoming | None) -> None:
    assert incoming_of(said) == wanted


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"event_name": 1},
        {"event_name": "follow"},
        {"event_name": "user_send_text", "sender": {"id": None}, "message": {"msg_id": "1"}},
        {"event_name": "user_send_text", "sender": {"id": "1"}, "message": {"msg_id": "1", "text": []}},
        {"event_name": "user_send_text", "sender": {"id": "1"}, "message": {"text": "không có số"}},
        event("user_send_location", attachments=[{"payload": {"coordinates": {"latitude": "x"}}}]),
        event("user_send_hologram"),
    ],
)
def test_what_cannot_be_read_says_so(said: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        incoming_of(said)


async def test_who_leaves_is_marked_and_is_welcome_again(make_line: MakeLine) -> None:
    async with make_line("zalo_oa") as line:
        platform, gone = line.driver.platform, tables.contacts.c.unreachable_at.is_not(None)
        away = {"event_name": "unfollow", "follower": {"id": "71"}, "timestamp": platform.now(), "oa_id": "2"}
        assert await platform.push(away) == 200
        assert await line.count(tables.contacts) == 0  # nobody becomes known by going
        back = {**away, "event_name": "follow"}
        assert await platform.push(back) == 200
        assert "chào" in (await line.told("71", 1))[0].text
        line.clock.advance(timedelta(seconds=5))
        assert await platform.push({**away, "timestamp": platform.now()}) == 200
        assert await line.count(tables.contacts, gone) == 1
        line.clock.advance(timedelta(seconds=5))
        assert await platform.push({**back, "timestamp": platform.now()}) == 200
        assert await line.count(tables.contacts, gone) == 0


# --- sending --------------------------------------------------------------------------------------


async def test_a_token_that_ends_while_sending_is_renewed_once(make_line: MakeLine) -> None:
    async with make_line("zalo_oa") as line:
        platform = line.driver.platform
        line.clock.advance(timedelta(minutes=3))
        platform.good = "another"  # what we hold is refused from now on
        for who in ("81", "82", "83", "84"):
            await line.enqueue(who, f"to-{who}", "xin chào")
        await line.counts(tables.outbox, 4, tables.outbox.c.state == "sent")
        assert {one.who for one in platform.heard} == {"81", "82", "83", "84"}
        assert set(platform.refreshed.values()) == {1}
        assert len(platform.refreshed) == 2


async def test_without_consent_messages_wait_and_a_new_one_lets_them_go(make_line: MakeLine) -> None:
    async with make_line("zalo_oa") as line:
        platform = line.driver.platform
        line.clock.advance(timedelta(minutes=3))
        spent, platform.refresh, platform.good = platform.refresh, "consented anew", "another"
        await line.enqueue("81", "held-up", "xin chào")
        for _turn in range(100):
            if line.channel.health == Health.NO_CONSENT:
                break
            line.clock.advance(timedelta(seconds=31))
            await asyncio.sleep(0.1)
        assert line.channel.health == Health.NO_CONSENT
        await line.counts(tables.outbox, 1, tables.outbox.c.state.in_(["pending", "retry_at"]))
        assert platform.refreshed[spent] == 1
        assert platform.heard == []


async def test_a_template_message_announces_once_what_waits(make_line: MakeLine) -> None:
    async with make_line("zalo_oa") as line:
        line.driver.fall_silent("85")
        await line.enqueue("85", "late-1", "muộn")
        await line.enqueue("85", "late-2", "muộn nữa")
        await line.counts(tables.outbox, 2, tables.outbox.c.state == "held")
        assert [who for who, _data in line.driver.platform.announced] == ["85"]


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (-213, {"permanent": True}),
        (-217, {"permanent": True}),
        (-244, {"permanent": True}),
        (-227, {"permanent": True}),
        (-230, {"until_heard": True}),
        (-232, {"until_heard": True}),
        (-218, {"until_heard": True}),
        (-224, {"until_heard": True}),
        (-32, {"retry_after": 60.0}),
        (-211, {"retry_after": 3600.0}),
        (-234, {"retry_after": 3600.0}),
        (-201, {}),
        (-210, {}),
        (-99999, {}),
    ],
)
async def test_what_error_numbers_mean(make_line: MakeLine, error: int, wanted: dict[str, Any]) -> None:
    async with make_line("zalo_oa") as line:
        line.driver.platform.faults["cs"].append((200, {"error": error, "message": "on purpose"}))
        with pytest.raises(DeliveryFailed) as caught:
            await line.channel.send("71", Reply("xin chào", "notice"))
        given = {name: getattr(caught.value, name) for name in ("permanent", "until_heard", "retry_after", "in_doubt")}
        default = {"permanent": False, "until_heard": False, "retry_after": None, "in_doubt": False}
        assert given == {**default, **wanted}


async def test_buttons_fit_the_platform(make_line: MakeLine) -> None:
    async with make_line("zalo_oa") as line:
        options = tuple(Option(f"pick:ABCD-2345:T{number:02}", "dài " * 60) for number in range(5))
        assert isinstance(line.channel, ZaloOa)
        await line.channel.send("71", Reply("chọn", "suggest", options))
        assert [len(label) for _id, label in line.driver.platform.heard[0].buttons] == [100] * 5


async def test_files_are_fetched_from_the_platforms_hosts_only(make_line: MakeLine) -> None:
    async with make_line("zalo_oa") as line:
        for url in ("http://127.0.0.1:1/x", "https://zdn.vn.example/x", "file:///etc/passwd", "https://evilzdn.vn/x"):
            with pytest.raises(KnowledgeBaseError):
                await line.channel.fetch_media(url)
