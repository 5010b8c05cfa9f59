"""The whole service in the test's own process, on loopback: a browser in front of it, and a clock that is played."""

import asyncio
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from knowledge_base.questions.lifecycle import Role
from knowledge_base.settings import Settings
from knowledge_base.storage import faq_store, staff_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.tables import units
from processes.background import clockwork

PASSWORD = "mot cau dai de thu nghiem"
PEOPLE = {
    "can.bo": (Role.OFFICER, "0"),
    "bien.tap": (Role.EDITOR, "0"),
    "bien.tap.hai": (Role.EDITOR, "0"),
    "quan.tri": (Role.ADMINISTRATOR, "0"),
    "xa": (Role.OFFICER, "3501"),
}


# How much wider than the screen a page is, in dots.
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def serious_of(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds serious on a page, as it is drawn now: the rule, and the first places."""
    found = await Axe().run(page)
    serious = [one for one in found.response["violations"] if one["impact"] in ("serious", "critical")]
    return [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in serious]


def vietnam(day: str, time: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}:00+07:00").astimezone(UTC)


def furnish(tx: Transaction, hidden: str) -> None:
    """A province with a commune, and an account for everybody, all with one password (its hash)."""
    for code, name, parent, path in (("35", "Tỉnh Thử", "0", "0/35/"), ("3501", "Xã Một", "35", "0/35/3501/")):
        kind = "province" if parent == "0" else "commune"
        tx.execute(units.insert().values(code=code, name=name, kind=kind, parent_code=parent, path=path))
    for name, (role, unit) in PEOPLE.items():
        staff_store.add_member(tx, name, role, unit, hidden, must_change=False)


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


def keep_index(index: Path, copy: Path) -> None:
    """Copy a built index, where there is one and no copy yet."""
    if index.exists() and not copy.exists():
        shutil.copytree(index, copy)
