"""What holds changes at midnight in Viet Nam, by itself: list, search and entry."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from info_page import browse
from knowledge_base.faq.entry import InForce
from knowledge_base.faq.legal_document import LegalDocument
from knowledge_base.storage import faq_store
from tests.info_page.small_faq import CARD, LINE_2026, LINE_2027, RENT, fill

LAST_MINUTE = datetime(2026, 12, 31, 16, 59, tzinfo=UTC)  # 23:59 in Viet Nam
MIDNIGHT = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)


async def _text(client: Any, address: str) -> str:
    response = await client.get(address)
    assert response.status == 200
    return str(await response.text())


@pytest.mark.parametrize(
    ("moment", "now", "other"), [(LAST_MINUTE, LINE_2026, LINE_2027), (MIDNIGHT, LINE_2027, LINE_2026)]
)
async def test_search_finds_what_holds_today_only(
    client: Any, clock: Any, moment: datetime, now: str, other: str
) -> None:
    clock.set(moment)
    text = await _text(client, "/tim?q=Mức nghèo bây giờ bao nhiêu tiền")
    assert now in text
    assert other not in text


async def test_the_list_turns_at_midnight_without_a_restart(client: Any, clock: Any) -> None:
    clock.set(LAST_MINUTE)
    topic = await _text(client, "/chu-de/chuan-ngheo")
    assert topic.index(LINE_2026) < topic.index("Sắp thay đổi") < topic.index("Từ 01/01/2027") < topic.index(LINE_2027)
    home = await _text(client, "/")
    assert home.index("Sắp thay đổi") < home.index("Từ 01/01/2027") < home.index(LINE_2027)
    assert "Chỉ đến hết" not in home  # its successor tells it
    clock.set(MIDNIGHT)
    topic = await _text(client, "/chu-de/chuan-ngheo")
    assert LINE_2027 in topic
    assert LINE_2026 not in topic
    assert "Sắp thay đổi" not in topic
    assert LINE_2026 not in await _text(client, "/")
    assert LINE_2026 not in await _text(client, "/sitemap.xml")


async def test_the_entry_says_when_it_holds(client: Any, clock: Any) -> None:
    clock.set(LAST_MINUTE)
    later = await _text(client, f"/hoi-dap/{LINE_2027}")
    assert "Chưa áp dụng." in later
    assert "Câu trả lời này áp dụng từ ngày 01/01/2027." in later
    assert f'href="/hoi-dap/{LINE_2026}"' in later
    assert "Đã hết áp dụng." not in await _text(client, f"/hoi-dap/{LINE_2026}")
    clock.set(MIDNIGHT)
    former = await _text(client, f"/hoi-dap/{LINE_2026}")
    assert "Đã hết áp dụng." in former
    assert "chỉ đúng đến hết ngày 31/12/2026" in former
    assert f'href="/hoi-dap/{LINE_2027}"' in former
    assert "1.500.000" in former  # still readable
    assert "Chưa áp dụng." not in await _text(client, f"/hoi-dap/{LINE_2027}")


def test_both_days_of_a_window_belong_to_it() -> None:
    window = InForce(date(2026, 1, 2), date(2026, 1, 3))
    states = [browse.window_on(window, date(2026, 1, day)) for day in (1, 2, 3, 4)]
    assert states == [browse.Window.NOT_YET, browse.Window.OPEN, browse.Window.OPEN, browse.Window.OVER]


@pytest.mark.parametrize(("moment", "given"), [(LAST_MINUTE, True), (MIDNIGHT, False)])
async def test_an_answer_goes_at_midnight_with_the_law_that_it_stands_on(
    database: Any, start: Any, clock: Any, moment: datetime, given: bool
) -> None:
    await database.write(fill)
    ended = LegalDocument("1/2021/NĐ-TN", "Nghị định", in_force=InForce(None, date(2026, 12, 31)), status="repealed")
    await database.write(faq_store.put_document, ended)
    client = await start()
    clock.set(moment)
    assert (CARD in await _text(client, "/tim?q=Thẻ khám bệnh cho nhà nghèo")) is given
    assert (CARD in await _text(client, "/chu-de/bao-hiem-y-te")) is given
    assert (CARD in await _text(client, "/sitemap.xml")) is given
    assert (CARD in await _text(client, "/hoi-dap.atom")) is given
    page = await _text(client, f"/hoi-dap/{CARD}")
    assert ("Đã hết áp dụng." in page) is not given
    assert RENT in await _text(client, "/chu-de/bao-hiem-y-te")  # a referral stands on nothing


async def test_written_pages_leave_out_what_ended_with_its_law(database: Any, start: Any, clock: Any) -> None:
    await database.write(fill)
    ended = LegalDocument("1/2021/NĐ-TN", "Nghị định", status="expired")  # nobody knows when
    await database.write(faq_store.put_document, ended)
    client = await start()
    assert CARD not in await _text(client, "/sitemap.xml")
    assert (await client.get(f"/hoi-dap/{CARD}")).status == 404
