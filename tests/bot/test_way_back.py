"""Opening a conversation on another device: a reference, which others may know, and a secret number."""

import asyncio
import re
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from sqlalchemy import select

from bot.channels.web_chat import WebChat
from bot.web.pages import add_routes
from knowledge_base.questions.deadline import Calendar
from knowledge_base.questions.return_code import new_return_code, read_return_code
from knowledge_base.storage import tables
from knowledge_base.storage.database import Database
from translations.loader import catalog

UNSURE = "làm sao để đăng ký kết hôn với người ở xã bên cạnh"
WRONG = "000 000 000 000 000"
say = catalog("bot", "vi").gettext


@pytest.fixture
async def chat(aiohttp_client, inbox, database: Database, faq, settings, clock) -> TestClient:
    channel = WebChat(inbox, database, faq, settings, clock)
    app = web.Application()
    channel.add_routes(app)
    add_routes(app, channel, settings)
    return await aiohttp_client(app)


async def asked(chat: TestClient) -> tuple[str, dict[str, str]]:
    """A session with a question in it, and what opens it elsewhere."""
    said = await (await chat.post("/chat/messages", json={"text": UNSURE})).json()
    made = await chat.post("/chat/return-code", headers={"X-Chat-Session": said["session"]})
    assert made.headers["Cache-Control"] == "no-store"
    code = await made.json()
    assert code["reference"] == said["replies"][0]["reference"]
    return said["session"], code


async def opened(chat: TestClient, status: int = 200, **typed: str) -> dict:
    answer = await chat.post("/chat/return", json=typed)
    assert answer.status == status, await answer.text()
    return await answer.json()


def test_a_code_has_enough_bits_and_is_read_as_people_write_it() -> None:
    code = new_return_code()
    assert re.fullmatch(r"(\d{3} ){4}\d{3}", code)
    assert 10**15 > 2**49
    digits = code.replace(" ", "")
    for typed in (code, digits, code.replace(" ", "-"), code.replace(" ", "."), f"  {digits[:7]} {digits[7:]}\n"):
        assert read_return_code(typed) == digits
    for typed in ("", digits[:-1], digits + "1", "x" + digits[1:], "٣" * 15):
        assert read_return_code(typed) is None


async def test_both_open_the_same_conversation_and_its_owner_is_told(chat: TestClient) -> None:
    session, code = await asked(chat)
    typed = {"reference": code["reference"].lower().replace("-", " "), "code": code["code"].replace(" ", "")}
    assert (await opened(chat, **typed))["session"] == session
    history = await (await chat.get("/chat/history", headers={"X-Chat-Session": session})).json()
    assert history["turns"][0]["text"] == UNSURE
    assert "máy khác" in history["turns"][-1]["text"]
    later = await (await chat.get("/chat/messages?after=0", headers={"X-Chat-Session": session})).json()
    assert [reply["prompted"] for reply in later["replies"]] == [True, True, False]


async def test_nothing_but_a_hash_is_kept(chat: TestClient, database: Database) -> None:
    _session, code = await asked(chat)
    kept = await database.read(lambda tx: tx.execute(select(tables.return_codes)).one())
    assert re.fullmatch(r"[0-9a-f]{64}", kept.code_hash)
    assert code["code"].replace(" ", "") not in str(tuple(kept))


async def test_the_reference_alone_or_with_other_digits_opens_nothing(chat: TestClient) -> None:
    _session, code = await asked(chat)
    _other, others = await asked(chat)
    for typed in (
        {"reference": code["reference"]},
        {"reference": code["reference"], "code": WRONG},
        {"reference": code["reference"], "code": others["code"]},
        {"reference": "K7MP-42QX", "code": code["code"]},
        {"code": code["code"]},
        {},
    ):
        refused = await opened(chat, 403, **typed)
        assert refused["error"]["code"] == "return_refused"
        assert "session" not in refused


async def test_a_new_code_takes_the_place_of_the_old_one(chat: TestClient) -> None:
    session, first = await asked(chat)
    second = await (await chat.post("/chat/return-code", headers={"X-Chat-Session": session})).json()
    await opened(chat, 403, **first)
    await opened(chat, **second)
    await opened(chat, **second)  # it may be used again: phones break more than once


async def test_an_older_reference_of_the_conversation_does_as_well(chat: TestClient) -> None:
    session, first = await asked(chat)
    body = {"session": session, "text": "làm sao để đổi tên trong giấy khai sinh của con tôi"}
    assert (await chat.post("/chat/messages", json=body)).status == 200
    newest = await (await chat.post("/chat/return-code", headers={"X-Chat-Session": session})).json()
    assert newest["reference"] != first["reference"]
    for reference in (first["reference"], newest["reference"]):
        assert (await opened(chat, reference=reference, code=newest["code"]))["session"] == session


async def test_without_a_question_there_is_nothing_to_come_back_to(chat: TestClient) -> None:
    session = (await (await chat.post("/chat/session")).json())["session"]
    answer = await chat.post("/chat/return-code", headers={"X-Chat-Session": session})
    assert (answer.status, (await answer.json())["error"]["code"]) == (409, "nothing_asked")
    assert (await chat.post("/chat/return-code", headers={"X-Chat-Session": "made up"})).status == 404


# --- guessing -------------------------------------------------------------------------------------


