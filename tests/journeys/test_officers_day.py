"""Officers of three units in a browser: a race, a transfer, an escalation, a question back, a cluster; by keyboard."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from knowledge_base.keys import Keys
from knowledge_base.passwords import hash_password
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage import staff_store
from knowledge_base.storage.opening import open_database
from tests.conftest import FixedClock
from tests.journeys.in_process import WIDER, serious_of
from tests.journeys.served import ROOT, Served, within

PASSWORD = "mot cau dai de thu nghiem"
# Real communes of the register: a province's, and what is above all.
PEOPLE = dict.fromkeys(("xa.mot", "xa.hai", "tinh", "cap.bo"), Role.OFFICER)
PEOPLE |= {"kiem.soat": Role.AUDITOR, "bien.tap": Role.EDITOR, "bien.tap.hai": Role.EDITOR}
UNITS = {"xa.mot": "00004", "xa.hai": "00008", "tinh": "01"}  # the others': the unit above all
QUESTION = "làm sao xin cấp nước tưới cho ruộng bậc thang mùa khô"
ALIKE = (
    "xin cap nuoc tuoi cho ruong bac thang mua kho thi lam sao",
    "mùa khô ruộng bậc thang thiếu nước tưới, xin cấp nước ở đâu",
)
ANSWER = "Mời bà con hỏi trạm thủy nông của xã."


@dataclass
class Office:
    """The service, and whoever sits in front of it."""

    served: Served
    chromium: Browser
    pictures: Path
    faults: list[str] = field(default_factory=list)

    async def person(self, name: str, width: int = 1280) -> Page:
        context = await self.chromium.new_context(viewport={"width": width, "height": 900}, locale="vi-VN")
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        await page.goto(f"{self.served.url}/admin/sign-in")
        await page.fill("input[name=username]", name)
        await page.fill("input[name=password]", PASSWORD)
        await page.click("button.primary")
        await page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    async def ask(self, text: str) -> dict[str, Any]:
        """A resident asks over the web chat."""
        return await asyncio.to_thread(self.served.say, text)

    async def picture(self, page: Page, name: str) -> None:
        await page.screenshot(path=self.pictures / f"{name}.png", full_page=True)

    async def hears(self, session: str, words: str) -> None:
        """Wait until the resident has read these words."""

        def heard() -> bool:
            return any(words in reply["text"] for reply in self.served.later(session))

        await asyncio.to_thread(within, 20, heard, words)


@pytest.fixture(scope="session")
def content_with_units(small_content: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("content-units")
    shutil.copytree(small_content, folder, dirs_exist_ok=True)
    shutil.copytree(ROOT / "content" / "units", folder / "units")
    return folder


@pytest.fixture(scope="module")
def service(
    make_served: Callable[..., Served], content_with_units: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """One service for the whole day, with an account for everybody."""
    made = make_served(tmp_path_factory.mktemp("day") / "data")
    made.content_dir = content_with_units
    made.start()
    hidden = hash_password(PASSWORD)
    keys = Keys.from_secret("none of its secrets is read here")
    database = open_database(f"sqlite:///{made.data_dir / 'store.sqlite3'}", FixedClock(), keys)
    for name, role in PEOPLE.items():
        unit = UNITS.get(name, "0")
        database.write_now(staff_store.add_member, name, role, unit, hidden, must_change=False)
    database.close()
    yield made
    made.kill()


@pytest.fixture
async def office(service: Served, chromium: Browser, pictures: Path) -> AsyncIterator[Office]:
    made = Office(service, chromium, pictures)
    yield made
    assert made.faults == []


async def look_for(page: Page, words: str) -> None:
    await page.fill("[data-search]", words)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**q=*")


async def open_question(page: Page, reference: str) -> None:
    await look_for(page, reference)
    await page.click(f"tr:has-text('{reference}') a[data-open]")
    await page.wait_for_selector(f"h1:has-text('{reference}')")


async def unfold(page: Page, words: str) -> None:
    await page.click(f"summary:has-text('{words}')")


async def test_from_the_top_to_a_commune_and_up_again(office: Office) -> None:  # noqa: PLR0915 - a story reads best in one go
    said = await office.ask(QUESTION)
    reference = said["replies"][0]["reference"]

    # --- two officers reach for it at once: one has it, the other reads who
    first, second = await office.person("cap.bo"), await office.person("cap.bo")
    await open_question(first, reference)
    await open_question(second, reference)
    await asyncio.gather(*(page.click("form[action$='/claim'] button") for page in (first, second)))
    await asyncio.gather(*(page.wait_for_load_state() for page in (first, second)))
    await office.picture(first, "1-claimed")

    # --- he passes it on to a commune; the promise stays, the resident hears where it is
    await unfold(first, "Chuyển đơn vị khác")
    await first.fill("form[action$='/transfer'] input[name=unit]", UNITS["xa.mot"])
    await first.fill("form[action$='/transfer'] input[name=note]", "việc của xã")
    await office.picture(first, "2-transfer")
    await first.click("form[action$='/transfer'] button")
    await first.wait_for_url("**done=passed_on*")
    await office.hears(said["session"], "đã được chuyển đến")

    # --- another commune sees nothing of it
    other = await office.person("xa.hai")
    await look_for(other, reference)
    assert "Không tìm thấy" in await other.locator("main").inner_text()
    hidden = await other.goto(f"{office.served.url}/admin/questions/1")
    assert hidden
    assert hidden.status == 404

    # --- the commune asks back, the resident replies in his own words
    commune = await office.person("xa.mot", width=390)
    await open_question(commune, reference)
    await office.picture(commune, "3-phone-question")
    await commune.click("form[action$='/claim'] button")
    await unfold(commune, "Hỏi thêm người dân")
    await commune.fill("form[action$='/ask-back'] textarea", "Ruộng ở thôn nào, rộng bao nhiêu?")
    await commune.click("form[action$='/ask-back'] button")
    await commune.wait_for_url("**done=asked_back*")
    await office.picture(commune, "4-phone-waiting")
    await office.hears(said["session"], "Ruộng ở thôn nào")
    await asyncio.to_thread(office.served.say, "dạ thôn Thử, ba sào", said["session"])
    await commune.reload()
    assert "dạ thôn Thử, ba sào" in await commune.locator(".left").inner_text()

    # --- it goes up the ladder with a deadline of its own; those who had it go on reading it
    await unfold(commune, "Chuyển lên cấp trên")
    await commune.fill("form[action$='/escalate'] input[name=note]", "vượt thẩm quyền")
    await commune.click("form[action$='/escalate'] button")
    await commune.wait_for_url("**done=passed_on*")
    province = await office.person("tinh")
    await open_question(province, reference)
    assert "hạn của đơn vị" in await province.locator(".head").inner_text()
    await province.click("form[action$='/claim'] button")
    await province.fill("textarea[name=short_answer]", ANSWER)
    await province.check("input[name=kind][value=referral]")
    await province.select_option("select[name=topic]", index=1)
    await office.picture(province, "5-answering")
    await province.click("form[action$='/answer'] button.primary")
    await province.wait_for_url("**done=answered*")
    await office.hears(said["session"], ANSWER)
    question = province.url.partition("?")[0]
    await commune.goto(question)
    assert await commune.locator("form[action$='/reopen']").count() == 0
    assert "Bạn vẫn đọc được" in await commune.locator("main").inner_text()

    # --- all of it is on the trail, sealed
    done = await asyncio.to_thread(office.served.run_cli, "audit", "verify")
    assert done.returncode == 0, done.stderr
    auditor = await office.person("kiem.soat")
    await auditor.goto(f"{office.served.url}/admin/trail")
    text = await auditor.locator("main").inner_text()
    for act in ("claim", "transfer", "ask_back", "escalate", "answer", "question"):
        assert act in text
    await office.picture(auditor, "6-trail")


async def suggested(page: Page, references: list[str]) -> None:
    """Sketches of new questions are made some seconds after they came: load the page until they are there."""
    for _try in range(30):
        text = await page.locator("#cluster").inner_text()
        if all(reference in text for reference in references):
            return
        await asyncio.sleep(1)
        await page.reload()
    raise AssertionError(text)


async def test_a_cluster_is_put_together_and_answered_once(office: Office) -> None:
    first = await office.ask(QUESTION)
    others = [await office.ask(text) for text in ALIKE]
    references = [said["replies"][0]["reference"] for said in (first, *others)]
    officer = await office.person("cap.bo")
    await open_question(officer, references[0])
    await suggested(officer, references[1:])
    for reference in references[1:]:
        await officer.check(f"#cluster li:has-text('{reference}') input[type=checkbox]")
    await office.picture(officer, "7-suggested")
    await officer.click("#cluster form[action$='/gather'] > button")
    await officer.wait_for_url("**done=gathered*")
    await officer.click("form[action$='/claim'] button")
    await officer.wait_for_load_state()
    assert "2 người hỏi khác" in await officer.locator(".right").inner_text()
    await officer.fill("textarea[name=short_answer]", ANSWER)
    await officer.check("input[name=kind][value=referral]")
    await officer.select_option("select[name=topic]", index=1)
    await office.picture(officer, "8-cluster")
    await officer.click("form[action$='/answer'] button.primary")
    await officer.wait_for_url("**done=answered*")
    for said in (first, *others):
        await office.hears(said["session"], ANSWER)
    await officer.goto(f"{office.served.url}/admin/clusters")
    await office.picture(officer, "9-clusters")


async def test_an_officers_day_by_keyboard_alone(office: Office) -> None:
    said = await office.ask(QUESTION)
    page = await office.person("cap.bo")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/questions/**")
    await page.keyboard.press("c")
    await page.wait_for_url("**done=claimed*")
    await page.keyboard.press("r")
    assert await page.evaluate("document.activeElement.name") == "short_answer"
    await page.keyboard.type(ANSWER)
    await expect(page.locator("[data-saved]")).to_contain_text("lưu", timeout=15_000)
    for _step in range(60):
        await page.keyboard.press("Tab")
        name = await page.evaluate("document.activeElement.name || document.activeElement.className")
        if name == "topic":
            await page.keyboard.press("ArrowDown")
        if name.startswith("button primary"):
            break
    kinds = page.locator("input[name=kind][value=referral]")
    await kinds.focus()
    await page.keyboard.press("Space")
    await page.locator("form.answer-form button.primary").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**done=answered*")
    await office.hears(said["session"], ANSWER)
    await page.keyboard.press("?")
    assert await page.locator("dialog[open]").count() == 1


async def test_axe_finds_nothing_serious_on_any_page(office: Office) -> None:
    said = await office.ask(QUESTION)
    reference = said["replies"][0]["reference"]
    officer = await office.person("cap.bo")
    await open_question(officer, reference)
    await officer.click("form[action$='/claim'] button")
    await officer.wait_for_load_state()
    question = officer.url.partition("?")[0]
    paths = [question, "/admin/", "/admin/?tab=all", "/admin/?q=khongcogi", "/admin/clusters", "/admin/templates"]
    paths += ["/admin/publish", "/admin/faq", "/admin/units", "/admin/units/01", "/admin/calendar", "/admin/help"]
    paths += ["/admin/messengers", "/admin/password", "/admin/codes", "/admin/questions/999"]
    paths += ["/admin/law", "/admin/law/review", "/admin/cut-over", "/admin/bypasses"]
    await judge(office, officer, paths)
    auditor = await office.person("kiem.soat")
    await judge(office, auditor, ["/admin/trail", "/admin/staff", "/admin/status", "/admin/"])


async def judge(office: Office, page: Page, paths: list[str]) -> None:
    """Each page by axe and for its width on a desk and on a phone."""
    for path in paths:
        await page.goto(path if path.startswith("http") else f"{office.served.url}{path}")
        name = path.partition("/admin")[2].strip("/").replace("/", "-").partition("?")[0] or "queue"
        for width in (1280, 390):
            await page.set_viewport_size({"width": width, "height": 900})
            assert await serious_of(page) == [], (path, width)
            assert await page.evaluate(WIDER) <= 0, (path, width)
        await office.picture(page, f"390-{name}")


async def test_a_question_becomes_a_phrasing_that_the_bot_answers(office: Office) -> None:
    wording = "máy cày của hợp tác xã cho mượn theo lịch nào"
    said, also = await office.ask(wording), await office.ask(f"{wording} vậy")
    reference = said["replies"][0]["reference"]
    officer = await office.person("cap.bo")
    await open_question(officer, reference)
    await officer.click("form[action$='/claim'] button")
    await officer.check("input[name=kind][value=referral]")
    await officer.fill("#short_answer", "Mời bà con hỏi Ủy ban nhân dân xã.")
    await officer.select_option("select[name=topic]", index=1)
    await officer.click("form.answer-form button.primary")
    await officer.wait_for_url("**done=answered*")

    # --- an editor: the question, the entry, a trial that shows what is won, and only then the proposal
    editor = await office.person("bien.tap")
    await look_for_answered(editor, office, reference)
    await editor.click("a[href$='/phrasing']")
    await editor.fill("[data-search]", "T43")
    await editor.keyboard.press("Enter")
    await office.picture(editor, "trial-1-which-entry")
    await editor.click("a[href*='entry=T43']")
    await editor.click("[data-trial]")
    won = editor.locator("details.effect-won")
    await expect(won).to_contain_text(also["replies"][0]["reference"], timeout=15_000)
    assert "/phrasing?entry=T43" in editor.url  # nothing was sent away
    await office.picture(editor, "trial-2-won")
    assert await serious_of(editor) == []
    await editor.click("form button.primary")
    await editor.wait_for_url("**done=phrasing_proposed*")
    assert await editor.locator("form[action$='/take']").count() == 0  # his own

    # --- another editor takes it from the desk; the bot answers
    other = await office.person("bien.tap.hai")
    await other.goto(f"{office.served.url}/admin/publish")
    await other.click("section[aria-labelledby=phrasings] a[data-open]")
    await office.picture(other, "trial-3-decide")
    await other.click("form[action$='/take'] button")
    await other.wait_for_url("**done=phrasing_taken*")

    def answers() -> bool:
        reply = office.served.say(wording)["replies"][0]
        return reply["entry"] == "T43" and reply["decision"] == "confident"

    await asyncio.to_thread(within, 20, answers, "the bot does not know the phrasing")


async def look_for_answered(page: Page, office: Office, reference: str) -> None:
    await page.goto(f"{office.served.url}/admin/?tab=all&q={reference}")
    await page.click(f"tr:has-text('{reference}') a[data-open]")
    await page.wait_for_selector(f"h1:has-text('{reference}')")
