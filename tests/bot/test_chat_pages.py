"""The chat's page without JavaScript: a plain form, a strict cookie, the whole conversation after each message."""

import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient
from multidict import CIMultiDict
from sqlalchemy import func, select

from bot.channels.web_chat import WebChat
from bot.web.bubbles import bubbles
from bot.web.pages import add_routes
from knowledge_base.errors import Unavailable
from knowledge_base.settings import Settings
from knowledge_base.storage import contact_store, outbox_store, tables
from knowledge_base.storage.database import Database, Transaction
from translations.loader import catalog

SURE = "hộ nghèo có được phát thẻ bảo hiểm y tế không"
UNSURE = "làm sao để đăng ký kết hôn với người ở xã bên cạnh"
VAGUE = ("người nghèo", "tiền", "vay", "bảo hiểm", "nhà có sổ")  # the matcher offers entries for at least one
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
say: Callable[[str], str] = catalog("bot", "vi").gettext


@pytest.fixture
async def chat(aiohttp_client, inbox, database: Database, faq, settings: Settings, clock) -> TestClient:
    return await served(aiohttp_client, inbox, database, faq, settings, clock)


async def served(aiohttp_client, inbox, database, faq, settings, clock) -> TestClient:
    channel = WebChat(inbox, database, faq, settings, clock)
    app = web.Application()
    channel.add_routes(app)
    add_routes(app, channel, settings)
    client = await aiohttp_client(app)
    client.channel = channel
    return client


def rows(tx: Transaction, table: Any) -> int:
    return tx.execute(select(func.count()).select_from(table)).scalar_one()


async def page(chat: TestClient, address: str = "/chat") -> str:
    response = await chat.get(address)
    assert response.status == 200
    return await response.text()


def fields(html: str, *, form: int = -1) -> dict[str, str]:
    """The hidden fields of one of a page's forms; the last is the text box's, those before are choices."""
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", html, re.DOTALL)
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', forms[form])
    return dict(found)


def buttons(html: str) -> dict[str, str]:
    """The choices that can be pressed, by their words."""
    found = re.findall(r'<button name="option" value="([^"]*)">(.*?)</button>', html, re.DOTALL)
    return {
        unescape(re.sub(r"<span class=\"number\">\d+</span>|<[^>]+>", "", label)): unescape(option)
        for option, label in found
    }


async def send(chat: TestClient, status: int = 200, **form: str) -> str:
    response = await chat.post("/chat", data=form)
    assert response.status == status, await response.text()
    return await response.text()


async def ask(chat: TestClient, text: str) -> str:
    return await send(chat, text=text, **fields(await page(chat)))


async def test_a_question_is_answered_without_javascript(chat: TestClient) -> None:
    html = await ask(chat, SURE)
    assert SURE in html
    assert "Trả lời thử của T25." in html
    assert html.index(SURE) < html.index("Trả lời thử của T25.")
    assert re.search(r'<article class="turn own" id="last"', html)
    assert 'role="log"' in html


async def test_a_choice_is_a_submit_button_and_is_marked_when_used(chat: TestClient) -> None:
    html = await ask(chat, SURE)
    clear = buttons(html)[say("Clear, thanks")]
    html = await send(chat, option=clear, **fields(html, form=1))
    assert say("Glad it is clear. Type whenever you have another question.") in html
    assert buttons(html) == {}
    assert re.search(rf'value="{clear}" disabled class="used"', html)
    own = re.findall(r'<article class="turn own".*?</article>', html, re.DOTALL)
    assert say("Clear, thanks") in own[-1]


async def test_entries_offered_are_numbered_once(chat: TestClient) -> None:
    for words in VAGUE:
        html = await ask(chat, words)
        offered = buttons(html)
        if say("None of these") in offered:
            break
    assert say("None of these") in offered
    offering = [turn for turn in re.findall(r"<article.*?</article>", html, re.DOTALL) if 'class="choices"' in turn]
    assert offering[-1].count(say("None of these")) == 1
    assert '<span class="number">1</span>' in html


