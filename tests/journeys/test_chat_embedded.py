"""The web chat on another site's page: one line, nothing of either reaches the other, only where it is allowed."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, FrameLocator, Page, expect

from knowledge_base.storage import tables
from knowledge_base.storage.database import Database
from tests.journeys.chat_service import CODE, DESKTOP, SMALL, UNSURE, ChatService, chat_service
from tests.journeys.portal import Portal

DEVICES = pytest.mark.parametrize("device", [SMALL, DESKTOP], ids=["320", "1280"])


@pytest.fixture
async def portal() -> AsyncIterator[Portal]:
    async with Portal() as portal:
        yield portal


@pytest.fixture
async def served(
    portal: Portal, database: Database, clock, tmp_path: Path, chat_index: Path, chromium: Browser
) -> AsyncIterator[ChatService]:
    allowed = {"chat_allowed_origins": (portal.origin,)}
    async with chat_service(database, clock, tmp_path, chat_index, chromium, **allowed) as service:
        portal.chat = service.url
        yield service


def inside(page: Page) -> FrameLocator:
    return page.frame_locator("hoi-dap-giam-ngheo iframe")


@DEVICES
async def test_one_line_puts_it_on_a_portal(
    served: ChatService, portal: Portal, device: dict[str, Any], pictures: Path
) -> None:
    page = await served.open(device, portal.origin)
    button = page.get_by_role("button", name="Hỏi đáp", exact=True)
    await expect(button).to_be_visible()
    await expect(button).to_have_css("font-size", "18px")  # the portal's styles don't reach it
    await page.screenshot(path=pictures / f"portal-{device['viewport']['width']}.png")
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= device["viewport"]["width"]
    await page.get_by_label("Tìm").focus()
    await page.keyboard.press("Tab")  # after all that is the portal's
    await expect(button).to_be_focused()
    await page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Hỏi đáp giảm nghèo")
    await expect(panel).to_be_visible()
    box = inside(page).locator("#text")
    await box.fill(UNSURE)
    await box.press("Enter")
    code = inside(page).locator(".receipt .code")
    await expect(code).to_have_text(CODE)
    await page.screenshot(path=pictures / f"portal-chat-{device['viewport']['width']}.png")
    await served.officer_writes(await code.inner_text(), "Mời mang giấy tờ đến phòng thử.")
    await expect(inside(page).get_by_text("Mời mang giấy tờ đến phòng thử.")).to_be_visible()
    await box.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(button).to_be_focused()
    await button.click()
    await panel.get_by_role("button", name="Đóng").click()
    await expect(panel).to_be_hidden()
    assert page.url == portal.origin + "/"  # the portal's own steps back are left alone
    assert await page.evaluate("history.length") <= 2
    assert await page.get_by_label("Tìm").is_enabled()
    assert await page.context.cookies() == []
    assert {re.match(r"https?://[^/]+", address)[0] for address in served.asked} == {served.url, portal.origin}
    assert served.faults == []


async def test_the_conversation_is_kept_where_frames_may_keep_things(served: ChatService, portal: Portal) -> None:
    page = await served.open(SMALL, portal.origin)
    await page.get_by_role("button", name="Hỏi đáp", exact=True).click()
    await inside(page).locator("#text").fill(UNSURE)
    await inside(page).locator("#text").press("Enter")
    await expect(inside(page).locator(".receipt .code")).to_have_text(CODE)
    await expect(inside(page).locator("#frame-note")).to_be_hidden()
    await page.reload()
    await page.get_by_role("button", name="Hỏi đáp", exact=True).click()
    await expect(inside(page).locator(".receipt .code")).to_have_text(CODE)
    assert await page.context.cookies() == []


async def test_where_storage_is_closed_nothing_breaks(served: ChatService, portal: Portal, pictures: Path) -> None:
    page = await served.open(SMALL, portal.origin, keeping=False)
    await page.get_by_role("button", name="Hỏi đáp", exact=True).click()
    await expect(inside(page).locator("#frame-note")).to_be_visible()
    await page.screenshot(path=pictures / "portal-closed-storage-320.png")
    assert await inside(page).get_by_role("link", name="Mở cả trang để giữ lại").get_attribute("href") == "/chat"
    for words in (UNSURE, "Xã Thử Nghiệm"):
        await inside(page).locator("#text").fill(words)
        await inside(page).locator("#text").press("Enter")
    await expect(inside(page).locator(".turn.bot").last).to_contain_text("Xã Thử Nghiệm")
    assert await served.count(tables.contacts) == 1
    assert served.faults == []


async def test_the_page_around_it_is_out_of_reach_while_it_fills_a_phone(served: ChatService, portal: Portal) -> None:
    page = await served.open(SMALL, portal.origin)
    await page.get_by_role("button", name="Hỏi đáp", exact=True).click()
    await expect(inside(page).locator("#welcome")).to_be_visible()
    asleep = "[...document.body.children].filter((element) => element.inert).length"
    assert await page.evaluate(asleep) == await page.evaluate("document.body.children.length") - 1
    await page.get_by_role("button", name="Đóng").click()
    assert await page.evaluate(asleep) == 0


async def test_it_speaks_the_portals_language_or_the_one_that_is_asked_for(served: ChatService, portal: Portal) -> None:
    portal.language = "en-GB"
    page = await served.open(DESKTOP, portal.origin)
    await page.get_by_role("button", name="Ask here").click()
    await expect(inside(page).locator("#text")).to_have_attribute("placeholder", "Type a question…")
    portal.attributes = ' data-lang="vi"'
    await page.reload()
    await expect(page.get_by_role("button", name="Hỏi đáp", exact=True)).to_be_visible()


async def test_it_is_drawn_once_however_often_it_is_asked_for(served: ChatService, portal: Portal) -> None:
    portal.rest = f'<script src="{served.url}/chat/embed.js"></script>' * 2
    page = await served.open(DESKTOP, portal.origin)
    await expect(page.get_by_role("button", name="Hỏi đáp", exact=True)).to_have_count(1)


async def test_a_portal_that_is_not_named_gets_no_chat(served: ChatService, pictures: Path) -> None:
    async with Portal() as stranger:
        stranger.chat = served.url
        page = await served.open(DESKTOP, stranger.origin)
        await page.get_by_role("button", name="Hỏi đáp", exact=True).click()
        for _attempt in range(50):
            if served.faults:
                break
            await page.wait_for_timeout(100)
        assert any("frame-ancestors" in fault for fault in served.faults)
        assert await inside(page).locator("#text").count() == 0
        await page.screenshot(path=pictures / "stranger.png")
        served.faults.clear()
        refused = await page.evaluate(CALL, served.url)
        assert refused == "TypeError"
        assert await served.count(tables.inbox) == 0


CALL = """async (chat) => {
  const headers = { "Content-Type": "application/json" };
  try {
    const body = JSON.stringify({ text: "xin chào" });
    const said = await fetch(chat + "/chat/messages", { method: "POST", headers, body });
    const { session } = await said.json();
    const later = await fetch(chat + "/chat/messages?after=0", { headers: { "X-Chat-Session": session } });
    return (await later.json()).replies.length;
  } catch (error) { return error.name; }
}"""


async def test_a_named_portal_may_build_a_face_of_its_own(served: ChatService, portal: Portal) -> None:
    portal.policy = "default-src 'none'; connect-src {chat}"
    page = await served.open(DESKTOP, portal.origin)
    assert await page.evaluate(CALL, served.url) >= 1
