"""The chat's page in few bytes: a plain form without a script, the last exchange only."""

import re
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from tests.bot.test_chat_pages import SURE, UNSURE, VAGUE, fields, served

SAVING = {"Save-Data": "on"}
TURN = 5 * 1024


@pytest.fixture
async def chat(aiohttp_client: Any, inbox: Any, database: Any, faq: Any, settings: Any, clock: Any) -> TestClient:
    return await served(aiohttp_client, inbox, database, faq, settings, clock)


def weight(answer: Any) -> int:
    return sum(len(name) + len(value) + 4 for name, value in answer.raw_headers) + 20


async def asked(chat: TestClient, page: str, words: str) -> tuple[str, int]:
    """The page after a question, and what both answers of the service weigh, unpacked."""
    sent = await chat.post("/chat", data={**fields(page), "text": words}, headers=SAVING, allow_redirects=False)
    assert sent.status == 303
    shown = await chat.get(sent.headers["Location"], headers={**SAVING, "Accept-Encoding": "identity"})
    body = await shown.read()
    return body.decode(), weight(sent) + weight(shown) + len(body)


async def test_asking_costs_little_and_every_turn_as_much(chat: TestClient) -> None:
    first = await (await chat.get("/chat", headers=SAVING)).text()
    assert "<script" not in first
    assert len(re.findall(r'href="(/chat/static/[^"]+)"', first)) == 1
    page, most, receipts = first, 0, 0
    for words in (SURE, UNSURE, *VAGUE, SURE, UNSURE):
        page, cost = await asked(chat, page, words)
        assert words in page
        most = max(most, cost)
        receipts += bool(re.search(r'<p class="code">[2-9A-Z]{4}-[2-9A-Z]{4}</p>', page))
    assert most <= TURN
    assert receipts
    assert VAGUE[0] not in page  # said before
    whole = re.search(r'href="([^"]+ca=1)#last"', page)
    assert whole
    everything = await (await chat.get(whole[1], headers=SAVING)).text()
    assert all(words in everything for words in (SURE, UNSURE, *VAGUE))
    assert everything.count('id="last"') == 1


async def test_a_choice_is_pressed_and_is_no_choice_any_more(chat: TestClient) -> None:
    page = await (await chat.get("/chat", headers=SAVING)).text()
    for words in VAGUE:
        page, _cost = await asked(chat, page, words)
        if found := re.search(r'name="option" value="([^"]+)"', page):
            break
    assert found
    sent = await chat.post("/chat", data={**fields(page, form=0), "option": found[1]}, headers=SAVING)
    after = await sent.text()
    assert found[1] not in after
    assert 'class="own"' in after


async def test_a_frame_and_who_leaves_it_have_the_whole_page(chat: TestClient) -> None:
    assert "chat.js" in await (await chat.get("/chat?embed=1", headers=SAVING)).text()
    left = await chat.get("/chat?nhe=0", headers=SAVING)
    assert "chat.js" in await left.text()
    assert left.headers["Set-Cookie"].startswith("nhe=0;")


async def test_the_browsers_language_is_spoken_and_the_chosen_one_stays(chat: TestClient) -> None:
    english = {"Accept-Language": "en-US,en;q=0.9"}
    page = await (await chat.get("/chat", headers={**english, **SAVING})).text()
    assert '<html lang="en">' in page
    chosen = re.search(r'href="([^"]+)" lang="vi"', page)
    assert chosen
    vietnamese = await (await chat.get(chosen[1], headers={**english, **SAVING})).text()
    assert '<html lang="vi">' in vietnamese
    after = await chat.post("/chat", data={**fields(vietnamese), "text": SURE}, headers={**english, **SAVING})
    assert '<html lang="vi">' in await after.text()


async def test_a_wait_for_nothing_costs_nearly_nothing(chat: TestClient) -> None:
    session = (await (await chat.post("/chat/session")).json())["session"]
    asked_for = "/chat/messages?after=0&wait=0"
    answer = await chat.get(f"{asked_for}&quiet=1", headers={"X-Chat-Session": session})
    assert answer.status == 204
    assert weight(answer) <= 200
    assert (await (await chat.get(asked_for, headers={"X-Chat-Session": session})).json())["replies"] == []
    await chat.post("/chat/messages", json={"session": session, "text": SURE})
    told = await chat.get(f"{asked_for}&quiet=1", headers={"X-Chat-Session": session})
    assert (await told.json())["replies"]


@pytest.mark.parametrize("headers", [{}, SAVING])
async def test_a_receipt_leads_to_its_picture(chat: TestClient, headers: dict[str, str]) -> None:
    page = await (await chat.get("/chat", headers=headers)).text()
    sent = await chat.post("/chat", data={**fields(page), "text": UNSURE}, headers=headers)
    found = re.search(
        r'href="/phieu/[A-Za-z0-9_-]{40,200}\.png" download="phieu-([2-9A-Z-]{9})\.png"', await sent.text()
    )
    assert found
