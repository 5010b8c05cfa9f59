"""Pages that cost few bytes, and pages in the browser's language: chosen, weighed, kept."""

import gzip
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from info_page import pages
from info_page.static_files import StaticFiles
from knowledge_base.faq.entry import InForce
from knowledge_base.faq.translation import Translation
from knowledge_base.storage.database import Transaction
from tests.info_page.small_faq import CARD, LINE_2026, entry, publish
from translations.reader import browsers_language, reader_of

SAVING = {"Save-Data": "on"}
PLAIN = {"Accept-Encoding": "identity"}
STYLES = 2 * 1024


def many(tx: Transaction, number: int = 120) -> None:
    """Many entries that begin at New Year, all of one topic."""
    for at in range(number):
        publish(
            tx,
            entry(
                f"T{at + 100}",
                f"Câu hỏi thứ {at} về một việc sẽ thay đổi từ đầu năm sau là gì và hỏi ở đâu?",
                "Trả lời thử.",
                in_force=InForce(date(2027, 1, 1), None),
            ),
        )


# --- how it is chosen ---------------------------------------------------------------------------------------------


def test_the_address_wins_then_the_choice_then_the_browser() -> None:
    assert not reader_of({}, {}, {}).light
    assert reader_of({}, {}, SAVING).light
    assert not reader_of({}, {"nhe": "0"}, SAVING).light
    assert reader_of({}, {"nhe": "1"}, {}).light
    chosen = reader_of({"nhe": "1"}, {}, {})
    assert chosen.light
    assert chosen.keeps == (("nhe", "1"),)
    assert reader_of({"nhe": "1"}, {"nhe": "1"}, {}).keeps == ()
    assert reader_of({"nhe": "0"}, {"nhe": "1"}, SAVING) == reader_of({"nhe": "0"}, {}, SAVING)
    assert reader_of({"nhe": "x"}, {"nhe": "y"}, {}) == reader_of({}, {}, {})


def test_a_language_is_kept_only_when_chosen_here() -> None:
    english = {"Accept-Language": "en-US,en;q=0.9,vi;q=0.8"}
    assert reader_of({}, {}, english).language == "en"
    assert reader_of({}, {"lang": "vi"}, english).language == "vi"
    assert reader_of({"lang": "en"}, {"lang": "vi"}, {}).language == "en"
    passed_on = reader_of({"lang": "vi"}, {}, english)
    assert (passed_on.language, passed_on.keeps) == ("vi", ())
    here = {**english, "Host": "hoi-dap.example", "Referer": "https://hoi-dap.example/tra-cuu"}
    assert reader_of({"lang": "vi"}, {}, here).keeps == (("lang", "vi"),)
    assert reader_of({"lang": "qq"}, {"lang": "qq"}, {"Referer": "http://[bad", "Host": "x"}).language == "vi"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "vi"),
        ("fr,de;q=0.5", "vi"),
        ("en", "en"),
        ("EN-gb;q=0.4, vi-VN;q=0.6", "vi"),
        ("fr, en;q=0.2", "en"),
        ("en;q=0, vi;q=0.1", "vi"),
        ("en;q=nonsense", "vi"),
        ("*", "vi"),
        (";;,,=", "vi"),
    ],
)
def test_the_browsers_language(header: str, language: str) -> None:
    assert browsers_language(header) == language


async def test_the_choice_is_kept_and_left_again(client: Any) -> None:
    ordinary = await (await client.get("/")).text()
    chosen = re.search(r'href="([^"]+)" rel="nofollow">Bản nhẹ', ordinary)
    assert chosen
    light = await client.get(chosen[1])
    assert "private" in light.headers["Cache-Control"]
    assert "HttpOnly" in light.headers["Set-Cookie"]
    assert "light.css" in await light.text()
    again = await client.get(f"/hoi-dap/{CARD}", headers={"Cookie": light.headers["Set-Cookie"].partition(";")[0]})
    assert "light.css" in await again.text()
    assert "Set-Cookie" not in again.headers
    left = await client.get("/?nhe=0", headers={"Cookie": "nhe=1"})
    assert "page.css" in await left.text()
    assert left.headers["Set-Cookie"].startswith("nhe=0;")
    assert "page.css" in await (await client.get("/tim?q=the", headers={**SAVING, "Cookie": "nhe=0"})).text()


async def test_the_modes_and_languages_never_mix(client: Any) -> None:
    asked: dict[str, dict[str, str]] = {"vi": {}, "vi light": SAVING, "en": {"Accept-Language": "en"}}
    asked["en light"] = {**SAVING, "Accept-Language": "en"}
    first = {name: await client.get("/", headers=headers) for name, headers in asked.items()}
    tags = {name: answer.headers["ETag"] for name, answer in first.items()}
    assert len(set(tags.values())) == 4
    for answer in first.values():
        assert {"Accept-Language", "Cookie", "Save-Data"} <= set(answer.headers["Vary"].split(", "))
    for name, headers in asked.items():
        for other, tag in tags.items():
            answer = await client.get("/", headers={**headers, "If-None-Match": tag})
            assert answer.status == (304 if name == other else 200)
            if name == other:
                assert "Content-Security-Policy" not in answer.headers
                assert "Save-Data" in answer.headers["Vary"]


