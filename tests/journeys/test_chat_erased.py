"""On a phone: a copy of one's data, then all of it erased, and nothing is left in the browser either."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from knowledge_base.storage import tables
from knowledge_base.storage.database import Database
from tests.journeys.chat_service import PHONE, UNSURE, ChatService, ask, chat_service, fits

COPY = re.compile(r"\d{3}(?: \d{3}){4}")


@pytest.fixture
async def served(
    database: Database, clock, tmp_path: Path, chat_index: Path, chromium: Browser
) -> AsyncIterator[ChatService]:
    async with chat_service(database, clock, tmp_path, chat_index, chromium) as service:
        yield service


async def kept_here(page: Page) -> str:
    """All that the browser holds of the conversation, besides what is shown."""
    return await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")


async def look(page: Page, path: Path) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.screenshot(path=path, full_page=True)


async def test_a_copy_and_then_nothing(served: ChatService, pictures: Path) -> None:
    phone = await served.open(PHONE)
    await ask(phone, UNSURE)
    code = await phone.locator(".receipt .code").inner_text()
    await ask(phone, "/riengtu")
    await expect(phone.locator(".turn.bot").last).to_contain_text("/rieng-tu")
    await ask(phone, "/dulieu")
    told = phone.locator(".turn.bot").last
    await expect(told).to_contain_text("/du-lieu")
    await phone.screenshot(path=pictures / "chat-dulieu-360.png")
    number = COPY.search(await told.inner_text())
    assert number
    await _copy(served, number.group(), pictures)
    await _privacy(served, pictures)
    await ask(phone, "/xoa")
    await expect(phone.locator(".turn.bot").last).to_contain_text("xoá hết")
    await fits(phone)
    await phone.screenshot(path=pictures / "chat-xoa-360.png")
    session = await phone.evaluate("JSON.parse(localStorage.getItem('hoi-dap-giam-ngheo.chat.session'))")
    assert session
    await phone.fill("#text", "đang viết dở")
    await phone.get_by_role("button", name="Xoá hết").click()
    await expect(phone.locator(".turn.own")).to_have_count(0)
    await expect(phone.locator(".turn.bot").last).to_contain_text("Đã xoá")
    await expect(phone.locator("#text")).to_have_value("")
    await phone.screenshot(path=pictures / "chat-erased-360.png")
    held = await kept_here(phone)
    assert session not in held
    assert UNSURE not in held
    assert await phone.evaluate("Object.keys(localStorage).length") == 0
    await _anew(served, phone, code, session, pictures)
    assert served.faults == []


async def _copy(served: ChatService, number: str, pictures: Path) -> None:
    page = await served.open(PHONE, "/du-lieu")
    await look(page, pictures / "dulieu-form-360.png")
    for opens in (True, False):
        await page.goto(served.url + "/du-lieu")
        await page.locator("#so").fill(number)
        await page.locator("form.lookup button").click()
        await expect(page.get_by_text(UNSURE).first).to_be_visible(visible=opens)
        await look(page, pictures / f"dulieu-{'open' if opens else 'again'}-360.png")
        if opens:
            async with page.expect_download() as download:
                await page.locator("a[download]").click()
            await (await download.value).save_as(pictures / "du-lieu.json")
    assert UNSURE in (pictures / "du-lieu.json").read_text()
    await page.context.close()


async def _privacy(served: ChatService, pictures: Path) -> None:
    page = await served.open(PHONE, "/rieng-tu")
    for word in ("/xoa", "/dulieu", "/dung"):
        await expect(page.get_by_text(word).first).to_be_visible()
    await look(page, pictures / "riengtu-360.png")
    await page.context.close()


async def _anew(served: ChatService, phone: Page, code: str, session: str, pictures: Path) -> None:
    """Who writes again is somebody new, and an old code says only that it was erased."""
    await ask(phone, f"XEM {code}")
    await expect(phone.locator(".turn.bot")).to_have_count(4)
    await expect(phone.locator(".turn.bot").filter(has_text=code)).to_contain_text("xoá")
    await phone.screenshot(path=pictures / "chat-anew-360.png")
    assert session not in await kept_here(phone)
    await phone.reload()
    await expect(phone.locator(".turn.own")).to_have_count(1)
    assert UNSURE not in await phone.locator("#log").inner_text()
    page = await served.open(PHONE, f"/tra-cuu?ma={code}")
    await page.locator("main").get_by_role("button", name="Tra cứu").click()
    await expect(page.locator("main")).to_contain_text("xoá")
    await look(page, pictures / "tracuu-erased-360.png")
    await page.context.close()


async def test_without_javascript(served: ChatService, pictures: Path) -> None:
    phone = await served.open(PHONE, java_script_enabled=False)
    for words in (UNSURE, "/xoa"):
        await phone.fill("#text", words)
        await phone.get_by_role("button", name="Gửi").click()
    assert [one["name"] for one in await phone.context.cookies()] != []
    await phone.get_by_role("button", name="Xoá hết").click()
    await expect(phone.locator(".turn.own")).to_have_count(0)
    await expect(phone.locator(".turn.bot").last).to_contain_text("Đã xoá")
    await phone.screenshot(path=pictures / "plain-erased-360.png", full_page=True)
    assert await phone.context.cookies() == []
    await phone.goto(served.url + "/chat")
    await expect(phone.locator(".turn.own")).to_have_count(0)
    await phone.fill("#text", UNSURE)
    await phone.get_by_role("button", name="Gửi").click()
    await expect(phone.locator(".turn.own")).to_have_count(1)
    assert await served.count(tables.questions) == 2
    assert await served.count(tables.erasures) == 1
