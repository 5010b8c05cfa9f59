"""The words to somebody in distress: an administrator sets them, others only read them."""

import pytest

from knowledge_base import distress_words
from knowledge_base.errors import Forbidden, InvalidInput, NotFound
from knowledge_base.storage import distress_store
from tests.admin.conftest import Desk

WORDS = {"kind": "any", "language": "vi", "words": "Gọi ngay cho xã theo số trên bảng tin."}


async def test_an_administrator_sets_changes_and_removes_them(desk: Desk) -> None:
    browser = desk.signed_in("quan-tri")
    assert "Chưa có lời riêng." in (await browser.get("/admin/distress")).said
    done = await browser.post("/admin/distress", WORDS)
    assert (done.status, done.to) == (303, "/admin/distress?done=saved")
    assert desk.database.read_now(distress_store.words) == {("any", "vi"): WORDS["words"]}
    assert WORDS["words"] in (await browser.get("/admin/distress")).said
    await browser.post("/admin/distress", {**WORDS, "words": "Lời mới."})
    assert desk.database.read_now(distress_store.words) == {("any", "vi"): "Lời mới."}
    await browser.post("/admin/distress", {**WORDS, "words": " "})
    assert desk.database.read_now(distress_store.words) == {}


async def test_an_officer_reads_what_it_sounds_like(desk: Desk) -> None:
    cry = desk.ask("Nhà hết gạo ba hôm rồi, các con đói lả", urgent=True)
    page = await desk.signed_in("can-bo").get(f"/admin/questions/{cry.id}")
    assert "nghe như: không còn gì ăn" in page.said


async def test_what_cannot_be_kept_stays_in_the_form(desk: Desk) -> None:
    page = await desk.signed_in("quan-tri").post("/admin/distress", {**WORDS, "words": "a" * 1_001})
    assert page.status == 400
    assert "nhiều nhất 1000 ký tự" in page.said.replace(".", "")


@pytest.mark.parametrize("username", ["can-bo", "bien-tap"])
async def test_others_only_read(desk: Desk, username: str) -> None:
    browser = desk.signed_in(username)
    page = await browser.get("/admin/distress")
    assert (page.status, "Lời nhắn và số điện thoại" in page.said) == (200, False)
    assert (await browser.post("/admin/distress", WORDS)).status == 403


def test_the_verb_checks_for_itself(desk: Desk) -> None:
    officer, administrator = desk.member("can-bo"), desk.member("quan-tri")
    for member, wish, refusal in (
        (officer, ("any", "vi", "x"), Forbidden),
        (administrator, ("other", "vi", "x"), NotFound),
        (administrator, ("any", "xx", "x"), NotFound),
        (administrator, ("any", "vi", "x" * 1_001), InvalidInput),
    ):
        with pytest.raises(refusal):
            desk.database.write_now(distress_words.put_words, member, *wish)
