"""What residents read of what is kept; the form that opens a copy of it."""

from typing import Any

import pytest

from info_page.pages import KEPT
from knowledge_base.retention import retention
from knowledge_base.settings import Settings
from knowledge_base.storage import contact_store, copy_store, event_store, question_store
from knowledge_base.storage.database import Database, Transaction


def test_every_kind_of_the_table_has_a_name(settings: Settings) -> None:
    kinds = [one.kind for one in retention(settings)]
    assert kinds == list(KEPT)
    assert all(one.amount > 0 for one in retention(settings))


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_the_page_tells_how_long_and_how_to_erase(client: Any, language: str) -> None:
    text = await (await client.get(f"/rieng-tu?lang={language}")).text()
    for words in ("/xoa", "/dulieu", "/dung", "12 ", "24 ", "365 "):
        assert words in text


async def test_a_wrong_number_opens_nothing(client: Any) -> None:
    response = await client.post("/du-lieu", data={"so": "482 173 509 164 207"})
    assert response.headers["Cache-Control"] == "no-store"
    assert "không mở được" in await response.text()


def _asked(tx: Transaction) -> None:
    ref = contact_store.ensure_contact(tx, "zalo_oa", "may-1")
    row = {"reference": "K7MP-42QX", "contact_ref": ref, "channel": "zalo_oa", "unit_code": "0", "state": "queued"}
    [number] = question_store.add_questions(tx, [{**row, "text": "hỏi chuyện thử"}]).values()
    question_store.add_messages(tx, [(number, "", kind, "ref") for kind in ("location", "sth_new")])
    event_store.record_all(tx, [(number, "resident", action, {}) for action in ("ask", "sth_new")])
    copy_store.put_code(tx, ref, "482 173 509 164 207")


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", ("Zalo", "bạn đã hỏi", "một vị trí trên bản đồ", "một tệp")), ("en", ("you asked", "a file"))],
)
async def test_the_copy_says_all_of_it_in_words(
    client: Any, database: Database, language: str, words: tuple[str, ...]
) -> None:
    database.write_now(_asked)
    text = await (await client.post(f"/du-lieu?lang={language}", data={"so": "482173509164207"})).text()
    for one in ("K7MP-42QX", "hỏi chuyện thử", *words):
        assert one in text
    assert "sth_new" not in text


async def test_tries_are_limited(client: Any) -> None:
    status = [(await client.post("/du-lieu", data={"so": str(number)})).status for number in range(11)]
    assert status == [200] * 10 + [429]
