"""Every page in both languages; what it says and what it must never say."""

import re
from datetime import timedelta
from typing import Any

import pytest

from info_page.app import build_app
from knowledge_base.storage import faq_store
from knowledge_base.storage.tables import feedback
from tests.info_page.small_faq import CARD, ENTRIES, HOSTILE, LINE_2026, LINE_2027, RENT, add_question, entry, publish

PAGES = (
    "/",
    "/chu-de/chuan-ngheo",
    "/chu-de/bao-hiem-y-te",
    f"/hoi-dap/{LINE_2026}",
    f"/hoi-dap/{LINE_2027}",
    f"/hoi-dap/{CARD}",
    f"/hoi-dap/{RENT}",
    "/hoi-dap-moi",
    "/tim",
    "/tim?q=the+bao+hiem",
    "/tra-cuu",
    "/gioi-thieu",
)
TRIAL = "Bản thử nghiệm, chưa được cơ quan thẩm định"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("page", PAGES)
async def test_page_in_both_languages(client: Any, page: str, language: str) -> None:
    response = await client.get(page, params=None if language == "vi" else {"lang": "en"})
    text = await response.text()
    assert response.status == 200
    assert f'<html lang="{language}">' in text
    assert len(re.findall(r"<h1[ >]", text)) == 1
    assert '<script src="/chat/embed.js" async></script>' in text
    assert "<script>" not in text
    assert "style=" not in text
    assert ("Trang chủ" in text) == (language == "vi")


async def test_english_is_kept_in_links_and_answers_stay_vietnamese(client: Any) -> None:
    text = await (await client.get(f"/hoi-dap/{LINE_2026}?lang=en")).text()
    links = [link for link in re.findall(r'<a [^>]*href="(/[^"]*)"', text) if "hreflang" not in link]
    ours = [link for link in links if link != f"/hoi-dap/{LINE_2026}?lang=vi"]
    assert ours
    assert all("lang=en" in link for link in ours)
    assert "No approved translation of this answer exists" in text
    assert '<h1 lang="vi">Chuẩn nghèo năm 2026 là bao nhiêu?</h1>' in text
    assert "In force from 1 January 2022 to the end of 31 December 2026." in text


async def test_entry_says_everything_that_backs_it(client: Any) -> None:
    text = await (await client.get(f"/hoi-dap/{LINE_2026}")).text()
    assert TRIAL in text
    assert "Nông thôn 1.500.000 đồng một người một tháng." in text
    assert "<h2>Mức hưởng</h2>" in text
    assert "Điều 3, Nghị định 1/2021/NĐ-TN: Văn bản thử nghiệm" in text
    assert 'href="https://van-ban.example/1"' in text
    assert "Áp dụng từ ngày 01/01/2022 đến hết ngày 31/12/2026." in text
    assert ">nguon.example</a>" in text
    assert "22/11/2026" in text
    assert f'href="/hoi-dap/{LINE_2027}"' in text


async def test_nothing_written_by_people_is_ever_markup(client: Any, database: Any, faq: Any) -> None:
    await database.write(
        publish, entry("T99", HOSTILE, HOSTILE, details=f"## {HOSTILE}\n- {HOSTILE}", sources=(HOSTILE,))
    )
    await faq.refresh()
    slug = faq.snapshot.revisions["T99"].slug
    for page in ("/", "/chu-de/chuan-ngheo", f"/hoi-dap/{slug}", f"/hoi-dap/{LINE_2026}", "/hoi-dap.atom"):
        text = await (await client.get(page)).text()
        assert "<script>alert" not in text
        assert 'href="javascript' not in text
    assert "Đơn vị thử nghiệm &lt;b&gt;" in text


async def test_referral_and_residents_question_say_so(client: Any) -> None:
    text = await (await client.get(f"/hoi-dap/{RENT}")).text()
    assert "Câu hỏi của người dân" in text
    assert "Trang này chỉ cho bạn biết nên hỏi ở đâu" in text
    assert TRIAL not in text
    assert "K7MP" not in text  # the asker's code is nobody else's business
    assert f"/hoi-dap/{RENT}" in await (await client.get("/hoi-dap-moi")).text()
    assert f"/hoi-dap/{RENT}" in await (await client.get("/")).text()


async def test_home_shows_what_is_asked_most_first(client: Any, database: Any, clock: Any) -> None:
    for number in range(3):
        await database.write(lambda tx, n=number: add_question(tx, f"BBBB-AAA{n + 2}", entry_key="T25"))
    clock.advance(timedelta(minutes=11))
    text = await (await client.get("/")).text()
    asked = text[text.index('id="asked"') :]
    assert asked.index(CARD) < asked.index(LINE_2026)


