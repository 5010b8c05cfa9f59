"""The web chat on slow and broken networks: nothing typed is lost, nothing has two effects, few bytes are needed."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, expect
from sqlalchemy import select

from knowledge_base.storage import tables
from knowledge_base.storage.database import Database
from tests.journeys.chat_service import PHONE, SMALL, UNSURE, ChatService, ask, chat_service

POSTED = "**/chat/messages?lang=vi"
GPRS = {"offline": False, "latency": 600, "downloadThroughput": 5_000, "uploadThroughput": 2_500}  # bytes a second
FIRST_VIEW = 56_000  # bytes with headers; 25,000 are the typeface, which nothing waits for
EXCHANGE = 4_000  # bytes of a question and its receipt, both ways


@pytest.fixture
async def served(
    database: Database, clock, tmp_path: Path, chat_index: Path, chromium: Browser
) -> AsyncIterator[ChatService]:
    async with chat_service(database, clock, tmp_path, chat_index, chromium) as service:
        yield service


def texts(service: ChatService) -> list[str]:
    """What arrived, in order."""
    return [body["text"] for body in service.database.read_now(_bodies)]


def _bodies(tx) -> list[dict]:
    return list(tx.execute(select(tables.inbox.c.body).order_by(tables.inbox.c.id)).scalars())


async def all_sent(page: Page) -> None:
    await expect(page.locator(".turn.own .sent:not([hidden])")).to_have_count(0, timeout=40_000)


class Busy:
    """A service (or the proxy before it) that asks for a pause, then lets everything through."""

    def __init__(self, status: int, body: str, seconds: int) -> None:
        self.answer = {"status": status, "body": body, "headers": {"Retry-After": str(seconds)}}
        self.came: list[float] = []
        self.times = 1

    async def __call__(self, route: Route) -> None:
        if route.request.method == "GET":
            await route.continue_()
            return
        self.came.append(time.monotonic())
        if len(self.came) <= self.times:
            await route.fulfill(**self.answer)
        else:
            await route.continue_()


@pytest.mark.parametrize(
    ("status", "body"),
    [(503, '{"error": {"code": "not_ready", "message": "bận"}}'), (429, "<html></html>"), (502, "<html></html>")],
    ids=["ours", "too-many", "a-proxys"],
)
async def test_a_service_that_asks_for_a_pause_gets_it(served: ChatService, status: int, body: str) -> None:
    page = await served.open(PHONE)
    busy = Busy(status, body, seconds=4)
    await page.route(POSTED, busy)
    await ask(page, UNSURE)
    await expect(page.locator(".turn.own .sent")).to_contain_text("lát nữa sẽ tự gửi")
    await expect(page.get_by_role("button", name="Thử lại")).to_have_count(0)
    await expect(page.get_by_role("status")).to_contain_text("nhiều người hỏi")
    await ask(page, "Xã Thử Nghiệm")  # writing on doesn't hurry it
    await page.evaluate("window.dispatchEvent(new Event('online'))")
    await all_sent(page)
    assert busy.came[1] - busy.came[0] >= 4
    assert len(busy.came) == 3
    assert texts(served) == [UNSURE, "Xã Thử Nghiệm"]


async def test_what_was_typed_offline_outlives_the_page_in_order(served: ChatService, pictures: Path) -> None:
    page = await served.open(SMALL)
    await expect(page.locator("#welcome")).to_be_visible()
    await page.context.set_offline(True)
    for words in (UNSURE, "Xã Thử Nghiệm", "hỏi thêm: có mất phí không"):
        await ask(page, words)
    await page.fill("#text", "đang viết dở")
    await expect(page.locator(".turn.own.failed")).to_have_count(3)
    await page.screenshot(path=pictures / "offline-320.png")
    await page.context.set_offline(False)
    await page.reload()
    await expect(page.locator(".receipt")).to_have_count(1)
    await all_sent(page)
    await expect(page.locator("#text")).to_have_value("đang viết dở")
    assert texts(served) == [UNSURE, "Xã Thử Nghiệm", "hỏi thêm: có mất phí không"]
    await page.screenshot(path=pictures / "back-320.png")


async def test_an_officers_answer_that_came_meanwhile_is_there_when_the_network_is(served: ChatService) -> None:
    page = await served.open(PHONE)
    await ask(page, UNSURE)
    code = await page.locator(".receipt .code").inner_text()
    await page.context.set_offline(True)
    await served.officer_writes(code, "Mời mang giấy tờ đến phòng thử.")
    await page.wait_for_timeout(300)
    await page.context.set_offline(False)
    await expect(page.get_by_text("Mời mang giấy tờ đến phòng thử.")).to_have_count(1, timeout=20_000)


async def test_words_that_are_refused_come_back_into_the_box_and_stay(served: ChatService) -> None:
    page = await served.open(PHONE)
    body = json.dumps({"error": {"code": "text_too_long", "message": "Tin quá dài."}})
    await page.route(POSTED, lambda route: route.fulfill(status=413, body=body))
    await ask(page, UNSURE)
    await expect(page.locator(".turn.own")).to_contain_text("Tin quá dài.")
    await expect(page.locator("#text")).to_have_value(UNSURE)
    await page.reload()
    await expect(page.locator("#text")).to_have_value(UNSURE)


async def test_a_portal_that_answers_for_us_takes_nothing(served: ChatService) -> None:
    page = await served.open(PHONE)
    await ask(page, UNSURE)
    await expect(page.locator(".receipt")).to_be_visible()
    answers = [(200, "<html>Wi-Fi</html>"), (404, "<html>Wi-Fi</html>"), (511, "<html>Wi-Fi</html>")]

    async def answer(route: Route) -> None:
        if not answers or route.request.method == "GET":
            await route.continue_()
            return
        status, body = answers.pop(0)
        await route.fulfill(status=status, body=body)

    await page.route(POSTED, answer)
    await ask(page, "Xã Thử Nghiệm")
    await expect(page.locator(".turn.own.failed")).to_have_count(1)
    await all_sent(page)
    assert answers == []
    assert await served.count(tables.contacts) == 1
    assert texts(served) == [UNSURE, "Xã Thử Nghiệm"]


async def slow(page: Page, loaded: list[int]) -> None:
    """A phone at the edge of the network; counts the bytes that come."""
    wire = await page.context.new_cdp_session(page)
    await wire.send("Network.enable")
    await wire.send("Network.emulateNetworkConditions", GPRS)
    wire.on("Network.loadingFinished", lambda event: loaded.append(int(event["encodedDataLength"])))


async def test_few_bytes_are_enough(served: ChatService) -> None:
    page = await (await served.context(SMALL)).new_page()
    loaded: list[int] = []
    await slow(page, loaded)
    began = time.monotonic()
    await page.goto(served.url + "/chat", wait_until="commit", timeout=60_000)
    await expect(page.locator("#text")).to_be_visible(timeout=60_000)
    to_type = time.monotonic() - began
    await page.fill("#text", UNSURE)  # before the script is there
    await page.wait_for_load_state("load", timeout=60_000)
    await expect(page.locator("html.js")).to_have_count(1, timeout=60_000)
    await page.wait_for_timeout(4000)
    first = sum(loaded)
    loaded.clear()
    await expect(page.locator("#text")).to_have_value(UNSURE)
    began = time.monotonic()
    await page.press("#text", "Enter")
    await expect(page.locator(".receipt")).to_be_visible(timeout=60_000)
    to_answer = time.monotonic() - began
    await page.wait_for_timeout(300)
    exchange = sum(loaded)
    print(f"\nfirst view {first} B, box after {to_type:.1f} s; question to receipt {exchange} B, {to_answer:.1f} s")
    assert first < FIRST_VIEW
    assert exchange < EXCHANGE
    assert texts(served) == [UNSURE]
