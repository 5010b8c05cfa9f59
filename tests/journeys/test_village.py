"""A village in a browser: a helper asks for a neighbour, a poster's code, a meeting; on a phone and in the commune."""

import asyncio
import io
import re
from typing import Any

from openpyxl import Workbook
from playwright.async_api import Page, expect

from tests.journeys.in_process import WIDER, House, serious_of
from tests.paper.test_paper import decoded

CARD = "Người thuộc hộ nghèo có được cấp thẻ bảo hiểm y tế không?"
UNKNOWN = "bao giờ xã mình có lịch chiếu phim lưu động ngoài nhà văn hoá"
OWN = "Mời người hỏi đến nhận tại phòng số 2."


async def printed(page: Page, action: str, **fields: str) -> list[str]:
    """What the codes on the paper say that a form of the page prints."""
    form = page.locator(f"form[action$='{action}']")
    csrf = await form.locator("input[name=csrf]").input_value()
    where = await form.evaluate("form => form.action")
    answer = await page.request.post(where, form={"csrf": csrf, **fields})
    assert answer.status == 200, await answer.text()
    return decoded(await answer.body(), 3)


async def say(page: Page, text: str) -> str:
    """A message in the chat; what comes back."""
    there = await page.locator(".turn.bot").count()
    await page.fill("#text", text)
    await page.press("#text", "Enter")
    await expect(page.locator(".turn.bot").nth(there)).to_be_visible()
    await asyncio.sleep(0.2)
    return "\n".join(await page.locator(".turn.bot").all_inner_texts())[-2_000:]


async def test_a_helper_asks_for_a_neighbour_who_is_told_at_the_counter(  # noqa: PLR0915 - a story reads best in one go
    house: House,
) -> None:
    commune = await house.person("xa")
    await commune.goto(f"{house.url}/admin/teams")
    await commune.fill("form[action$='/teams'] input[name=name]", "Tổ công nghệ số thôn Đông")
    await commune.fill("form[action$='/teams'] input[name=hamlet]", "Thôn Đông")
    await commune.locator("form[action$='/teams'] button", has_text="Thêm").click()
    await commune.wait_for_url("**/teams/**")
    await commune.fill("form[action$='/members'] input[name=name]", "Thành viên thử")
    await commune.click("form[action$='/members'] button")
    await commune.wait_for_load_state()
    team = commune.url.partition("?")[0]
    [invitation] = await printed(commune, "/invitations")
    code = re.search(r"h_(\w+)", invitation)
    assert code, invitation
    await commune.goto(team)
    await house.picture(commune, "village-team")

    # --- the helper's phone, in the neighbour's kitchen
    helper = await house.reader("/chat")
    assert "Tổ công nghệ số thôn Đông" in await say(helper, f"THAM GIA {code.group(1)}")
    assert "đồng ý" in (await say(helper, "/hoiho")).lower()
    await house.picture(helper, "village-consent")
    there = await helper.locator(".turn.bot").count()
    await helper.locator(".turn.bot button").first.click()
    await expect(helper.locator(".turn.bot").nth(there)).to_be_visible()
    await say(helper, "Người được hỏi hộ")
    await say(helper, "không")
    receipt = await say(helper, UNKNOWN)
    reference = re.search(r"[2-9A-HJ-NP-TW-Z]{4}-[2-9A-HJ-NP-TW-Z]{4}", receipt)
    assert reference, receipt
    await house.picture(helper, "village-receipt")
    assert await helper.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # --- the commune answers; the helper's phone says nothing of it
    await commune.goto(f"{house.url}/admin/counter?ma={reference.group()}")
    await expect(commune.locator("main")).to_contain_text("Người được hỏi hộ")
    await commune.click("form[action$='/claim'] button")
    await commune.wait_for_url("**done=claimed*")
    await commune.check("input[name=kind][value=referral]")
    await commune.fill("#short_answer", OWN)
    await commune.select_option("select[name=topic]", index=1)
    await commune.click("form.answer-form button.primary")
    await commune.wait_for_url("**done=answered*")
    await asyncio.sleep(1)
    await helper.reload()
    assert OWN not in await helper.locator("body").inner_text()
    assert OWN not in await say(helper, f"XEM {reference.group()}")

    # --- at the counter: looked up, printed anew, read out, noted
    await commune.goto(f"{house.url}/admin/counter")
    await expect(commune.locator("main")).to_contain_text(reference.group())
    await house.picture(commune, "village-counter")
    await commune.goto(f"{house.url}/admin/counter?ma={reference.group()}")
    [slip] = await printed(commune, "/receipt")
    assert slip.endswith(f"/tra-cuu?ma={reference.group()}")
    await commune.locator("form[action$='/told'] button").first.click()
    await commune.wait_for_load_state()
    await expect(commune.locator("main")).to_contain_text("Đã đọc cho người hỏi")
    await commune.goto(f"{house.url}/admin/counter")
    await expect(commune.locator("main")).not_to_contain_text(reference.group())