async def test_the_receipt_is_a_card_with_the_code(chat: TestClient) -> None:
    html = await ask(chat, UNSURE)
    card = re.search(r'<div class="receipt">.*?</div>', html, re.DOTALL)
    assert card
    code = re.search(r'<p class="code">([\w-]{9})</p>', card.group())
    assert code
    assert f": {code.group(1)}\n" not in card.group()


async def test_what_is_sent_twice_has_one_effect(chat: TestClient, database: Database) -> None:
    form = fields(await page(chat))
    first = await send(chat, text=UNSURE, **form)
    chat.session.cookie_jar.clear()  # the answer with the cookie was lost on the way
    second = await send(chat, text=UNSURE, **form)
    assert await database.read(rows, tables.questions) == 1
    assert re.findall(r'class="code">([\w-]+)', first) == re.findall(r'class="code">([\w-]+)', second)


async def test_other_words_from_the_same_page_are_another_message(chat: TestClient, database: Database) -> None:
    form = fields(await page(chat))
    await send(chat, text=UNSURE, **form)
    html = await send(chat, text=SURE, **form)
    assert "Trả lời thử của T25." in html
    assert await database.read(rows, tables.questions) == 2


async def test_later_replies_appear_when_the_page_is_loaded_again(chat: TestClient, database: Database) -> None:
    html = await ask(chat, UNSURE)
    assert say("Look for new replies") in html
    code = re.search(r'class="code">([\w-]+)', html).group(1)

    def officer_writes(tx: Transaction) -> None:
        ref = tx.execute(select(tables.contacts.c.ref)).scalar_one()
        to = contact_store.contact(tx, ref)
        body = {"notice": "officer_words", "reference": code, "words": "Mời mang giấy tờ đến."}
        outbox_store.enqueue(tx, "later:1", to, body)

    await database.write(officer_writes)
    assert "Mời mang giấy tờ đến." in await page(chat)
    states = await database.read(lambda tx: set(tx.execute(select(tables.outbox.c.state)).scalars()))
    assert states == {"sent"}


async def test_the_cookie_is_strict_and_for_the_chat_only(chat: TestClient) -> None:
    response = await chat.post("/chat", data={"text": SURE}, allow_redirects=False)
    assert response.status == 303
    assert response.headers["Location"] == "/chat#last"
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("chat_session=")
    assert {"HttpOnly", "Path=/chat", "SameSite=Strict"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


async def test_over_https_the_cookie_is_secure(aiohttp_client, inbox, database, faq, settings, clock) -> None:
    secure = settings.model_copy(update={"public_url": "https://hoidap.example"})
    chat = await served(aiohttp_client, inbox, database, faq, secure, clock)
    response = await chat.post("/chat", data={"text": SURE}, allow_redirects=False)
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Secure-chat_session=")
    assert "Secure" in cookie.split("; ")


async def test_no_cookie_before_something_is_sent(chat: TestClient) -> None:
    assert "Set-Cookie" not in (await chat.get("/chat")).headers
    empty = await chat.post("/chat", data={"text": "  \n"}, allow_redirects=False)
    assert (empty.status, "Set-Cookie" in empty.headers) == (303, False)


async def test_a_cookie_we_did_not_issue_is_not_taken(chat: TestClient) -> None:
    headers = {"Cookie": "chat_session=made-up"}
    response = await chat.post("/chat", data={"text": SURE}, headers=headers, allow_redirects=False)
    assert "made-up" not in response.headers["Set-Cookie"]


async def test_begin_again_forgets_the_conversation(chat: TestClient) -> None:
    await ask(chat, SURE)
    html = await send(chat, again="1")
    assert SURE not in html
    assert buttons(html) == {}


CROSS_SITE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("headers", CROSS_SITE)
async def test_a_form_from_another_site_is_refused(chat: TestClient, database: Database, headers) -> None:
    for address in ("/chat", "/chat/session"):
        response = await chat.post(address, data={"text": SURE}, headers=headers, allow_redirects=False)
        assert response.status == 403
        assert "Set-Cookie" not in response.headers
    assert await database.read(rows, tables.inbox) == 0


async def test_our_own_form_is_taken_by_either_header(chat: TestClient) -> None:
    origin = f"http://{chat.host}:{chat.port}"
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": origin}):
        response = await chat.post("/chat", data={"text": SURE}, headers=headers, allow_redirects=False)
        assert response.status == 303


async def test_every_response_has_its_headers(chat: TestClient) -> None:
    answers = [await chat.get("/chat"), await chat.get("/chat?embed=1&lang=en")]
    answers.append(await chat.post("/chat", data={"text": SURE}, allow_redirects=False))
    answers.append(await chat.post("/chat", data={"text": SURE}, headers={"Origin": "null"}))
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]


