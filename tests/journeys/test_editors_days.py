"""Editors in a browser, with a clock of ours: what they decide reaches bot, search and page, and on the right day."""

import asyncio
import re

from playwright.async_api import Page, expect

from knowledge_base.clock import vietnam_day
from knowledge_base.content import export_content
from knowledge_base.storage import faq_store
from tests.journeys.in_process import House

CARD = "Người thuộc hộ nghèo có được cấp thẻ bảo hiểm y tế miễn phí không?"
POVERTY_LINE = "Chuẩn hộ nghèo thu nhập ở nông thôn là bao nhiêu?"
NEW = "Có, bà con thuộc hộ nghèo không phải trả tiền thẻ (bản thử nghiệm của bài kiểm tra)."
TOLD = "Nói rõ hơn là bà con không phải trả tiền thẻ."


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


EASY = "Nhà nghèo được thẻ bảo hiểm y tế. Bạn không mất tiền.\n- Chưa có thẻ thì hỏi Ủy ban nhân dân xã."


async def test_plain_words_from_the_desk_to_whoever_asks_for_them(house: House) -> None:
    page = house.slug("T25")
    author, editor = await house.person("bien.tap"), await house.person("bien.tap.hai")
    address = await propose(author, "T25", easy_read=EASY)
    await expect(author.locator("form[action$='/publish']")).to_have_count(0)  # nobody approves his own
    await publish(editor, address)
    await house.live("Nhà nghèo được thẻ bảo hiểm y tế. Bạn không mất tiền.", on=page)

    # --- a resident asks, and wants it said more simply: by the button, then by words
    said = EASY.replace("\n- ", "\n• ")
    for ask in ({"option": ""}, {"text": "khó hiểu quá, nói dễ hiểu hơn đi"}):
        begun = await house.asked(CARD)
        button = begun["replies"][0]["options"][-1]
        assert button["label"] == "Nói dễ hiểu hơn"
        body = {"session": begun["session"], **({"option": button["id"]} if "option" in ask else ask)}
        async with house.http.post(f"{house.url}/chat/messages", json=body) as answer:
            told = (await answer.json())["replies"]
        assert len(told) == 1
        assert said in told[0]["text"].split("\n\nCăn cứ")[0]
        assert [option["id"] for option in told[0]["options"]] == [
            option["id"] for option in begun["replies"][0]["options"][:-1]
        ]

    # --- a reader's page, its voice, and the announcer's text, on the smallest telephone
    reader = await house.reader(page)
    await reader.set_viewport_size({"width": 320, "height": 640})
    await expect(reader.locator(".easy")).to_contain_text("Bạn không mất tiền.")
    await house.picture(reader, "plain-words")
    spoken = await reader.evaluate(_HEAR)
    assert spoken == [
        "Nhà nghèo được thẻ bảo hiểm y tế.",
        "Bạn không mất tiền.",
        "Chưa có thẻ thì hỏi Ủy ban nhân dân xã.",
    ]
    await reader.click("a:has-text('Bản đọc loa')")
    await expect(reader.locator(".said")).to_contain_text("Kính thưa bà con.")
    assert await reader.evaluate("document.documentElement.scrollWidth") <= 320
    await house.picture(reader, "loudspeaker")
    assert house.faults == []


# The page's script again, in a browser that has a Vietnamese voice; what it would say.
_HEAR = """async () => {
  const said = [];
  const speech = Object.assign(new EventTarget(), {
    getVoices: () => [{ lang: "vi-VN" }], speak: (one) => said.push(one.text), cancel: () => {},
  });
  Object.defineProperty(window, "speechSynthesis", { value: speech, configurable: true });
  window.SpeechSynthesisUtterance = class extends EventTarget { constructor(text) { super(); this.text = text; } };
  const again = document.createElement("script");
  again.src = document.querySelector("script[src*='page.js']").src;
  await new Promise((done) => { again.onload = done; document.head.append(again); });
  document.querySelector("[data-act=listen]").click();
  return said;
}"""
