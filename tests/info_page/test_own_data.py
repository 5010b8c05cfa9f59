"""What residents read of what is kept; the form that opens a copy of it."""

from typing import Any

import pytest

from info_page.pages import KEPT
from knowledge_base.retention import retention
from knowledge_base.settings import Settings


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


async def test_tries_are_limited(client: Any) -> None:
    status = [(await client.post("/du-lieu", data={"so": str(number)})).status for number in range(11)]
    assert status == [200] * 10 + [429]
