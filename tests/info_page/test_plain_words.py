"""An entry's plain words on its page and in the search; what is said of it; the announcer's text."""

import re
from dataclasses import replace
from typing import Any

import pytest

from info_page.loudspeaker import script
from knowledge_base.storage.database import Transaction
from tests.info_page.small_faq import CARD, ENTRIES, LINE_2026, LINE_2027, RENT, fill, publish

EASY = "Nhà nghèo được thẻ. Không mất tiền.\n\n- Hỏi xã <b>mình</b>."


@pytest.fixture
async def eased(database: Any, start: Any) -> Any:
    """The page over the small FAQ, one entry of it with plain words."""

    def fill_with_plain_words(tx: Transaction) -> None:
        fill(tx)
        card = next(one for one in ENTRIES if one.key == "T25")
        publish(tx, replace(card, key="T25-2", question="Thẻ của nhà nghèo thì sao?", easy_read=EASY, phrasings=()))

    await database.write(fill_with_plain_words)
    return await start()


PAGE = "/hoi-dap/the-cua-nha-ngheo-thi-sao"


async def test_plain_words_are_a_labelled_part_of_the_page(eased: Any) -> None:
    text = await (await eased.get(PAGE)).text()
    part = text[text.index('class="easy"') : text.index('class="halves"')]
    assert "Nói dễ hiểu" in part
    assert "<p>Nhà nghèo được thẻ. Không mất tiền.</p>" in part
    assert "<b>" not in part
    assert 'data-aloud="Nhà nghèo được thẻ. Không mất tiền.\nHỏi xã' in text
    english = await (await eased.get(f"{PAGE}?lang=en")).text()
    assert "In plain words" in english
    assert 'class="easy"' not in await (await eased.get(f"/hoi-dap/{CARD}")).text()


async def test_what_is_read_aloud_comes_with_the_page(client: Any) -> None:
    text = await (await client.get(f"/hoi-dap/{LINE_2026}")).text()
    (said,) = re.findall(r'data-aloud="([^"]*)"', text)
    assert said.startswith("Nông thôn một triệu năm trăm nghìn đồng một người một tháng.\nMức hưởng.\nNông thôn: một")
    assert not re.search(r"\d", said)
    assert "Nghe đọc" in text


async def test_the_announcers_text(client: Any) -> None:
    response = await client.get(f"/hoi-dap/{LINE_2026}/doc-loa")
    text = await response.text()
    assert response.status == 200
    assert 'content="noindex"' in text
    assert f'href="/hoi-dap/{LINE_2026}/doc-loa"' in await (await client.get(f"/hoi-dap/{LINE_2026}")).text()
    said = text[text.index('class="said"') : text.index("</article>")]
    for words in (
        "Kính thưa bà con.",
        "Chuẩn nghèo năm hai nghìn không trăm hai mươi sáu là bao nhiêu?",
        "Nông thôn một triệu năm trăm nghìn đồng một người một tháng.",
        "áp dụng từ ngày mùng một tháng một năm hai nghìn không trăm hai mươi hai đến hết ngày ba mươi mốt tháng",
        "xin hỏi Đơn vị thử nghiệm b. Bảy giờ ba mươi phút đến mười bảy giờ.",
        "Xin cảm ơn bà con đã lắng nghe.",
    ):
        assert words in said
    assert not re.search(r"\d", said)
    assert "Bản thử nghiệm" in text
    assert "Chỉ đọc lên loa khi" in text


async def test_it_says_what_does_not_hold(client: Any, clock: Any) -> None:
    assert "Chưa áp dụng." in await (await client.get(f"/hoi-dap/{LINE_2027}/doc-loa")).text()
    clock.set(clock.now().replace(year=2027, month=6))
    over = await (await client.get(f"/hoi-dap/{LINE_2026}/doc-loa")).text()
    assert "Không có gì để đọc lên loa." in over
    assert "Kính thưa bà con" not in over
    assert "doc-loa" not in await (await client.get(f"/hoi-dap/{LINE_2026}")).text()


async def test_of_what_is_not_there_nothing_is_read_out(client: Any) -> None:
    assert (await client.get("/hoi-dap/khong-co/doc-loa")).status == 404
    assert (await client.get(f"/hoi-dap/{RENT}/doc-loa?lang=en")).status == 200


def test_plain_words_are_what_the_announcer_reads() -> None:
    entry = replace(ENTRIES[2], easy_read="Nhà nghèo được thẻ.\n- Hỏi xã.")
    made = script(entry, ("Ủy ban nhân dân (UBND) xã Thử", "", "7h30–11h30"))
    assert made.answer == ["Nhà nghèo được thẻ.", "Hỏi xã."]
    assert "Ủy ban nhân dân xã Thử. Bảy giờ ba mươi phút" in made.closing[0]
    assert made.minutes == 1