# --- what it weighs -----------------------------------------------------------------------------------------------


async def test_light_pages_weigh_little(client: Any, database: Any, faq: Any) -> None:
    await database.write(many)
    await faq.refresh()
    home = await (await client.get("/", headers={**SAVING, **PLAIN})).read()
    assert len(home) <= 10 * 1024
    assert len(gzip.compress(home)) <= 4 * 1024
    text = home.decode()
    assert "<script" not in text
    assert "<svg" not in text
    named = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', text))
    assert len(named) == 1
    style = await client.get(named.pop(), headers=PLAIN)
    styles = await style.read()
    assert len(styles) <= STYLES
    assert b"url(" not in styles
    assert "immutable" in style.headers["Cache-Control"]
    assert len(gzip.compress(home)) + len(styles) <= 15 * 1024
    one = faq.snapshot.revisions["T01"].entry
    page = await (await client.get(f"/hoi-dap/{LINE_2026}", headers={**SAVING, **PLAIN})).read()
    assert len(page) - len((one.short_answer + one.details).encode()) <= 6 * 1024


async def test_lists_are_paged_in_both_modes(client: Any, database: Any, faq: Any) -> None:
    await database.write(many)
    await faq.refresh()
    for headers in ({}, SAVING):
        text = await (await client.get("/", headers=headers)).text()
        assert len(re.findall(r'href="/hoi-dap/', text)) <= 24
        assert 'href="/sap-thay-doi"' in text
        for path in ("/chu-de/chuan-ngheo", "/sap-thay-doi"):
            seen: list[str] = []
            for number in range(1, 8):
                answer = await client.get(path, params={"trang": str(number)}, headers=headers)
                if answer.status == 404:
                    break
                listed = re.findall(
                    r'<li>\s*(?:<p class="when">[^<]*</p>\s*)?<a href="(/hoi-dap/[^"]+)"', await answer.text()
                )
                assert len(listed) <= pages.PER_PAGE
                seen += listed
            assert len(seen) == len(set(seen))
            assert len(seen) >= 120
        assert (await client.get("/sap-thay-doi?trang=0", headers=headers)).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/chu-de/chuan-ngheo",
        f"/hoi-dap/{CARD}",
        "/hoi-dap-moi",
        "/tim?q=the",
        "/tra-cuu",
        "/gioi-thieu",
        "/rieng-tu",
        "/du-lieu",
        "/sap-thay-doi",
        "/khong-co",
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_page_is_there_in_few_bytes(client: Any, path: str, language: str) -> None:
    answer = await client.get(path, headers={**SAVING, **PLAIN, "Accept-Language": language})
    text = await answer.text()
    assert answer.status == (404 if path == "/khong-co" else 200)
    assert f'<html lang="{language}">' in text
    assert len(re.findall(r"<h1[ >]", text)) == 1
    assert "<script" not in text
    assert "style=" not in text
    assert len(text.encode()) <= 8 * 1024


async def test_what_is_drawn_for_one_reader_is_packed(client: Any) -> None:
    packed = await client.get("/tim?q=the+bao+hiem", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    plain = await client.get("/tim?q=the+bao+hiem", headers=PLAIN)
    assert await packed.read() == await plain.read()


def test_the_light_style_is_small() -> None:
    assert len(StaticFiles().files["light.css"].body) <= STYLES


# --- the reader's language ----------------------------------------------------------------------------------------


async def test_lists_show_a_vouched_for_translation(client: Any, faq: Any) -> None:
    snapshot = faq.snapshot
    one = snapshot.revisions["T25"].entry
    source = {"question": one.question, "short_answer": one.short_answer, "details": one.details}
    words = {"question": "Do poor households get an insurance card?", "short_answer": "Yes.", "details": ""}
    made = Translation(1, "T25", "en", words, source, "", "published", "a", "b", None, None, None)  # type: ignore[arg-type]
    faq._snapshot = replace(snapshot, translations={"en": {"T25": made}})
    for path in ("/", "/chu-de/bao-hiem-y-te", "/tim?q=the+bao+hiem+y+te+cho+ho+ngheo"):
        text = await (await client.get(path, headers={"Accept-Language": "en"})).text()
        assert words["question"] in text
        assert one.question not in text
    home = await (await client.get("/", headers={"Accept-Language": "en"})).text()
    assert '<span lang="vi">Chuẩn nghèo năm 2026 là bao nhiêu?</span> <small>(in Vietnamese)</small>' in home
    assert words["question"] not in await (await client.get("/")).text()