async def test_nothing_is_inline(chat: TestClient) -> None:
    html = await ask(chat, SURE)
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", html)
    assert set(re.findall(r'(?:src|href)="(https?:)?//', html)) == set()


async def test_words_are_never_markup(chat: TestClient) -> None:
    html = await ask(chat, "<img src=x onerror=alert(1)> \"&amp;'")
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt; &#34;&amp;amp;&#39;" in html


async def test_the_page_speaks_english_and_keeps_doing_so(chat: TestClient) -> None:
    html = await page(chat, "/chat?lang=en&embed=1")
    assert '<html lang="en">' in html
    assert "Automatic replies." in html
    assert 'href="/chat?lang=vi&amp;embed=1" lang="vi"' in html
    form = fields(html)
    assert form["lang"] == "en"
    response = await chat.post("/chat", data={"text": "xin chào", **form}, allow_redirects=False)
    assert response.headers["Location"] == "/chat?lang=en#last"
    assert "Hello! Which question on" in await page(chat, "/chat?lang=en")
    assert "Trang chủ" in await page(chat, "/chat?lang=xx")


async def test_static_files_are_kept_by_their_hash(chat: TestClient) -> None:
    html = await page(chat)
    linked = set(re.findall(r'(?:src|href)="(/chat/static/[^"]+)"', html))
    assert len(linked) == 9
    script = next(address for address in linked if "chat.js" in address)
    imported = re.findall(r'from "([^"]+)"', await (await chat.get(script)).text())
    style = next(address for address in linked if "chat.css" in address)
    fonts = re.findall(r"url\(([^)]+)\)", await (await chat.get(style)).text())
    assert len(imported) == 5
    assert len(fonts) == 4
    assert all(address.startswith("/static/vendor/") for address in fonts)  # the site's, see tests/house/test_fonts.py
    for address in (*linked, *imported):
        answer = await chat.get(address)
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]
        etag = {"If-None-Match": answer.headers["ETag"]}
        assert (await chat.get(address, headers=etag)).status == 304
    assert (await chat.get(script.partition("?")[0])).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.js", "../pages.py", "%2e%2e/pages.py", "vendor"])
async def test_an_unknown_file_is_not_found(chat: TestClient, name: str) -> None:
    assert (await chat.get(f"/chat/static/{name}")).status == 404


async def test_the_script_for_other_pages_is_one_small_file(chat: TestClient) -> None:
    answer = await chat.get("/chat/embed.js")
    script = await answer.text()
    assert "__" not in script
    assert "Hỏi đáp" in script
    assert len(script.encode()) < 6 * 1024
    assert int(answer.headers["Content-Length"]) < 3 * 1024  # as it comes over the line
    assert (await chat.get("/chat/embed.js", headers={"If-None-Match": answer.headers["ETag"]})).status == 304


async def test_in_a_frame_the_plain_form_goes_on_in_a_page_of_its_own(chat: TestClient) -> None:
    html = await page(chat, "/chat?embed=1")
    forms = re.findall(r"<form method=\"post\"[^>]*>|<form [^>]*method=\"post\"[^>]*>", html)
    assert len(forms) == 3
    assert all('target="_blank"' in form for form in forms)
    assert "_blank" not in await page(chat)


# --- what goes wrong ------------------------------------------------------------------------------