async def test_a_poster_leads_to_the_right_commune_and_is_counted(house: House) -> None:
    commune = await house.person("xa")
    await commune.goto(f"{house.url}/admin/places")
    await commune.fill("textarea[name=labels]", "Thôn Đông\nCột loa thôn Tây")
    await commune.click("form[action$='/places'] button:has-text('Thêm')")
    await commune.wait_for_url("**done=**")
    paper = await commune.request.get(f"{house.url}/admin/places/paper?format=a4")
    links = decoded(await paper.body(), 2)
    assert len(links) == 2
    reader = await house.reader(links[0].replace(re.match(r"https?://[^/]+", links[0]).group(), ""))  # type: ignore[union-attr]
    await house.picture(reader, "village-arrival")
    await reader.click("a.button >> nth=0")
    await reader.wait_for_url("**/chat**")
    await expect(reader.locator(".turn.bot", has_text="Xã Một")).to_have_count(1, timeout=10_000)
    await say(reader, UNKNOWN)
    await house.picture(reader, "village-chat")
    await commune.goto(f"{house.url}/admin/places")
    counts = [await row.locator("td").all_inner_texts() for row in await commune.locator("tbody tr").all()]
    assert sorted(row[5] for row in counts) == ["0", "1"]
    await house.picture(commune, "village-places")
    await commune.goto(f"{house.url}/admin/")
    await expect(commune.locator("tbody tr")).to_have_count(1)  # it came to this commune


def _sheet() -> bytes:
    made, data = Workbook(), io.BytesIO()
    rows = [
        ["Dòng", "Họ tên", "Câu hỏi"],
        ["1", "Người Một", "Người thuộc hộ nghèo có được cấp thẻ bảo hiểm y tế không?"],
    ]
    rows += [["2", "Người Hai", UNKNOWN], ["3", "Người Ba", f"cho hỏi {UNKNOWN} vậy?"]]
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]
    made.save(data)
    return data.getvalue()


async def test_a_meeting_is_entered_and_everybody_gets_a_receipt(house: House) -> None:
    commune = await house.person("xa")
    await commune.goto(f"{house.url}/admin/meetings")
    for name, value in (("hamlet", "Thôn Đông"), ("held_on", "20/11/2026"), ("chair", "Chủ trì thử"), ("lines", "12")):
        await commune.fill(f"form[action$='/meetings'] input[name={name}]", value)
    await commune.click("form[action$='/meetings'] button.primary")
    await commune.wait_for_url("**/meetings/**")
    file: Any = {"name": "hop.xlsx", "mimeType": "application/octet-stream", "buffer": _sheet()}
    await commune.set_input_files("input[type=file]", file)
    await commune.locator("form[enctype] button").click()
    await expect(commune.locator("input[name=together]")).to_have_count(1)
    await house.picture(commune, "village-meeting-preview")
    await commune.check("input[name=agreed]")
    await commune.click("form[action$='/enter'] button.primary")
    await commune.wait_for_url("**done=**")
    await expect(commune.locator("tbody tr")).to_have_count(3)
    await house.picture(commune, "village-meeting")
    assert len(await printed(commune, "/receipts")) == 3


async def test_axe_finds_nothing_serious_on_the_new_pages(house: House) -> None:
    said = await house.asked(UNKNOWN)
    await house.asked(CARD)
    pages = {
        "xa": ["/teams", "/places", "/meetings", "/counter"],
        "bien.tap": [
            *("/confirming", "/faq/T25/check", "/feedback", "/gaps", "/sheets", "/translations/en", "/publish"),
            *("/translations/en/T25", "/faq/T25", "/faq/T25/propose", "/faq/T25/spelling", "/faq/new"),
        ],
    }
    wrong = []
    for name, paths in pages.items():
        page = await house.person(name)
        for path in paths:
            answer = await page.goto(f"{house.url}/admin{path}")
            assert answer
            for width in (1280, 390):
                await page.set_viewport_size({"width": width, "height": 900})
                told = await serious_of(page)
                wide = await page.evaluate(WIDER)
                if told or wide > 0 or answer.status != 200:
                    wrong.append((path, width, answer.status, wide, told))
            await house.picture(page, f"390{path.replace('/', '-')}")
    public = await house.reader("/rieng-tu")
    await public.set_viewport_size({"width": 320, "height": 600})
    for path in ("/rieng-tu", house.slug("T25"), "/tra-cuu", "/du-lieu"):
        answer = await public.goto(house.url + path)
        serious = await serious_of(public)
        wide = await public.evaluate(WIDER)
        if serious or wide > 0:
            wrong.append((path, answer.status if answer else 0, wide, serious))
        await house.picture(public, f"320{path.replace('/', '-')[:40]}")
    assert wrong == []
    assert said["replies"]
