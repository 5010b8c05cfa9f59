"""The web chat on a real server with a real browser, for walks of residents on phones and desktops."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select

from bot.channels.web_chat import WebChat
from bot.inbox import Inbox
from bot.web.pages import add_routes
from info_page.app import build_app
from knowledge_base.faq.entry import FaqEntry, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.publication import RevisionState
from knowledge_base.live_faq import LiveFaq
from knowledge_base.settings import Settings
from knowledge_base.storage import contact_store, faq_store, outbox_store, tables
from knowledge_base.storage.database import Database, Transaction

PHONE = {"locale": "vi-VN", "viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
SMALL = {"locale": "vi-VN", "viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}
# As browsers answer that close storage to frames of other sites.
CLOSED_STORAGE = """if (window !== top) Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("Access is denied for this document.", "SecurityError"); } });"""
DESKTOP = {"locale": "vi-VN", "viewport": {"width": 1280, "height": 900}}

SURE = "Hộ nghèo có được cấp thẻ bảo hiểm y tế miễn phí không?"
UNSURE = "làm sao để đăng ký kết hôn với người ở xã bên cạnh"
DETAILS = "## Ai được hưởng\n\n- Người thử thứ nhất\n- Người thử thứ hai\n\n" + "Một đoạn thử khá dài. " * 40
CODE = re.compile(r"^[2-9A-HJ-NP-TW-Z]{4}-[2-9A-HJ-NP-TW-Z]{4}$")


def fill(tx: Transaction) -> None:
    faq_store.put_topic(tx, 0, Topic("thu", "Thử", "Trial", ""))
    faq_store.put_document(tx, LegalDocument("188/2025/NĐ-CP", kind="Nghị định", status="in_force"))
    wordings = ("hộ nghèo có được phát thẻ bảo hiểm y tế không", "thẻ bảo hiểm y tế cho người nghèo")
    entry = FaqEntry(
        key="T25", kind="answer", status="approved", approved_by="project", topic="thu", question=SURE,
        short_answer="Có, đây là câu trả lời thử.", details=DETAILS, phrasings=wordings,
        legal_basis=(LegalBasis("188/2025/NĐ-CP"),), checked_on=date(2026, 11, 22),
    )  # fmt: skip
    faq_store.ensure_entry(tx, entry.key, entry.question)
    faq_store.add_revision(tx, entry, RevisionState.PUBLISHED, "import", approved_by="project")
    faq_store.replace_phrasings(tx, entry.key, wordings, keep_questions=False)
    faq_store.record_publication(tx, "import", "import", None)


@dataclass
class ChatService:
    """A running service and a browser: `faults` it complained of, and every address it `asked` for."""

    url: str
    database: Database
    chat: WebChat
    browser: Browser
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def context(self, device: dict[str, Any], *, keeping: bool = True, **more: Any) -> BrowserContext:
        """A device of its own: nothing of another's is kept on it. `keeping`: frames of other sites may keep things."""
        context = await self.browser.new_context(**device, **more)
        if not keeping:
            await context.add_init_script(CLOSED_STORAGE)
        context.set_default_timeout(25_000)
        context.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        context.on("weberror", lambda fault: self.faults.append(str(fault.error)))
        context.on("request", lambda request: self.asked.append(request.url))
        return context

    async def open(self, device: dict[str, Any], address: str = "/chat", **more: Any) -> Page:
        page = await (await self.context(device, **more)).new_page()
        await page.goto(address if "://" in address else self.url + address)
        return page

    async def count(self, table: Any) -> int:
        def rows(tx: Transaction) -> int:
            return tx.execute(select(func.count()).select_from(table)).scalar_one()

        return await self.database.read(rows)

    async def officer_writes(self, reference: str, words: str) -> None:
        """What an officer sends to whoever asked a question."""

        def write(tx: Transaction) -> None:
            query = select(tables.questions.c.contact_ref).where(tables.questions.c.reference == reference)
            to = contact_store.contact(tx, tx.execute(query).scalar_one())
            assert to
            body = {"notice": "officer_words", "reference": reference, "words": words}
            outbox_store.enqueue(tx, f"later:{words}", to, body)

        await self.database.write(write)


@asynccontextmanager
async def chat_service(
    database: Database, clock: Any, folder: Path, cache: Path, chromium: Browser, **more: Any
) -> AsyncIterator[ChatService]:
    """The information page and the web chat on a free port; `more`: settings."""
    settings = Settings(data_dir=folder, unit_name="Đơn vị thử nghiệm", unit_contact="Phòng thử", **more)
    database.write_now(fill)
    faq = LiveFaq(database, clock, cache)
    await faq.refresh()
    chat = WebChat(Inbox(database, faq, settings, clock), database, faq, settings, clock)
    app = build_app(database, faq, settings, clock)
    chat.add_routes(app)
    add_routes(app, chat, settings)
    loop = asyncio.get_running_loop()
    database.listen(lambda _signals: asyncio.run_coroutine_threadsafe(chat.tell(), loop))
    server = TestServer(app)
    await server.start_server()
    yield ChatService(str(server.make_url("")).rstrip("/"), database, chat, chromium)
    await server.close()


async def ask(page: Page, text: str) -> None:
    await page.fill("#text", text)
    await page.press("#text", "Enter")
    await expect(page.locator(".turn.own").last).to_contain_text(text)


async def fits(page: Page) -> None:
    """Nothing is wider than the screen, type is large, targets can be met with a thumb."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate("parseFloat(getComputedStyle(document.querySelector('.bubble p')).fontSize) >= 18")
    small = "[...document.querySelectorAll('button, textarea, a')].filter(e => e.offsetHeight && e.offsetHeight < 44)"
    assert await page.evaluate(f"{small}.map(e => e.textContent)") == []