async def test_a_text_too_long_stays_in_the_box(chat: TestClient) -> None:
    html = await send(chat, 413, text="dài " * 1100)
    assert say("The message is too long. Please shorten it to 4,000 characters.") in html
    assert "dài dài" in html


async def test_line_ends_are_counted_as_typed(chat: TestClient) -> None:
    await send(chat, 200, text="\r\n".join("a" * 40 for _ in range(99)))  # 4058 characters as typed, 4156 as sent


async def test_a_body_too_large_is_refused_in_words(chat: TestClient) -> None:
    response = await chat.post("/chat", data=io.BytesIO(b"text=" + b"x" * 2_000_000), headers=FORM)
    assert response.status == 413
    assert "4.000" in await response.text()


async def test_too_many_messages(chat: TestClient) -> None:
    form = fields(await page(chat))
    for number in range(60):
        await send(chat, text=f"chào {number}", **form)
    html = await send(chat, 429, text="và một câu nữa", **form)
    assert "và một câu nữa" in html
    assert say("Too many messages at once. Please wait a minute and try again.") in html


async def test_when_the_store_is_away_nothing_typed_is_lost(chat: TestClient, monkeypatch) -> None:
    async def away(*_args: Any, **_named: Any) -> None:
        raise Unavailable("database")

    monkeypatch.setattr(chat.channel._inbox, "receive", away)
    html = await send(chat, 503, text=SURE)
    assert SURE in html
    assert say("The service is busy. Your message was not kept; please send it again in a moment.") in html


async def test_files_and_odd_fields_are_no_message(chat: TestClient) -> None:
    files = FormData({"message_id": "\x00 odd"})
    files.add_field("text", b"\xff\xfe", filename="a.bin")
    response = await chat.post("/chat", data=files)
    assert response.status == 200
    raw = await chat.post("/chat", data=b"text=%00%ED%A0%80ch%C3%A0o&message_id=%ED%A0%80", headers=FORM)
    assert raw.status == 200


# --- what the script asks for ---------------------------------------------------------------------


async def test_a_session_before_the_first_message(chat: TestClient) -> None:
    session = (await (await chat.post("/chat/session")).json())["session"]
    said = await chat.post("/chat/messages", json={"session": session, "message_id": "1", "text": SURE})
    assert said.status == 200
    history = await (await chat.get("/chat/history", headers={"X-Chat-Session": session})).json()
    assert [turn["from"] for turn in history["turns"]] == ["resident", "bot", "bot"]
    assert history["turns"][0]["message_id"] == "1"
    assert history["last"] == history["turns"][-1]["id"]


async def test_who_began_without_javascript_goes_on_with_it(chat: TestClient) -> None:
    await ask(chat, SURE)
    assert " data-held" in await page(chat)
    adopted = (await (await chat.post("/chat/session")).json())["session"]
    history = await (await chat.get("/chat/history", headers={"X-Chat-Session": adopted})).json()
    assert history["turns"][0]["text"] == SURE
    fresh = await chat.post("/chat/session?again=1")
    assert (await fresh.json())["session"] != adopted
    assert " data-held" not in await page(chat)


@pytest.mark.parametrize("headers", [{}, {"X-Chat-Session": "made-up"}])
async def test_no_history_without_a_session(chat: TestClient, headers: dict[str, str]) -> None:
    answer = await chat.get("/chat/history?lang=en", headers=CIMultiDict(headers))
    assert answer.status == 404
    assert (await answer.json())["error"]["code"] == "session_unknown"


async def test_words_kept_long_enough_leave_no_empty_bubble() -> None:
    turn = {"from": "resident", "text": "", "option": "", "message_id": "1", "at": "2026-11-23T05:00:00+00:00"}
    assert bubbles([turn], []) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded; charset=nobody-knows", b"text=a"),
        ("multipart/form-data; boundary=x", b"--y\r\nbroken"),
    ],
)
async def test_a_form_no_browser_sends_is_refused(chat: TestClient, kind: str, body: bytes) -> None:
    headers = {"Content-Type": kind, "Sec-Fetch-Site": "same-origin"}
    response = await chat.post("/chat", data=body, headers=headers)
    assert response.status == 400
