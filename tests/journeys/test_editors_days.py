"""Editors in a browser, with a clock of ours: what they decide reaches bot, search and page, and on the right day.

The whole service runs in this process on loopback; only its clock is played.
"""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from knowledge_base.clock import vietnam_day
from knowledge_base.content import export_content, import_content
from knowledge_base.faq.sheet_files import read_sheet
from knowledge_base.keys import Keys
from knowledge_base.passwords import hash_password
from knowledge_base.questions.lifecycle import Role
from knowledge_base.settings import Settings
from knowledge_base.storage import faq_store, staff_store
from knowledge_base.storage.database import Database, Transaction
from processes.background import clockwork
from processes.server import build_app, build_service

PASSWORD = "mot cau dai de thu nghiem"
PEOPLE = {"can.bo": Role.OFFICER, "bien.tap": Role.EDITOR, "bien.tap.hai": Role.EDITOR, "quan.tri": Role.ADMINISTRATOR}
CARD = "Người thuộc hộ nghèo có được cấp thẻ bảo hiểm y tế miễn phí không?"
POVERTY_LINE = "Chuẩn hộ nghèo thu nhập ở nông thôn là bao nhiêu?"
NEW = "Có, bà con thuộc hộ nghèo không phải trả tiền thẻ (bản thử nghiệm của bài kiểm tra)."
TOLD = "Nói rõ hơn là bà con không phải trả tiền thẻ."


def vietnam(day: str, time: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}:00+07:00").astimezone(UTC)


def _people(tx: Transaction, hidden: str) -> None:
    for name, role in PEOPLE.items():
        staff_store.add_member(tx, name, role, "0", hidden, must_change=False)


@dataclass
class House:
    """The service, its clock, and whoever sits in front of it."""

    url: str
    database: Database
    clock: Any
    settings: Settings
    http: ClientSession
    chromium: Browser
    pictures: Path
    faults: list[str] = field(default_factory=list)

    async def person(self, name: str) -> Page:
        context = await self.chromium.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        await page.goto(f"{self.url}/admin/sign-in")
        await page.fill("input[name=username]", name)
        await page.fill("input[name=password]", PASSWORD)
        await page.click("button.primary")
        await page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    async def reader(self, path: str) -> Page:
        """Somebody on a phone who opens a page of the public."""
        context = await self.chromium.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
        page = await context.new_page()
        await page.goto(self.url + path)
        return page

    async def at(self, day: str, time: str = "12:00") -> None:
        """It is that moment in Viet Nam, and the clockwork has had its turn."""
        self.clock.set(vietnam(day, time))
        await self.database.write(clockwork, self.settings)
        await asyncio.sleep(0.1)

    async def asked(self, text: str, session: str = "") -> dict[str, Any]:
        """What the bot says to a resident of the web chat."""
        body = {"text": text} | ({"session": session} if session else {})
        async with self.http.post(f"{self.url}/chat/messages", json=body) as answer:
            assert answer.status == 200, await answer.text()
            said: dict[str, Any] = await answer.json()
            return said

    async def answers(self, text: str) -> str:
        """All that the bot says to it, in one text."""
        return "\n".join(reply["text"] for reply in (await self.asked(text))["replies"])

    async def read(self, path: str) -> str:
        async with self.http.get(self.url + path) as answer:
            return await answer.text()

    async def live(self, words: str, *, on: str) -> None:
        """Wait until a page of the public has these words: a publication is live within moments."""
        for _try in range(100):
            if words in await self.read(on):
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{on} does not say {words}")

    async def picture(self, page: Page, name: str) -> None:
        await page.screenshot(path=self.pictures / f"{name}.png", full_page=True)

    def slug(self, key: str) -> str:
        found = self.database.read_now(faq_store.published_of, key)
        assert found
        return f"/hoi-dap/{found.slug}"


