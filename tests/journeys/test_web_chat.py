"""The web chat as residents meet it: headless Chromium against a real server, on a phone and on a desktop."""

import contextlib
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Route, expect
from playwright.async_api import Error as PageGone

from knowledge_base.storage import faq_store, tables
from knowledge_base.storage.database import Database
from tests.journeys.chat_service import CODE, DESKTOP, PHONE, SMALL, SURE, UNSURE, ChatService, ask, chat_service, fits


@pytest.fixture
async def served(
    database: Database, clock, tmp_path: Path, chat_index: Path, chromium: Browser
) -> AsyncIterator[ChatService]:
    async with chat_service(database, clock, tmp_path, chat_index, chromium) as service:
        yield service


async def test_an_english_resident_s_whole_way(served: ChatService) -> None:
    """Chosen on the page or in the chat: the answer with an honest word, the hand-over, the look-up, the info page."""
    page = await served.open(PHONE, "/?lang=en")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.get_by_role("link", name="Ask an officer").first.click()
    await ask(page, SURE)
    answer = page.locator(".turn.bot", has_text="No approved translation of this answer exists")
    await expect(answer.locator('[lang="vi"]').first).to_contain_text("Có, đây là câu trả lời thử.")
    await expect(answer.get_by_role("button", name="Clear, thanks")).to_be_visible()
    await ask(page, "Where can I register a marriage?")
    card = page.locator(".receipt")
    await expect(card.locator(".code")).to_have_text(CODE)
    await expect(card).to_contain_text("You will be answered by the end of")
    code = await card.locator(".code").inner_text()
    await fits(page)
    await served.officer_writes(code, "Mời mang giấy tờ đến phòng thử.")
    await expect(page.locator(".turn.bot", has_text="An officer of Đơn vị thử nghiệm on your question")).to_have_count(
        1
    )

    await page.goto(f"{served.url}/tra-cuu?lang=en")
    await page.locator("main input").first.fill(code)
    await page.locator("main input").first.press("Enter")
    await expect(page.locator("main")).to_contain_text(code)
    await expect(page.locator("html")).to_have_attribute("lang", "en")

    slug = (await served.database.read(faq_store.published))[0].slug
    await page.goto(f"{served.url}/hoi-dap/{slug}?lang=en")
    await expect(page.locator("h1")).to_have_attribute("lang", "vi")
    await expect(page.locator("main")).to_contain_text("No approved translation of this answer exists")

    # The choice made in the chat outlives the page's: replies stay English on the Vietnamese page until /vi.
    chat = await served.open(PHONE)
    await ask(chat, "/ngonngu")
    await chat.get_by_role("button", name="English").click()
    await expect(chat.locator(".turn.bot").last).to_contain_text("From now on I reply in English.")
    await expect(chat.locator(".turn.bot .bubble").last).to_have_attribute("lang", "en")
    await ask(chat, "/vi")
    await expect(chat.locator(".turn.bot").last).to_contain_text("Từ nay tôi trả lời bằng Tiếng Việt")
    assert served.faults == []


