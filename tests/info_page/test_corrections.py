"""What changed and when stands on the entry's page, in print and in the feed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from knowledge_base.faq.correction import correction_of
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.publication import RevisionState
from knowledge_base.storage import faq_store
from knowledge_base.storage.database import Transaction
from tests.info_page.small_faq import CARD

NOTES = ("Bổ sung mức <b>hỗ trợ</b> 70%.", "")


def _change(tx: Transaction, after: FaqEntry, note: str) -> None:
    live = faq_store.published_of(tx, after.key)
    assert live
    faq_store.set_revision(tx, live.id, state=RevisionState.SUPERSEDED)
    told = correction_of(live.entry, after, note)
    faq_store.add_revision(tx, after, RevisionState.PUBLISHED, "import", approved_by="project", correction=told)
    faq_store.record_publication(tx, "bien-tap-thu-nghiem", "publish", after.key)


async def test_the_page_and_the_feed_say_what_changed_and_when(
    client: Any, database: Any, faq: Any, clock: Any
) -> None:
    address = f"/hoi-dap/{CARD}"
    assert "Đã sửa ngày" not in await (await client.get(address)).text()
    entry = faq.snapshot.revisions["T25"].entry
    for note, answer in zip(NOTES, ("Có, 70%.", "Có, 80%."), strict=True):
        await database.write(_change, replace(entry, short_answer=answer), note)
        clock.advance(timedelta(days=1))
    await faq.refresh()
    page = await (await client.get(address)).text()
    told = faq.snapshot.corrections["T25"]
    assert [one.parts for one in told] == [("figures", "wording"), ("figures", "wording")]
    first, last = (f"{one.at.astimezone(clock.now().tzinfo).date():%d/%m/%Y}" for one in reversed(told))
    newest = page[page.index("Đã sửa ngày") :]
    assert last in newest[:200]
    assert "mức tiền và con số" in newest[:300]  # a sheet brought it: nobody wrote a sentence
    earlier = newest[newest.index("Những lần sửa trước") :]
    assert first in earlier[:200]
    assert "Bổ sung mức &lt;b&gt;hỗ trợ&lt;/b&gt; 70%." in earlier
    feed = await (await client.get("/hoi-dap.atom")).text()
    assert "Đã sửa ngày" in feed
    assert f"<updated>{told[0].at.isoformat()}</updated>" in feed
    assert "Corrected on" in await (await client.get(f"{address}?lang=en")).text()
    assert date.fromisoformat(page.split('datetime="')[1][:10])