async def test_wrong_tries_of_an_address_are_limited_and_right_ones_are_not(chat: TestClient, clock) -> None:
    _session, code = await asked(chat)
    for _ in range(30):  # a commune's office helps many
        await opened(chat, **code)
    for number in range(10):
        await opened(chat, 403, reference=code["reference"], code=f"{number:015}")
    refused = await chat.post("/chat/return", json=code)
    assert refused.status == 429
    assert refused.headers["Retry-After"] == "60"
    clock.advance(timedelta(minutes=1))
    await opened(chat, **code)


async def test_wrong_tries_at_a_reference_are_limited_over_all_addresses(
    aiohttp_client, inbox, database: Database, faq, settings, clock
) -> None:
    channel = WebChat(inbox, database, faq, settings, clock)
    accepted = await inbox.receive(_incoming(session := await channel.session(None)))
    code = await channel.way_back.make(session)
    assert accepted.inbox_id
    statuses = [
        await _status(channel.way_back.open(f"192.0.2.{number}", code.reference, WRONG)) for number in range(31)
    ]
    assert statuses == [403] * 30 + [429]
    assert await _status(channel.way_back.open("198.51.100.1", code.reference, code.code)) == 429
    clock.advance(timedelta(minutes=2))  # its owner is kept out for two minutes, not for good
    assert await channel.way_back.open("198.51.100.1", code.reference, code.code) == session


async def test_slips_are_no_tries(chat: TestClient) -> None:
    _session, code = await asked(chat)
    for _ in range(30):
        await opened(chat, 403, reference=code["reference"], code=code["code"][:-1])
    await opened(chat, **code)


def _incoming(session: str):
    from bot.conversation.message import Incoming  # noqa: PLC0415

    return Incoming("web_chat", session, "m1", "text", text=UNSURE)


async def _status(opening) -> int:
    from bot.channels.refusal import ChatError  # noqa: PLC0415

    try:
        await opening
    except ChatError as error:
        return error.status
    return 200


# --- without JavaScript ---------------------------------------------------------------------------


async def test_the_plain_form_shows_the_code_once_and_opens_elsewhere(chat: TestClient, aiohttp_client) -> None:
    html = await (await chat.post("/chat", data={"text": UNSURE})).text()
    assert say("Open on another device") in html
    shown = await chat.post("/chat/return-code", data={"lang": "vi"})
    html = await shown.text()
    assert shown.status == 200
    assert "no-store" in shown.headers["Cache-Control"]
    reference = re.search(r'<dd class="code">([\w-]{9})</dd>', html).group(1)
    secret = re.search(r'<dd class="secret">([\d ]{19})</dd>', html).group(1)
    assert secret not in await (await chat.get("/chat")).text()

    other = await aiohttp_client(chat.app)
    assert '<details id="return">' in await (await other.get("/chat")).text()
    wrong = await other.post("/chat/return", data={"reference": reference, "code": WRONG})
    html = await wrong.text()
    assert wrong.status == 403
    assert '<details id="return" open>' in html
    assert f'value="{reference}"' in html
    assert (
        say("This code and this secret number don't belong together. Please check every letter and digit.").split(".")[
            0
        ]
        in html
    )
    right = await other.post("/chat/return", data={"reference": reference, "code": secret}, allow_redirects=False)
    assert (right.status, right.headers["Location"]) == (303, "/chat#last")
    assert "HttpOnly" in right.headers["Set-Cookie"]
    assert UNSURE in await (await other.get("/chat")).text()


@pytest.mark.parametrize("path", ["/chat/return", "/chat/return-code"])
async def test_forms_of_other_sites_are_refused(chat: TestClient, path: str) -> None:
    await chat.post("/chat", data={"text": UNSURE})
    answer = await chat.post(path, data={"reference": "K7MP-42QX", "code": WRONG}, headers={"Origin": "null"})
    assert answer.status == 403
    assert 'class="secret"></dd>' in await answer.text()  # only the empty card of the template


# --- on both databases ----------------------------------------------------------------------------


async def test_the_store_keeps_and_forgets_it(both_databases: Database, clock) -> None:
    from knowledge_base import officer_queue  # noqa: PLC0415
    from knowledge_base.questions.change import Opening, queueing  # noqa: PLC0415
    from knowledge_base.storage import chat_store, return_store  # noqa: PLC0415
    from knowledge_base.storage.retention_store import sweep  # noqa: PLC0415

    def ask(tx) -> str:
        chat_store.issue_session(tx, "the session")
        ref = tx.keys.contact_ref("web_chat", "the session")
        opening = Opening("K7MP-42QX", ref, "web_chat", officer_queue.FIRST_UNIT, UNSURE, [], False)
        opening.take(queueing(tx.now, 5, Calendar(), "unmatched", urgent=False))
        officer_queue.open_all(tx, [opening])
        return ref

    both_databases.write_now(ask)
    assert both_databases.write_now(return_store.make_return_code, "another session") is None
    codes = await asyncio.gather(
        *(both_databases.write(return_store.make_return_code, "the session") for _ in range(4))
    )
    open_by = [
        both_databases.read_now(return_store.session_behind, "K7MP-42QX", read_return_code(code.code))
        for code in codes
        if code
    ]
    assert sorted(filter(None, open_by)) == ["the session"]  # one is the last
    clock.advance(timedelta(days=31 * 12 + 1))
    both_databases.write_now(sweep, 12)
    assert both_databases.read_now(lambda tx: tx.execute(select(tables.return_codes)).all()) == []
