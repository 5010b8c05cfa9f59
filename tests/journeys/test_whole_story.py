"""The main job, end to end: a resident asks, an officer answers, an editor publishes, everyone can read it."""

import asyncio
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page

from tests.journeys.desk import Desk, forms_of
from tests.journeys.served import LIVE, Served, within

ASKED = "Chú Thử 0912345678 xin hỏi: gieo hạt giống hoa sen ở ao nhà thì có được hỗ trợ cây giống không?"
PUBLIC = "Gieo hoa sen ở ao nhà có được hỗ trợ cây giống không?"
AGAIN = "gieo hoa sen o ao nha co duoc ho tro cay giong khong"
ANSWER = "Hiện chưa có mức hỗ trợ riêng; mời bà con hỏi cán bộ thử nghiệm."
PUBLIC_ANSWER = "Chưa có mức hỗ trợ riêng cho hoa sen; mời hỏi Ủy ban nhân dân xã."
DOCUMENT = "188/2025/NĐ-CP"
NEW = {"canbo": "can bo doi mat khau 1", "bientap": "bien tap doi mat khau 2", "quantri": "quan tri doi mat khau 3"}
OTHER, OTHERS_PASSWORD = "canbo.hai", "can bo thu hai 4"


def store(served: Served, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{served.data_dir / 'store.sqlite3'}?mode=ro", uri=True)) as opened:
        return opened.execute(query).fetchall()


def question_path(page: httpx.Response) -> str:
    found = re.search(r"/admin/questions/\d+", page.text)
    assert found, page.text
    return found[0]


def test_the_whole_story(served: Served) -> None:  # noqa: PLR0915 - a story reads best in one go
    officer, other, editor = Desk(served.url), Desk(served.url), Desk(served.url)
    with officer, other, editor:
        # --- a resident asks what nobody has written yet
        said = served.say(ASKED)
        session, first = said["session"], said["replies"][0]
        assert first["decision"] == "unknown"
        assert first["reference"] in first["text"]
        last = served.later(session)[-1]["id"]

        # --- staff sign in with what was printed, and must change it
        (name, password) = served.passwords["officer"]
        assert officer.sign_in(name, "không phải mật khẩu").status_code == 401
        assert officer.sign_in_first(name, password, NEW[name]).url.path == "/admin/"
        (name, password) = served.passwords["editor"]
        assert editor.sign_in_first(name, password, NEW[name]).url.path == "/admin/"
        done = served.run_cli("staff", "add", "--username", OTHER, "--password-stdin", text=OTHERS_PASSWORD + "\n")
        assert done.returncode == 0, done.stderr
        assert other.sign_in(OTHER, OTHERS_PASSWORD).url.path == "/admin/"

        # --- two officers reach for it, one gets it
        path = question_path(officer.open("/admin/"))
        mine, theirs = officer.open(path), other.open(path)
        assert "0912345678" in mine.text  # the officer reads the words as they were typed
        assert officer.send(mine, "/claim").status_code == 200
        late = other.send(theirs, "/claim")
        assert late.status_code == 409
        assert "canbo" in late.text
        assert not any(form.action.endswith("/answer") for form in forms_of(late.text))

        # --- the answer: not without a basis, then sent at once
        fields = {"kind": "answer", "short_answer": ANSWER, "details": "- Mang căn cước.", "topic": "bao-hiem-y-te"}
        bare = officer.send(officer.open(path), "/answer", **fields, document=["", ""], article=["", ""])
        assert bare.status_code == 400
        assert ANSWER in bare.text  # nobody's typing is lost
        sent = officer.send(bare, "/answer", **fields, document=[DOCUMENT], article=["Điều 1"])
        assert sent.status_code == 200
        (reply,) = served.later(session, last, wait=5)
        assert ANSWER in reply["text"]
        assert first["reference"] in reply["text"]
        assert DOCUMENT in reply["text"]
        assert [option["id"].partition(":")[0] for option in reply["options"]] == ["clear", "unclear"]

        # --- an officer can't publish, a forged form changes nothing
        desk_page = officer.open("/admin/publish")
        revision = re.search(r"/admin/revisions/\d+", desk_page.text)
        assert revision
        token = dict(forms_of(officer.open(path).text)[0].fields)["csrf"]
        assert not any(form.action.endswith("/publish") for form in forms_of(officer.open(revision[0]).text))
        assert officer.client.post(f"{revision[0]}/publish", data={"csrf": token}).status_code == 403
        review = editor.open(revision[0])
        assert editor.send(review, "/publish", csrf="forged").status_code == 403
        (form,) = [form for form in forms_of(review.text) if form.action.endswith("/publish")]
        strange = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        assert editor.client.post(form.action, data=form.filled(), headers=strange).status_code == 403
        with Desk(served.url) as nobody:
            assert nobody.client.post(form.action, data=form.filled()).status_code == 403
        assert json.loads(served.run_cli("ledger").stdout)["own_page"] == 0

        # --- the editor publishes, in words for everybody
        words = {"question": PUBLIC, "short_answer": PUBLIC_ANSWER, "phrasings": "trồng sen có được cho giống không"}
        refused = editor.send(review, "/publish", **{**words, "question": ASKED})
        assert refused.status_code == 400
        assert "0912345678" in refused.text
        live = editor.send(review, "/publish", **words)
        assert live.status_code == 200
        assert "/admin/faq/" in live.url.path
        key, slug = store(served, "SELECT key, slug FROM entries WHERE origin_question_id IS NOT NULL")[0]

        # --- it is on the page, and in the matcher
        page = f"/hoi-dap/{slug}"
        took = within(LIVE, lambda: PUBLIC_ANSWER in served.get(page).text, "the page")
        again = within_said(served, AGAIN, key)
        print(f"\npage after {took:.2f} s, chat after {again:.2f} s")
        text = served.get(page).text
        assert PUBLIC in text
        assert "0912345678" not in text
        assert "0912345678" not in slug
        assert PUBLIC in served.get("/hoi-dap-moi").text
        assert PUBLIC in served.get("/tim", params={"q": AGAIN}).text
        (correction,) = served.later(session, reply["id"], wait=5)
        assert PUBLIC_ANSWER in correction["text"]

        # --- the ledger, and what is left for the record
        ledger = json.loads(served.run_cli("ledger").stdout)
        assert (ledger["own_page"], ledger["pending"]) == (1, 0)
        assert ledger["total"] == ledger["own_page"] + ledger["linked"] + sum(ledger["excluded"].values())
        actions = [action for (action,) in store(served, "SELECT action FROM events WHERE question_id = 1 ORDER BY id")]
        assert actions == ["ask", "queue", "claim", "answer", "publish", "correction"]

        # --- the resident is content; withdrawing takes it off again
        thanks = served.say("rõ rồi, cảm ơn", session)
        assert thanks["replies"][0]["decision"] == "chat"
        entry = editor.open(f"/admin/faq/{key}")
        assert editor.send(entry, "/withdraw", note="hết thử nghiệm").status_code == 200
        within(LIVE, lambda: served.get(page).status_code in (404, 410), "withdrawn")
        assert served.say(AGAIN)["replies"][0]["entry"] != key
        assert "Traceback" not in served.stderr


def within_said(served: Served, text: str, key: str) -> float:
    """How long until another resident is answered by an entry, at once and surely."""

    def answered() -> bool:
        reply = served.say(text)["replies"][0]
        return (reply["decision"], reply["entry"]) == ("confident", key)

    return within(LIVE, answered, "the chat")


# --- the same by hand and eye ---------------------------------------------------------------------


async def sign_in(page: Page, url: str, name: str, password: str, new: str) -> None:
    await page.goto(f"{url}/admin/")
    await page.fill("input[name=username]", name)
    await page.fill("input[name=password]", password)
    await page.click("main button.primary, button.primary")
    await page.wait_for_url("**/password")
    await page.fill("input[name=present]", password)
    await page.fill("input[name=password]", new)
    await page.fill("input[name=again]", new)
    await page.click("form[action$='/password'] button")
    await page.wait_for_url(lambda address: "/password" not in address)


async def test_officer_and_editor_in_a_browser(served: Served, chromium: Browser, pictures: Path) -> None:
    said = await asyncio.to_thread(served.say, ASKED)
    faults: list[str] = []

    async def person(role: str) -> Page:
        context = await chromium.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN")
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        name, password = served.passwords[role]
        await sign_in(page, served.url, name, password, NEW[name])
        return page

    async def picture(page: Page, name: str) -> None:
        await page.screenshot(path=pictures / f"{name}.png", full_page=True)

    officer = await person("officer")
    await picture(officer, "1-queue")
    await officer.click(f"a[href*='/admin/questions/']:has-text('{said['replies'][0]['reference']}'), [data-open]")
    await picture(officer, "2-question")
    await officer.click("form[action$='/claim'] button")
    await officer.fill("textarea[name=short_answer]", ANSWER)
    await officer.fill("textarea[name=details]", "## Cần mang gì\n\n- Căn cước.\n- Đơn viết tay.")
    await officer.select_option("select[name=topic]", "bao-hiem-y-te")
    await officer.fill("input[name=document] >> nth=0", DOCUMENT)
    await officer.fill("input[name=article] >> nth=0", "Điều 1")
    await picture(officer, "3-answering")
    await officer.click("form[action$='/answer'] button.primary")
    await officer.wait_for_url("**done=answered*")
    await picture(officer, "4-answered")
    later = await asyncio.to_thread(served.later, said["session"])
    assert ANSWER in later[-1]["text"]

    editor = await person("editor")
    await editor.goto(f"{served.url}/admin/publish")
    await picture(editor, "5-desk")
    await editor.click("a[href*='/admin/revisions/']")
    await picture(editor, "6-review")
    await editor.fill("textarea[name=question]", PUBLIC)
    await editor.fill("textarea[name=short_answer]", PUBLIC_ANSWER)
    assert await editor.locator("form[action$='/publish'] button.primary").is_disabled()
    await editor.click("button[value=look]")
    await editor.wait_for_url("**/redact*")
    await picture(editor, "6-review-looked-at")
    await editor.click("form[action$='/publish'] button.primary")
    await editor.wait_for_url("**/admin/faq/**")
    await picture(editor, "7-published")
    key = editor.url.partition("?")[0].rpartition("/")[2]
    slug = store(served, f"SELECT slug FROM entries WHERE key = '{key}'")[0][0]  # noqa: S608 - the key is our own
    await asyncio.to_thread(within, LIVE, lambda: PUBLIC_ANSWER in served.get(f"/hoi-dap/{slug}").text)
    await editor.goto(f"{served.url}/hoi-dap/{slug}")
    assert await editor.locator("h1").inner_text() == PUBLIC
    await picture(editor, "8-entry")
    for page in (officer, editor):
        wide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, page.url
    assert faults == []


async def test_a_resident_on_a_phone(served: Served, chromium: Browser, pictures: Path) -> None:
    context = await chromium.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(f"{served.url}/chat")
    await page.screenshot(path=pictures / "phone-1.png")
    await page.fill("textarea, input[name=text]", "thẻ bảo hiểm y tế cho người thuộc hộ nghèo có miễn phí không")
    await page.keyboard.press("Enter")
    await page.get_by_text("188/2025/NĐ-CP").first.wait_for(timeout=20_000)
    await page.screenshot(path=pictures / "phone-2.png")
    wide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide
    assert faults == []
