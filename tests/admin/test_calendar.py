"""The page of working days: who looks, who changes, and what is said before anything is done."""

from datetime import date

import pytest

from knowledge_base import promises
from knowledge_base.storage import calendar_store, event_store, question_store
from tests.admin.conftest import Desk

STORM = {"kind": "off", "day": "26/11/2026", "name": "Nghỉ tránh bão", "instead": ""}


def follow(desk: Desk) -> None:
    """What the clockwork does."""
    while (left := desk.database.read_now(promises.walk)) is not None:
        for promised in left.writes:
            desk.database.write_now(promises.move_promises, promised)
        if not left.writes:
            desk.database.write_now(promises.settle_walk, left.mark, left.hash)


@pytest.mark.parametrize("username", ["can-bo", "bien-tap", "quan-tri"])
async def test_everybody_of_staff_sees_the_coming_year(desk: Desk, username: str) -> None:
    page = await desk.signed_in(username).get("/admin/calendar")
    assert page.status == 200
    for words in ("Ngày Văn hóa Việt Nam", "Mùng năm Tết Nguyên Đán", "30/04/2027", "Quốc khánh", "thứ", "nghỉ lễ"):
        assert words.casefold() in page.said.casefold()
    assert ("Đặt một ngày" in page.said) is (username == "quan-tri")
    assert ("Xóa…" in page.said) is False


async def test_in_english_the_holidays_have_english_names(desk: Desk) -> None:
    page = await desk.signed_in("can-bo").get("/admin/calendar?lang=en")
    assert "Vietnam Cultural Day" in page.said
    assert "public holiday" in page.said


async def test_what_happens_is_said_before_it_is_done(desk: Desk) -> None:
    question = desk.ask()
    browser = desk.signed_in("quan-tri")
    said = await browser.post("/admin/calendar", STORM)
    assert said.status == 200
    assert "thứ Năm 26/11/2026 thành ngày nghỉ: Nghỉ tránh bão." in said.said.replace("Thứ", "thứ")
    assert "1 câu hỏi đang chờ có ngày hẹn mới." in said.said
    assert "người hỏi được báo" in said.said
    assert desk.database.read_now(calendar_store.calendar).changes == ()
    hidden = {name: said.value(name) for name in ("kind", "day", "name", "instead", "sure")}
    done = await browser.post("/admin/calendar", hidden)
    assert (done.status, done.to) == (303, "/admin/calendar?done=calendar_changed")
    again = await browser.post("/admin/calendar", hidden)  # a double click
    assert (again.status, again.to) == (303, "/admin/calendar?done=already_so")
    follow(desk)
    assert desk.database.read_now(question_store.question, question.id).due_on == date(2026, 12, 2)
    shown = await browser.get("/admin/calendar")
    assert "Nghỉ tránh bão · quan-tri" in shown.said


async def test_a_day_is_removed_again(desk: Desk) -> None:
    desk.ask()
    browser = desk.signed_in("quan-tri")
    await browser.post("/admin/calendar", {**STORM, "sure": "1"})
    follow(desk)
    assert "Xóa…" in (await browser.get("/admin/calendar")).said
    said = await browser.post("/admin/calendar", {"kind": "remove", "day": "26/11/2026"})
    assert "trở lại như lịch nghỉ lễ chung" in said.said
    assert "Không câu nào phải lùi ngày" in said.said
    done = await browser.post("/admin/calendar", {"kind": "remove", "day": "26/11/2026", "sure": "1"})
    assert done.to == "/admin/calendar?done=calendar_removed"
    assert desk.database.read_now(calendar_store.calendar).changes == ()
    happened = [event.action for event in desk.database.read_now(event_store.events_of) if not event.question_id]
    assert happened[:2] == ["calendar_day_removed", "calendar_day_set"]


async def test_a_swap_takes_two_days(desk: Desk) -> None:
    browser = desk.signed_in("quan-tri")
    swap = {"kind": "swap", "day": "26/11/2026", "instead": "28/11/2026", "name": "Hoán đổi"}
    assert "làm bù vào" in (await browser.post("/admin/calendar", swap)).said
    await browser.post("/admin/calendar", {**swap, "sure": "1"})
    page = await browser.get("/admin/calendar")
    assert "ngày nghỉ đặt riêng" in page.said
    assert "ngày làm bù" in page.said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"day": ""}, "không phải là ngày"),
        ({"day": "32/13/2026"}, "không phải là ngày"),
        ({"day": "28/11/2026"}, "đã đúng như vậy"),
        ({"day": "26/11/2046"}, "quá xa"),
        ({"name": " "}, "đặt tên"),
        ({"kind": "swap"}, "hai ngày"),
        ({"kind": "remove"}, "không có gì được đặt"),
        ({"kind": "feast"}, "Hãy chọn"),
    ],
)
async def test_a_wrong_form_is_shown_again_with_what_was_typed(desk: Desk, changes: dict[str, str], words: str) -> None:
    page = await desk.signed_in("quan-tri").post("/admin/calendar", {**STORM, **changes})
    assert page.status in (400, 404, 409)
    assert words.casefold() in page.said.casefold()
    if changes.get("name") is None:
        assert page.value("name") == "Nghỉ tránh bão"


async def test_words_on_a_page_are_escaped(desk: Desk) -> None:
    browser = desk.signed_in("quan-tri")
    await browser.post("/admin/calendar", {**STORM, "name": "<b>bão</b>", "sure": "1"})
    assert "<b>bão</b>" not in (await browser.get("/admin/calendar")).text


async def test_only_administrators_change_it(desk: Desk) -> None:
    page = await desk.signed_in("bien-tap").post("/admin/calendar", {**STORM, "sure": "1"})
    assert page.status == 403
    assert desk.database.read_now(calendar_store.calendar).changes == ()


async def test_the_queue_reckons_with_the_offices_days(desk: Desk) -> None:
    question = desk.ask()
    browser = desk.signed_in("can-bo")
    before = (await browser.get(f"/admin/questions/{question.id}")).said
    assert "còn 5 ngày làm việc" in before
    await desk.signed_in("quan-tri").post("/admin/calendar", {**STORM, "sure": "1"})
    assert "còn 4 ngày làm việc" in (await browser.get(f"/admin/questions/{question.id}")).said
    follow(desk)
    page = await browser.get(f"/admin/questions/{question.id}")
    assert "còn 5 ngày làm việc" in page.said
    assert "01/12/2026 → 02/12/2026" in page.said
