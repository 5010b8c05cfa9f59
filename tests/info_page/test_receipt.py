"""`/phieu/….png`: who was shown a code can keep the receipt; a link opens one receipt, and not for ever."""

import re
from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from knowledge_base import receipts
from knowledge_base.storage.tables import questions
from tests.info_page.small_faq import add_question

CODE = "K7MP-42QX"


async def link(client: Any) -> str:
    text = await (await client.post("/tra-cuu", data={"ma": CODE})).text()
    found = re.search(r'href="(/phieu/[^"]+\.png)" download="phieu-K7MP-42QX.png"', text)
    assert found, text
    return found[1]


async def test_the_lookup_page_leads_to_the_picture(client: Any, database: Any, clock: Any) -> None:
    await database.write(add_question, CODE, due_on=date(2026, 12, 3))
    address = await link(client)
    assert CODE not in address
    answer = await client.get(address)
    body = await answer.read()
    assert answer.status == 200
    assert answer.content_type == "image/png"
    assert answer.headers["Cache-Control"] == "no-store"
    assert 1024 < len(body) <= 20 * 1024
    clock.advance(receipts.ON_A_PAGE + timedelta(minutes=1))
    assert (await client.get(address)).status == 404


async def test_it_says_what_the_code_shows_and_no_more(client: Any, database: Any, settings: Any) -> None:
    await database.write(add_question, CODE, due_on=date(2026, 12, 3))
    address = await link(client)
    token = address.removeprefix(receipts.PATH).removesuffix(".png")
    words = await database.read(receipts.words_of, token, settings)
    assert words.reference == CODE
    assert words.due_on == date(2026, 12, 3)
    assert "Thử Nghiệm" not in repr(words)
    await database.write(lambda tx: tx.execute(update(questions).values(state="answered")))
    assert (await database.read(receipts.words_of, token, settings)).due_on is None
    await database.write(lambda tx: tx.execute(update(questions).values(erased_at=tx.now)))
    assert (await client.get(address)).status == 404


async def test_other_links_open_nothing(client: Any, database: Any, keys: Any) -> None:
    await database.write(add_question, CODE)
    address = await link(client)
    for strange in (address[:-8] + "AAAA.png", "/phieu/" + "A" * 60 + ".png", "/phieu/x.png", f"/phieu/{CODE}.png"):
        assert (await client.get(strange)).status == 404
    other = (await database.read(lambda tx: receipts.paths(tx, ["AAAA-2222"])))["AAAA-2222"]
    assert (await client.get(other)).status == 404


async def test_pictures_are_not_drawn_without_end(client: Any, database: Any) -> None:
    await database.write(add_question, CODE)
    address = await link(client)
    statuses = {(await client.get(address, headers={"Accept-Encoding": "identity"})).status for _try in range(31)}
    assert statuses == {200, 429}
