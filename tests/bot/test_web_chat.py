"""The web chat's API, over HTTP."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.channels.refusal import subscriber
from bot.channels.web_chat import WebChat
from bot.inbox import Inbox
from knowledge_base.settings import Settings
from knowledge_base.storage import tables
from knowledge_base.storage.database import Database, Transaction

SURE = "hộ nghèo có được phát thẻ bảo hiểm y tế không"
UNSURE = "làm sao để đăng ký kết hôn với người ở xã bên cạnh"


@pytest.fixture
async def chat(aiohttp_client, inbox: Inbox, database: Database, faq, settings: Settings, clock) -> TestClient:
    channel = WebChat(inbox, database, faq, settings, clock)
    app = web.Application()
    channel.add_routes(app)
    client = await aiohttp_client(app)
    client.channel = channel
    return client


async def post(chat: TestClient, status: int = 200, **body: Any) -> dict[str, Any]:
    response = await chat.post("/chat/messages", json=body)
    assert response.status == status, await response.text()
    return await response.json()


def rows(tx: Transaction, table: Any) -> int:
    return tx.execute(select(func.count()).select_from(table)).scalar_one()


async def test_a_sure_question_is_answered_at_once(chat: TestClient) -> None:
    said = await post(chat, text=SURE)
    answer, notice = said["replies"]
    assert answer["decision"] == "confident"
    assert answer["entry"] == "T25"
    assert "Trả lời thử của T25." in answer["text"]
    assert notice["decision"] == "notice"
    again = await post(chat, session=said["session"], option=answer["options"][0]["id"])
    assert [reply["decision"] for reply in again["replies"]] == ["chat"]


async def test_a_question_nobody_settles_gets_a_reference(chat: TestClient) -> None:
    said = await post(chat, text=UNSURE)
    assert said["replies"][0]["decision"] == "unknown"
    assert said["replies"][0]["reference"] in said["replies"][0]["text"]


async def test_the_same_message_id_gives_the_same_reply_and_no_second_effect(
    chat: TestClient, database: Database
) -> None:
    session = (await post(chat, text="chào bạn"))["session"]
    first = await post(chat, session=session, message_id="m1", text=UNSURE)
    both = await asyncio.gather(*(post(chat, session=session, message_id="m1", text=UNSURE) for _ in range(5)))
    assert all(said["replies"] == first["replies"] for said in both)
    assert await database.read(rows, tables.questions) == 1
    other = await post(chat, message_id="m1", text=UNSURE)
    assert other["replies"][0]["reference"] != first["replies"][0]["reference"]


async def test_a_session_may_come_as_a_header(chat: TestClient) -> None:
    session = (await post(chat, text="chào bạn"))["session"]
    headers = {"X-Chat-Session": session}
    response = await chat.post("/chat/messages", json={"text": "chào"}, headers=headers)
    assert (await response.json())["session"] == session
    assert len(session) >= 22  # 128 bits in base64


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_json"),
        (b"[]", 400, "bad_json"),
        (b"[" * 60_000, 400, "bad_json"),
        (b"{}", 400, "text_or_option_needed"),
        (b'{"text": 5}', 400, "text_not_text"),
        (b'{"text": "a", "session": "made up"}', 404, "session_unknown"),
        (json.dumps({"text": "a" * 4097}).encode(), 413, "text_too_long"),
        (json.dumps({"text": "a" * 70_000}).encode(), 413, "too_large"),
        (json.dumps({"text": "a", "message_id": "x" * 200}).encode(), 400, "message_id_too_long"),
    ],
)
async def test_what_is_refused(chat: TestClient, body: bytes, status: int, code: str) -> None:
    response = await chat.post("/chat/messages", data=body, headers={"Content-Type": "application/json"})
    assert response.status == status
    error = (await response.json())["error"]
    assert error["code"] == code
    assert error["message"]


async def test_broken_characters_in_any_field_do_no_harm(chat: TestClient) -> None:
    for field in ("text", "option", "message_id"):
        body = f'{{"text": "a", "{field}": "a\\ud800\\u0000"}}'
        response = await chat.post("/chat/messages", data=body, headers={"Content-Type": "application/json"})
        assert response.status in (200, 400), field


async def test_only_json_is_taken(chat: TestClient) -> None:
    response = await chat.post("/chat/messages", data={"text": "a"})
    assert response.status == 400


async def test_a_session_is_limited_and_others_are_not(chat: TestClient) -> None:
    session = (await post(chat, text="chào bạn"))["session"]
    statuses = [
        (await chat.post("/chat/messages", json={"session": session, "text": "chào"})).status for _ in range(65)
    ]
    assert statuses.count(429) == 6
    assert (await post(chat, text="chào bạn"))["replies"]


def test_asubscriber_counts_once_however_many_addresses_he_has() -> None:
    assert subscriber("2001:db8:1:2::1") == subscriber("2001:db8:1:2:ffff::9") != subscriber("2001:db8:1:3::1")
    assert [subscriber(address) for address in ("192.0.2.1", "?")] == ["192.0.2.1", "?"]


async def test_later_replies_arrive(chat: TestClient, database: Database) -> None:
    said = await post(chat, text=UNSURE)
    headers = {"X-Chat-Session": said["session"]}
    seen = await (await chat.get("/chat/messages?after=0", headers=headers)).json()
    assert [reply["id"] for reply in seen["replies"]] == [reply["id"] for reply in said["replies"]]
    waiting = asyncio.create_task(chat.get(f"/chat/messages?after={seen['last']}&wait=5", headers=headers))
    await asyncio.sleep(0.05)
    assert not waiting.done()

    def tell(tx: Transaction) -> None:
        from knowledge_base.storage import contact_store, outbox_store  # noqa: PLC0415

        to = contact_store.contact(tx, tx.keys.contact_ref("web_chat", said["session"]))
        body = {"notice": "officer_words", "reference": "K7MP-42QX", "words": "Mời lên xã."}
        outbox_store.enqueue(tx, "later", to, body)

    await database.write(tell)
    await chat.channel.tell()
    later = await (await waiting).json()
    assert "Mời lên xã." in later["replies"][0]["text"]
    assert (await chat.get("/chat/messages?after=0")).status == 404
    assert (await chat.get("/chat/messages?after=x", headers=headers)).status == 400


@profile(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(exclude_categories=[]), max_size=60), option=st.text(max_size=30))
async def test_no_text_breaks_it(inbox: Inbox, text: str, option: str) -> None:
    from bot.conversation.message import Incoming  # noqa: PLC0415

    for kind in ("text", "option"):
        incoming = Incoming("web_chat", "s", f"{kind}{text}{option}"[:50], kind, text=text, option=option)
        accepted = await inbox.receive(incoming)
        assert accepted.inbox_id