# --- asking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("device", [PHONE, SMALL, DESKTOP], ids=["phone", "small", "desktop"])
async def test_a_question_its_answer_and_all_clear(served: ChatService, device: dict[str, Any]) -> None:
    page = await served.open(device)
    await ask(page, SURE)
    answer = page.locator(".turn.bot", has_text="câu trả lời thử")
    await expect(answer).to_have_count(1)
    await expect(answer.locator("p.heading").first).to_have_text("Ai được hưởng")
    await expect(answer.locator("p.item").first).to_have_text("Người thử thứ nhất")
    await expect(answer.locator(".label")).to_contain_text("Bản thử nghiệm, chưa được cơ quan thẩm định.")
    await expect(answer.locator("time")).to_have_text("12:00")
    await fits(page)
    # The answer is long: its beginning is what is seen.
    await expect(answer.get_by_text("Về câu hỏi")).to_be_in_viewport()
    clear = answer.get_by_role("button", name="Rõ rồi")
    await clear.click()
    await expect(page.locator(".turn.own").last).to_contain_text("Rõ rồi")
    await expect(page.locator(".turn.bot").last).to_contain_text("Rõ rồi thì mừng quá!")
    await expect(answer.locator("button.used")).to_contain_text("đã chọn")
    await expect(answer.locator("button:disabled")).to_have_count(2)
    assert await served.count(tables.questions) == 1
    assert served.faults == []


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_an_unknown_question_gives_a_receipt_and_the_officers_reply_arrives(
    served: ChatService, device: dict[str, Any], tmp_path: Path
) -> None:
    page = await served.open(device, permissions=["clipboard-read", "clipboard-write"])
    await ask(page, UNSURE)
    card = page.locator(".receipt")
    await expect(card.locator(".code")).to_have_text(CODE)
    code = await card.locator(".code").inner_text()
    await card.get_by_role("button", name="Chép mã").click()
    await expect(card.get_by_role("button", name="Đã chép")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == code
    async with page.expect_download() as download:
        await card.get_by_role("button", name="Tải ảnh").click()
    picture = await (await download.value).path()
    assert (await download.value).suggested_filename == f"{code}.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    await fits(page)
    await served.officer_writes(code, "Mời mang giấy tờ đến phòng thử.")
    await expect(page.get_by_text("Mời mang giấy tờ đến phòng thử.")).to_have_count(1)
    assert served.faults == []


async def test_the_conversation_is_there_when_the_page_is_opened_again(served: ChatService) -> None:
    page = await served.open(PHONE)
    await ask(page, SURE)
    await page.get_by_role("button", name="Rõ rồi").click()
    await expect(page.locator(".turn.bot").last).to_contain_text("mừng quá")
    before = await page.locator(".bubble").all_inner_texts()
    other = await page.context.new_page()
    await other.goto(served.url + "/chat")
    await expect(other.locator(".turn.bot").last).to_contain_text("mừng quá")
    await expect(other.locator("button.used")).to_have_count(1)
    assert await other.locator(".bubble").all_inner_texts() == before


async def test_begin_again_asks_first(served: ChatService) -> None:
    page = await served.open(DESKTOP)
    await expect(page.get_by_role("button", name="Bắt đầu lại")).to_be_hidden()
    await ask(page, SURE)
    await page.get_by_role("button", name="Bắt đầu lại").click()
    await page.get_by_role("button", name="Không, giữ lại").click()
    await expect(page.locator(".turn.own")).to_have_count(1)
    await page.get_by_role("button", name="Bắt đầu lại").click()
    await page.locator("dialog").get_by_role("button", name="Bắt đầu lại").click()
    await expect(page.locator(".turn.own")).to_have_count(0)
    await page.reload()
    await expect(page.locator(".turn.own")).to_have_count(0)
    await ask(page, UNSURE)
    await expect(page.locator(".receipt")).to_have_count(1)
    assert await served.count(tables.contacts) == 2


# --- bad connections ------------------------------------------------------------------------------


async def test_what_was_typed_offline_is_sent_when_the_network_is_back(served: ChatService) -> None:
    page = await served.open(PHONE)
    await expect(page.locator("#welcome")).to_be_visible()
    await page.context.set_offline(True)
    await ask(page, UNSURE)
    await ask(page, "Xã Thử Nghiệm")
    await expect(page.locator(".turn.own.failed")).to_have_count(2)
    await expect(page.locator(".turn.own").first).to_contain_text("Chưa gửi")
    await expect(page.get_by_role("status")).to_contain_text("Mất kết nối")
    await page.context.set_offline(False)
    await expect(page.locator(".receipt")).to_have_count(1)
    await expect(page.locator(".turn.own.failed")).to_have_count(0)
    await expect(page.get_by_role("status")).to_be_empty()
    assert await served.count(tables.inbox) == 2
    assert await served.count(tables.questions) == 1


async def test_what_is_not_sent_outlives_the_page_and_is_sent_once(served: ChatService) -> None:
    page = await served.open(PHONE)
    ids: list[str] = []
    losing = True

    async def lose_the_answer(route: Route) -> None:
        with contextlib.suppress(PageGone):  # the page was loaded again meanwhile
            if not losing:
                await route.continue_()
                return
            if route.request.method == "POST":
                ids.append(json.loads(route.request.post_data or "{}")["message_id"])
                await route.fetch()  # the service has it, but the page never hears so
            await route.abort()

    await page.route(re.compile("/chat/(messages|history)"), lose_the_answer)
    await ask(page, UNSURE)
    await expect(page.locator(".turn.own.failed")).to_have_count(1)
    await page.reload()
    await expect(page.locator(".turn.own")).to_contain_text(UNSURE)
    await expect(page.get_by_role("button", name="Thử lại")).to_be_visible()
    losing = False
    await expect(page.locator(".receipt")).to_have_count(1)
    await expect(page.locator(".turn.own.failed")).to_have_count(0)
    assert len(ids) >= 2
    assert len(set(ids)) == 1
    assert await served.count(tables.questions) == 1
    assert await served.count(tables.contacts) == 1


async def test_a_draft_outlives_the_page(served: ChatService) -> None:
    page = await served.open(PHONE)
    await page.locator("#text").press_sequentially("đang viết dở")
    await page.reload()
    await expect(page.locator("#text")).to_have_value("đang viết dở")


async def test_a_session_that_is_no_longer_kept_begins_anew(served: ChatService) -> None:
    page = await served.open(DESKTOP)
    await page.evaluate("localStorage.setItem('hoi-dap-giam-ngheo.chat.session', '\"gone\"')")
    await page.reload()
    await ask(page, UNSURE)
    await expect(page.locator(".receipt")).to_have_count(1)
    await expect(page.locator(".turn.own")).to_have_count(1)


# --- other ways -----------------------------------------------------------------------------------


async def test_by_keyboard_alone(served: ChatService) -> None:
    page = await served.open(DESKTOP)
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type("Hộ nghèo có được cấp thẻ")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("bảo hiểm y tế miễn phí không?")
    await page.keyboard.press("Enter")
    await expect(page.locator(".turn.own .bubble p")).to_have_count(2)
    await expect(page.get_by_role("button", name="Rõ rồi")).to_be_visible()
    for _step in range(3):  # back from the box: the three choices, last first
        await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Rõ rồi")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".turn.bot").last).to_contain_text("mừng quá")
    await expect(page.locator("button.used")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(page.locator("#text")).to_be_focused()


async def test_without_javascript(served: ChatService) -> None:
    page = await served.open(SMALL, java_script_enabled=False)
    await page.fill("#text", UNSURE)
    await page.get_by_role("button", name="Gửi").click()
    await expect(page.locator(".receipt .code")).to_have_text(CODE)
    await page.get_by_role("button", name="Bỏ qua").click()
    await expect(page.locator(".turn.own").last).to_contain_text("Bỏ qua")
    await page.get_by_role("link", name="Làm mới").click()
    await expect(page.locator(".turn.own")).to_have_count(2)
    assert served.faults == []


async def test_who_began_without_javascript_goes_on_with_it(served: ChatService) -> None:
    page = await served.open(PHONE, java_script_enabled=False)
    await page.fill("#text", UNSURE)
    await page.get_by_role("button", name="Gửi").click()
    kept = await page.context.storage_state()
    code = await page.locator(".code").inner_text()
    page = await served.open(PHONE, storage_state=kept)
    await expect(page.locator(".code")).to_have_text(code)
    await ask(page, "Xã Thử Nghiệm")
    await expect(page.locator(".turn.bot").last).to_contain_text("Xã Thử Nghiệm")
    assert await served.count(tables.contacts) == 1


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_on_our_own_pages_it_opens_in_a_panel(served: ChatService, device: dict[str, Any]) -> None:
    page = await served.open(device, "/")
    button = page.get_by_role("button", name="Hỏi đáp", exact=True)
    await button.press("Enter")
    panel = page.get_by_role("dialog")
    chat = page.frame_locator("hoi-dap-giam-ngheo iframe")
    await expect(panel).to_be_visible()
    await expect(chat.locator("#welcome")).to_be_visible()
    await chat.locator("#text").fill(UNSURE)
    await chat.locator("#text").press("Enter")
    await expect(chat.locator(".receipt")).to_be_visible()
    await chat.locator("#text").press("Escape")
    await expect(panel).to_be_hidden()
    await expect(button).to_be_focused()
    await button.click()
    await expect(chat.locator(".receipt")).to_be_visible()
    if device is PHONE:
        await page.go_back()
    else:
        await panel.get_by_role("button", name="Đóng").click()
    await expect(panel).to_be_hidden()
    assert page.url == served.url + "/"
    assert await page.context.cookies() == []
    assert served.faults == []


async def test_in_english(served: ChatService) -> None:
    page = await served.open(DESKTOP, "/chat?lang=en")
    await ask(page, UNSURE)
    await expect(page.get_by_role("button", name="Copy the code")).to_be_visible()
    await expect(page.locator(".receipt")).to_contain_text("You will be answered by the end of")