async def test_unknown_and_withdrawn_addresses(client: Any, database: Any, faq: Any) -> None:
    for address in (
        "/khong-co",
        "/hoi-dap/khong-co",
        "/chu-de/khong-co",
        "/hoi-dap-moi?trang=9",
        "/hoi-dap-moi?trang=x",
    ):
        response = await client.get(address)
        assert response.status == 404
        assert "Không có trang này" in await response.text()
    assert "This page does not exist" in await (await client.get("/khong-co?lang=en")).text()
    revision = faq.snapshot.revisions["T25"]
    await database.write(lambda tx: faq_store.set_revision(tx, revision.id, state="withdrawn"))
    await database.write(faq_store.record_publication, "bien-tap-thu-nghiem", "withdraw", "T25")
    await faq.refresh()
    gone = await client.get(f"/hoi-dap/{CARD}")
    assert gone.status == 410
    assert "đã được gỡ xuống" in await gone.text()


async def test_a_text_in_review_is_not_there(client: Any, database: Any) -> None:
    hidden = entry("T77", "Câu chưa duyệt là gì?", "Chưa duyệt.")

    def propose(tx: Any) -> None:
        faq_store.ensure_entry(tx, hidden.key, hidden.question)
        faq_store.add_revision(tx, hidden, "in_review", "can-bo-thu-nghiem")

    await database.write(propose)
    assert (await client.get("/hoi-dap/cau-chua-duyet-la-gi")).status == 404


async def test_wrong_method_and_faults_are_pages(client: Any, faq: Any, monkeypatch: Any) -> None:
    response = await client.post("/gioi-thieu")
    assert response.status == 405
    assert "GET" in response.headers["Allow"]
    assert "Mời bạn quay lại" in await response.text()

    async def broken(_text: str) -> None:
        raise RuntimeError

    monkeypatch.setattr(faq, "match", broken)
    response = await client.get("/tim?q=abc")
    assert response.status == 500
    assert "không phải lỗi của bạn" in await response.text()


async def test_before_the_first_load_it_says_wait(
    aiohttp_client: Any, database: Any, faq: Any, settings: Any, clock: Any
) -> None:
    client = await aiohttp_client(build_app(database, faq, settings, clock))
    response = await client.get("/")
    assert response.status == 503
    assert response.headers["Retry-After"]


async def test_everything_works_with_no_entries_at_all(start: Any) -> None:
    client = await start()
    for page in ("/", "/tim?q=the", "/hoi-dap-moi", "/tra-cuu", "/gioi-thieu", "/sitemap.xml", "/hoi-dap.atom"):
        assert (await client.get(page)).status == 200
    assert "đang được chuẩn bị" in await (await client.get("/")).text()


async def test_sitemap_robots_and_feed(client: Any) -> None:
    sitemap = await (await client.get("/sitemap.xml")).text()
    assert f"<loc>https://hoi-dap.example/hoi-dap/{LINE_2026}</loc>" in sitemap
    robots = await (await client.get("/robots.txt")).text()
    assert "Disallow: /admin" in robots
    assert "Sitemap: https://hoi-dap.example/sitemap.xml" in robots
    feed = await client.get("/hoi-dap.atom")
    assert feed.content_type == "application/atom+xml"
    assert LINE_2027 not in await feed.text()


async def test_votes_are_kept_thanked_and_throttled(client: Any, database: Any, clock: Any) -> None:
    def verdicts(tx: Any) -> list[tuple[Any, ...]]:
        return [
            tuple(row)
            for row in tx.execute(feedback.select().with_only_columns(feedback.c.entry_key, feedback.c.verdict))
        ]

    answer = await client.post(f"/hoi-dap/{CARD}/y-kien?lang=en", data={"co-ich": "co"}, allow_redirects=False)
    assert answer.status == 303
    assert answer.headers["Location"] == f"/hoi-dap/{CARD}?cam-on=1&lang=en#y-kien"
    assert "Thank you!" in await (await client.get(answer.headers["Location"])).text()
    assert await database.read(verdicts) == [("T25", "useful")]
    assert (await client.post(f"/hoi-dap/{CARD}/y-kien", data={"co-ich": "x"})).status == 400
    assert (await client.post("/hoi-dap/khong-co/y-kien", data={"co-ich": "co"})).status == 404
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert (await client.post(f"/hoi-dap/{CARD}/y-kien", data={"co-ich": "co"}, headers=foreign)).status == 403
    for _ in range(29):
        await client.post(f"/hoi-dap/{CARD}/y-kien", data={"co-ich": "khong"}, allow_redirects=False)
    assert (await client.post(f"/hoi-dap/{CARD}/y-kien", data={"co-ich": "co"})).status == 429
    # One address, one entry, one day: the last word counts, and who said it isn't kept.
    assert await database.read(verdicts) == [("T25", "not_useful")]
    voters = await database.read(lambda tx: list(tx.execute(feedback.select()).mappings()))
    assert "127.0.0.1" not in str(voters)
    clock.advance(timedelta(days=1))
    await client.post(f"/hoi-dap/{CARD}/y-kien", data={"co-ich": "khong"}, allow_redirects=False)
    assert len(await database.read(verdicts)) == 2


def test_the_small_faq_is_what_the_tests_say() -> None:
    assert {one.key for one in ENTRIES} == {"T01", "T01-2027", "T25"}
