"""A conversation goes on on another device: with its secret number, live on both, and after the service was killed."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from knowledge_base.storage import tables
from knowledge_base.storage.database import Database
from tests.journeys.chat_service import DESKTOP, PHONE, SMALL, UNSURE, ChatService, ask, chat_service, fits
from tests.journeys.served import Served

SECRET = re.compile(r"^(\d{3} ){4}\d{3}$")


@pytest.fixture
async def served(
    database: Database, clock, tmp_path: Path, chat_index: Path, chromium: Browser
) -> AsyncIterator[ChatService]:
    async with chat_service(database, clock, tmp_path, chat_index, chromium) as service:
        yield service


async def open_here(page: Page, reference: str, secret: str) -> None:
    if not await page.locator("#return").evaluate("element => element.open"):
        await page.get_by_text("Đã hỏi trên máy khác?").click()
    await page.get_by_label("Mã câu hỏi").fill(reference)
    await page.get_by_label("Số bí mật").fill(secret)
    await page.get_by_role("button", name="Mở lại").click()


async def secret_of(page: Page) -> tuple[str, str]:
    await page.get_by_role("button", name="Mở trên máy khác").click()
    card = page.locator(".return-card")
    await expect(card.locator(".secret")).to_have_text(SECRET)
    return await card.locator(".code").inner_text(), await card.locator(".secret").inner_text()


async def test_a_second_device_goes_on_and_both_hear_the_officer(served: ChatService, pictures: Path) -> None:
    phone = await served.open(PHONE, permissions=["clipboard-read", "clipboard-write"])
    await ask(phone, UNSURE)
    reference, secret = await secret_of(phone)
    await fits(phone)
    await phone.screenshot(path=pictures / "secret-360.png", full_page=True)
    card = phone.locator(".return-card")
    await card.get_by_role("button", name="Chép cả hai").click()
    assert secret in await phone.evaluate("navigator.clipboard.readText()")
    async with phone.expect_download() as download:
        await card.get_by_role("button", name="Tải ảnh").click()
    await (await download.value).save_as(pictures / "secret-card.png")

    other = await served.open(SMALL)
    await other.get_by_text("Đã hỏi trên máy khác?").click()
    await other.locator("#return").scroll_into_view_if_needed()
    await fits(other)
    await other.screenshot(path=pictures / "open-320.png", full_page=True)
    await open_here(other, reference, "000 000 000 000 000")
    await expect(other.locator("#return .fault")).to_contain_text("chưa khớp")
    await other.screenshot(path=pictures / "open-wrong-320.png", full_page=True)
    await open_here(other, reference.lower(), secret.replace(" ", ""))
    await expect(other.locator(".turn.own")).to_contain_text(UNSURE)
    await expect(other.locator(".receipt .code")).to_have_text(reference)
    await expect(other.locator("#return")).to_be_hidden()
    await other.screenshot(path=pictures / "opened-320.png")
    await expect(phone.get_by_text("vừa được mở trên một máy khác")).to_be_visible()  # its owner is told

    await served.officer_writes(reference, "Mời mang giấy tờ đến phòng thử.")
    for page in (phone, other):
        await expect(page.get_by_text("Mời mang giấy tờ đến phòng thử.")).to_have_count(1)
    await ask(other, "Xã Thử Nghiệm")
    await expect(other.locator(".turn.bot").last).to_contain_text("Xã Thử Nghiệm")
    await expect(phone.locator(".turn.own").last).to_contain_text("Xã Thử Nghiệm")  # words of the other device as well
    await ask(phone, "gặp cán bộ")
    await expect(other.locator(".turn.own").last).to_contain_text("gặp cán bộ")
    await phone.wait_for_timeout(500)
    shown = [await page.locator(".turn .bubble").all_inner_texts() for page in (phone, other)]
    one, two = map(_bare, shown)
    assert one == two
    assert await served.count(tables.contacts) == 1
    assert [fault for fault in served.faults if "403" not in fault] == []


def _bare(turns: list[str]) -> list[str]:
    """Turns without the secret number, which only the device has that asked for it."""
    return [re.split(r"Muốn đọc tiếp trên máy khác", turn)[0].strip().split("Mở trên máy khác")[0] for turn in turns]


async def test_a_reference_alone_shows_nothing_of_the_conversation(served: ChatService) -> None:
    phone = await served.open(PHONE)
    await ask(phone, UNSURE)
    reference = await phone.locator(".receipt .code").inner_text()
    other = await served.open(DESKTOP)
    for number in range(3):
        await open_here(other, reference, f"{number:015}")
        await expect(other.locator("#return .fault")).to_contain_text("chưa khớp")
    await ask(other, f"XEM {reference}")
    await expect(other.locator(".turn.bot").first).to_be_visible()
    assert UNSURE not in await other.locator("body").inner_text()


async def test_without_javascript_on_both(served: ChatService, pictures: Path) -> None:
    phone = await served.open(SMALL, java_script_enabled=False)
    await phone.fill("#text", UNSURE)
    await phone.get_by_role("button", name="Gửi").click()
    await phone.get_by_role("button", name="Mở trên máy khác").click()
    reference = await phone.locator(".return-card .code").inner_text()
    secret = await phone.locator(".return-card .secret").inner_text()
    await expect(phone.locator(".return-card .secret")).to_be_in_viewport()  # no scrolling to find it
    await phone.screenshot(path=pictures / "plain-secret-320.png")
    other = await served.open(SMALL, java_script_enabled=False)
    await open_here_plainly(other, reference, "1" * 15)
    await expect(other.get_by_role("status")).to_contain_text("chưa khớp")
    await expect(other.locator("#code")).to_be_in_viewport()
    await other.screenshot(path=pictures / "plain-wrong-320.png")
    await open_here_plainly(other, reference, secret)
    await expect(other.locator(".turn.own")).to_contain_text(UNSURE)
    await expect(other.locator("#return")).to_be_hidden()
    with_it = await served.open(PHONE, storage_state=await other.context.storage_state())
    await ask(with_it, "Xã Thử Nghiệm")
    assert await served.count(tables.contacts) == 1


async def open_here_plainly(page: Page, reference: str, secret: str) -> None:
    if await page.locator("#return[open]").count() == 0:
        await page.locator("#return summary").click()
    await page.fill("#reference", reference)
    await page.fill("#code", secret)
    await page.get_by_role("button", name="Mở lại").click()


async def test_after_the_service_was_killed(
    make_served: Callable[..., Served], tmp_path: Path, chromium: Browser
) -> None:
    service = await asyncio.to_thread(make_served(tmp_path / "data").start)
    page = await (await chromium.new_context(**PHONE)).new_page()
    page.set_default_timeout(25_000)
    await page.goto(service.url + "/chat")
    await ask(page, UNSURE)
    await expect(page.locator(".receipt")).to_be_visible(timeout=25_000)
    reference, secret = await secret_of(page)
    service.kill()
    for words in ("Xã Thử Nghiệm", "hỏi thêm: có mất phí không"):
        await ask(page, words)
    await expect(page.locator(".turn.own.failed")).to_have_count(2)
    await page.fill("#text", "đang viết dở")
    await asyncio.to_thread(service.start)
    await expect(page.locator(".turn.own .sent:not([hidden])")).to_have_count(0, timeout=70_000)
    await expect(page.locator("#text")).to_have_value("đang viết dở")
    body = {"reference": reference, "code": secret}
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        answer = await client.post(f"{service.url}/chat/return", json=body)
    assert answer.status_code == 200
    session = {"X-Chat-Session": answer.json()["session"]}
    turns = service.get("/chat/history", headers=session, timeout=20).json()["turns"]
    said = [turn["text"] for turn in turns if turn["from"] == "resident"]
    assert said == [UNSURE, "Xã Thử Nghiệm", "hỏi thêm: có mất phí không"]  # in order, each once
    service.kill()
