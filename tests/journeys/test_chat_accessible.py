"""The web chat for everybody: axe finds nothing serious, large text fits, and nobody else is asked or told anything."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from knowledge_base.storage.database import Database
from tests.journeys.chat_service import DESKTOP, PHONE, SMALL, SURE, UNSURE, ChatService, ask, chat_service
from tests.journeys.portal import Portal
from tests.journeys.test_chat_way_back import open_here, secret_of

BOTH = pytest.mark.parametrize("device", [SMALL, DESKTOP], ids=["320", "1280"])


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


async def faults(where: Any, within: str | None = None) -> list[str]:
    """What axe finds, of whatever weight, in a page or a frame."""
    found = await Axe().run(where, context=within)
    return [
        f"{fault['impact']} {fault['id']}: {node['html'][:120]}"
        for fault in found.response["violations"]
        for node in fault["nodes"]
    ]


@BOTH
async def test_axe_finds_nothing_on_the_page(served: ChatService, device: dict[str, Any], pictures: Path) -> None:
    page = await served.open(device, reduced_motion="reduce")
    await page.get_by_text("Đã hỏi trên máy khác?").click()
    assert await faults(page) == []
    await ask(page, SURE)
    await expect(page.get_by_role("button", name="Rõ rồi")).to_be_visible()
    await ask(page, UNSURE)
    await secret_of(page)
    assert await faults(page) == []
    width = device["viewport"]["width"]
    await page.screenshot(path=pictures / f"whole-{width}.png", full_page=True)
    await page.context.set_offline(True)
    await ask(page, "Xã Thử Nghiệm")
    await expect(page.locator(".turn.own.failed")).to_have_count(1)
    assert await faults(page) == []
    await page.get_by_role("button", name="Bắt đầu lại").click()
    await expect(page.get_by_role("button", name="Không, giữ lại")).to_be_focused()
    assert await faults(page) == []
    await page.screenshot(path=pictures / f"again-{width}.png")


@BOTH
async def test_axe_finds_nothing_in_a_portals_frame(
    served: ChatService, portal: Portal, device: dict[str, Any]
) -> None:
    portal.policy = "default-src 'none'; script-src {chat}; frame-src {chat}"  # axe can't work under the strictest
    page = await served.open(device, portal.origin, reduced_motion="reduce")
    button = page.get_by_role("button", name="Hỏi đáp", exact=True)
    await expect(button).to_be_visible()
    assert await faults(page, "hoi-dap-giam-ngheo") == []
    await button.click()
    await expect(page.frame_locator("hoi-dap-giam-ngheo iframe").locator("#welcome")).to_be_visible()
    assert await faults(page, "hoi-dap-giam-ngheo") == []
    frame = next(frame for frame in page.frames if frame.parent_frame)
    await frame.fill("#text", UNSURE)
    await frame.press("#text", "Enter")
    await expect(frame.locator(".receipt")).to_be_visible()
    assert await faults(frame) == []


@BOTH
async def test_axe_finds_nothing_on_the_plain_form(served: ChatService, device: dict[str, Any], pictures: Path) -> None:
    context = await served.context(device)
    await context.route("**/*.js*", lambda route: route.abort())  # scripts don't arrive; axe needs them allowed
    page = await context.new_page()
    await page.goto(served.url + "/chat")
    assert await faults(page) == []
    await page.fill("#text", UNSURE)
    await page.get_by_role("button", name="Gửi").click()
    await page.get_by_role("button", name="Mở trên máy khác").click()
    await expect(page.locator(".return-card").last).to_be_visible()
    assert await faults(page) == []
    await page.screenshot(path=pictures / f"plain-{device['viewport']['width']}.png", full_page=True)


async def test_text_twice_as_large_fits(served: ChatService, pictures: Path) -> None:
    page = await served.open(SMALL)
    await page.evaluate("document.documentElement.style.fontSize = '225%'; dispatchEvent(new Event('resize'))")
    await page.get_by_text("Đã hỏi trên máy khác?").click()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.screenshot(path=pictures / "large-open-320.png", full_page=True)
    await ask(page, UNSURE)
    await secret_of(page)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await page.screenshot(path=pictures / "large-320.png", full_page=True)


async def test_the_order_of_focus_is_that_of_reading(served: ChatService) -> None:
    page = await served.open(DESKTOP)
    await expect(page.locator("html.js")).to_have_count(1)
    await page.keyboard.press("Shift+Tab")  # back from the box, which has the focus, to the beginning
    for _step in range(3):
        await page.keyboard.press("Shift+Tab")
    names = [await page.evaluate("document.activeElement.textContent.trim()")]
    for _step in range(5):
        await page.keyboard.press("Tab")
        names.append(await page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
    passed = ["Trang chủ", "English", "Bản nhẹ (mạng chậm)", "Đã hỏi trên máy khác? Mở lại ở đây", "text", "Gửi"]
    assert names == passed
    assert await page.locator("#log").get_attribute("role") == "log"
    await expect(page.locator("#log")).to_have_attribute("aria-live", "polite")  # off while the first lines are set


async def test_nobody_else_is_asked_and_no_cookie_is_set(served: ChatService) -> None:
    page = await served.open(PHONE)
    await ask(page, SURE)
    await page.get_by_role("button", name="Rõ rồi").click()
    await ask(page, UNSURE)
    reference, secret = await secret_of(page)
    async with page.expect_download():
        await page.locator(".return-card").get_by_role("button", name="Tải ảnh").click()
    await page.goto(served.url + "/chat?lang=en")
    await page.goto(served.url + "/")
    await page.get_by_role("button", name="Hỏi đáp", exact=True).click()
    other = await served.open(DESKTOP)
    await open_here(other, reference, secret)
    await expect(other.locator(".receipt")).to_be_visible()
    await other.get_by_role("button", name="Bắt đầu lại").click()
    await other.locator("dialog").get_by_role("button", name="Bắt đầu lại").click()
    ours = (f"{served.url}/", f"blob:{served.url}/")
    elsewhere = [address for address in served.asked if not address.startswith(ours)]
    assert elsewhere == []
    for one in (page, other):
        assert await one.context.cookies() == []
        kept = await one.evaluate("Object.keys(localStorage)")
        assert all(name.startswith("hoi-dap-giam-ngheo.chat.") for name in kept)


async def test_the_plain_form_keeps_one_cookie(served: ChatService) -> None:
    page = await served.open(PHONE, java_script_enabled=False)
    assert await page.context.cookies() == []
    await page.fill("#text", UNSURE)
    await page.get_by_role("button", name="Gửi").click()
    (cookie,) = await page.context.cookies()
    assert (cookie["name"], cookie["path"], cookie["httpOnly"]) == ("chat_session", "/chat", True)
    assert cookie["sameSite"] == "Strict"
    assert all(address.startswith(served.url + "/") for address in served.asked)