@pytest.fixture(scope="session")
def editors_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the small content: the first of these tests builds it."""
    return tmp_path_factory.mktemp("editors-index") / "cache"


def _keep(index: Path, copy: Path) -> None:
    if index.exists() and not copy.exists():
        shutil.copytree(index, copy)


@pytest.fixture
async def house(
    database: Database,
    clock: Any,
    keys: Keys,
    tmp_path: Path,
    small_content: Path,
    editors_index: Path,
    chromium: Browser,
    pictures: Path,
) -> AsyncIterator[House]:
    settings = Settings(data_dir=tmp_path, unit_name="Đơn vị thử nghiệm", unit_contact="Phòng thử")
    database.write_now(import_content, read_sheet(small_content))
    database.write_now(_people, hash_password(PASSWORD))
    _keep(editors_index, tmp_path / "cache")
    service = build_service(settings, database, keys, clock)
    server = TestServer(build_app(service))
    await server.start_server()
    _keep(tmp_path / "cache", editors_index)
    async with ClientSession() as http:
        made = House(str(server.make_url("")).rstrip("/"), database, clock, settings, http, chromium, pictures)
        yield made
    await server.close()
    assert made.faults == []


async def propose(page: Page, key: str, **fields: str) -> str:
    """Hand in a new text of an entry; the address of its page."""
    await page.goto(re.sub(r"/admin/.*", f"/admin/faq/{key}/propose", page.url))
    for name, value in fields.items():
        await page.fill(f"[name={name}]", value)
    await page.click("form[data-guard] button.primary")
    await page.wait_for_url("**/revisions/**")
    return page.url.partition("?")[0]


async def publish(page: Page, address: str, **fields: str) -> None:
    await page.goto(address)
    for name, value in fields.items():
        await page.fill(f"form[action$='/publish'] [name={name}]", value)
    await page.click("form[action$='/publish'] button.primary")
    await page.wait_for_url("**/faq/**")


async def test_sent_back_amended_approved_for_a_day_and_withdrawn(house: House) -> None:
    page = house.slug("T25")
    former = await house.answers(CARD)
    author, editor = await house.person("can.bo"), await house.person("bien.tap")

    # --- an officer proposes; an editor sends it back with a note; he amends it
    address = await propose(author, "T25", short_answer="Có, không mất tiền.")
    await expect(author.locator("form[action$='/publish']")).to_have_count(0)
    await editor.goto(address)
    await editor.click("summary:has-text('Trả lại')")
    await editor.fill("form[action$='/publish'] textarea[name=note]", "Viết rõ bà con không phải trả tiền thẻ.")
    await editor.click("button[formaction$='/return']")
    await editor.wait_for_url("**/publish?**")
    await author.goto(address)
    await expect(author.locator(".note").first).to_contain_text("Viết rõ bà con không phải trả tiền thẻ.")
    await author.click("a.button:has-text('Sửa')")
    await author.fill("[name=short_answer]", NEW)
    await author.click("form[data-guard] button.primary")
    await author.wait_for_url("**/revisions/**")
    address = author.url.partition("?")[0]

    # --- another approves it for the first of December: nothing changes until then
    await editor.goto(address)
    await house.picture(editor, "approval")
    await publish(editor, address, publish_on="2026-12-01", public_note=TOLD)
    await house.at("2026-11-30", "23:59")
    assert NEW not in await house.read(page)
    assert await house.answers(CARD) == former
    await house.at("2026-12-01", "00:00")
    await house.live(NEW, on=page)
    assert NEW in await house.answers(CARD)
    reader = await house.reader(page)
    await expect(reader.locator("body")).to_contain_text(TOLD)
    await expect(reader.locator("body")).to_contain_text("01/12/2026")
    await house.picture(reader, "changed-page")

    # --- and it is withdrawn: gone from page, search and bot
    editor = await house.person("bien.tap")
    await editor.goto(f"{house.url}/admin/faq/T25")
    await editor.click("summary:has-text('Gỡ')")
    await editor.fill("form[action$='/withdraw'] textarea", "Quy định đã thay đổi.")
    await editor.click("form[action$='/withdraw'] button")
    await editor.wait_for_url("**done=withdrawn**")
    await asyncio.sleep(0.7)
    async with house.http.get(house.url + page) as answer:
        assert answer.status == 410
    assert NEW not in await house.answers(CARD)
    assert page not in await house.read(f"/tim?q={CARD}")
    assert NEW not in await house.read("/hoi-dap.atom")


async def test_the_turn_of_the_year(house: House) -> None:
    """The poverty line of the former period ends with 2026, the next one begins: everywhere at midnight."""
    old, new = house.slug("T01"), house.slug("T01-2027")

    async def shown() -> dict[str, set[str]]:
        found = await house.read(f"/tim?q={POVERTY_LINE}")
        bot = (await house.asked(POVERTY_LINE))["replies"]
        exported = house.database.read_now(export_content).entries
        today = vietnam_day(house.clock.now())
        return {
            "search": {key for key, path in (("T01", old), ("T01-2027", new)) if f'href="{path}"' in found},
            "bot": {
                str(reply["entry"]["key"] if isinstance(reply["entry"], dict) else reply["entry"]) for reply in bot
            },
            "export": {one.key for one in exported if one.key.startswith("T01") and one.in_force.holds_on(today)},
            "sitemap": {
                key for key, path in (("T01", old), ("T01-2027", new)) if path in await house.read("/sitemap.xml")
            },
        }

    await house.at("2026-12-31", "23:59")
    before = await shown()
    reader = await house.reader(old)
    assert "đã hết áp dụng" not in (await reader.locator("main").inner_text()).lower()
    await house.at("2027-01-01", "00:00")
    after = await shown()
    await reader.reload()
    await house.picture(reader, "ended-page")
    assert "đã hết áp dụng" in (await reader.locator("main").inner_text()).lower()
    for face in before:
        assert "T01" in before[face], face
        assert "T01-2027" not in before[face], face
        assert "T01-2027" in after[face], face
        assert "T01" not in after[face], face
    # The editors saw it coming.
    editor = await house.person("bien.tap")
    await editor.goto(f"{house.url}/admin/cut-over?day=2027-01-01")
    await expect(editor.locator("main")).to_contain_text("T01-2027")
    await house.picture(editor, "cut-over")


async def test_a_repealed_decree(house: House) -> None:
    """One press: what stands on it ends with it, and comes to the editors."""
    entry = house.database.read_now(faq_store.published_of, "T25")
    assert entry
    editor = await house.person("bien.tap")
    for basis in {one.document for one in entry.entry.legal_basis}:
        await editor.goto(f"{house.url}/admin/law/document?number={basis}")
        await editor.click("summary:has-text('Văn bản hết hiệu lực')")
        await editor.fill("form[action$='/law/repeal'] input[name=day]", "2026-12-01")
        await editor.click("form[action$='/law/repeal'] button")
        await editor.wait_for_url("**done=**")
    await house.picture(editor, "repealed")
    await editor.goto(f"{house.url}/admin/law/review")
    await expect(editor.locator("main")).to_contain_text("T25")
    page = house.slug("T25")
    await house.at("2026-11-30", "23:59")
    assert entry.entry.short_answer in await house.answers(CARD)
    await house.at("2026-12-01", "00:00")
    assert entry.entry.short_answer not in await house.answers(CARD)
    assert f'href="{page}"' not in await house.read(f"/tim?q={CARD}")
    reader = await house.reader(page)
    assert "đã hết áp dụng" in (await reader.locator("main").inner_text()).lower()


async def test_twenty_five_residents_are_sent_what_changed(house: House) -> None:
    sessions = [(await house.asked(CARD))["session"] for _resident in range(25)]
    author, editor = await house.person("can.bo"), await house.person("bien.tap")
    address = await propose(author, "T25", short_answer=NEW)
    await publish(editor, address, public_note=TOLD)
    await editor.goto(f"{house.url}/admin/faq/T25")
    await expect(editor.locator(".note", has_text="25 người dân đã nhận bản cũ")).to_have_count(1)
    await editor.click("summary:has-text('đính chính')")
    await expect(editor.locator("form[action$='/recall'] textarea")).to_have_value(TOLD)
    await house.picture(editor, "recall")
    await editor.click("form[action$='/recall'] button")
    await editor.wait_for_url("**done=recalled**")
    await expect(editor.locator(".note", has_text="người dân đã nhận bản cũ")).to_have_count(0)
    for session in sessions:
        headers = {"X-Chat-Session": session}
        async with house.http.get(f"{house.url}/chat/messages?after=0", headers=headers) as answer:
            later = (await answer.json())["replies"]
        assert sum(NEW in reply["text"] for reply in later) == 1
        assert sum(TOLD in reply["text"] for reply in later) == 1


async def test_published_alone_and_reported(house: House) -> None:
    alone, other = await house.person("bien.tap"), await house.person("bien.tap.hai")
    address = await propose(alone, "T25", short_answer=NEW)
    await expect(alone.locator("form[action$='/publish']")).to_have_count(0)
    await alone.click("summary:has-text('Khẩn cấp')")
    await alone.fill("form[action$='/bypass'] textarea[name=public_note]", TOLD)
    await alone.fill("form[action$='/bypass'] textarea[name=reason]", "Tin sai đang lan trong xã.")
    await house.picture(alone, "bypass")
    await alone.click("form[action$='/bypass'] button")
    await alone.wait_for_url("**done=bypassed**")
    await house.live(NEW, on=house.slug("T25"))
    await other.goto(f"{house.url}/admin/bypasses")
    await expect(other.locator("tbody tr")).to_contain_text("Tin sai đang lan trong xã.")
    await house.picture(other, "bypass-report")
    await other.goto(address)
    await other.click("form[action$='/bypass-check'] button")
    await other.wait_for_url("**/bypasses**")
    await expect(other.locator("tbody tr")).to_contain_text("bien.tap.hai")
    overseer = await house.person("quan.tri")
    await overseer.goto(f"{house.url}/admin/bypasses")
    await expect(overseer.locator("tbody tr")).to_contain_text("bien.tap.hai")
