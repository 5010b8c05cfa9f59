"""Teams, the counter, places and village meetings in the console."""

import io
import re
from datetime import date
from typing import Any

import pytest
from aiohttp import FormData
from openpyxl import Workbook

from knowledge_base import community, distress_words, meetings, places, unit_register
from knowledge_base.storage import (
    asked_for_store,
    audit_store,
    helper_store,
    meeting_store,
    place_store,
    question_store,
)
from tests.admin.conftest import Browser, Desk, Page
from tests.paper.test_paper import decoded

TEAMS = [["Mã xã", "Tổ", "Thôn", "Họ và tên", "Số điện thoại"]]


def book(rows: list[list[str]]) -> bytes:
    made, data = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]
    made.save(data)
    return data.getvalue()


async def upload(browser: Browser, path: str, body: bytes, name: str = "bang.xlsx") -> Page:
    form = FormData()
    form.add_field("csrf", browser.csrf)
    form.add_field("sheet", body, filename=name)
    return await browser.request("POST", path, data=form)


async def test_a_sheet_of_teams_is_taken_over_or_every_fault_named(desk: Desk) -> None:
    browser = desk.signed_in("quan-tri.3501")
    wrong = [*TEAMS, ["3501", "Tổ 1", "Đông", "Một", "12"], ["3502", "Tổ 1", "", "Hai", ""], ["3501", "", "", "Ba", ""]]
    page = await upload(browser, "/admin/teams/sheet", book(wrong))
    assert page.status == 400
    for fault in ("bang.xlsx:2:so dien thoai", "bang.xlsx:3:ma xa", "bang.xlsx:4:to"):
        assert fault in page.said
    right = [*TEAMS, *(["3501", f"Tổ {number % 3}", "Đông", f"Thành viên {number}", ""] for number in range(9))]
    page = await upload(browser, "/admin/teams/sheet", book(right))
    assert "3 tổ, 9 thành viên" in page.said
    again = await upload(browser, "/admin/teams/sheet", book(right))
    assert "0 tổ, 0 thành viên" in again.said
    assert (await browser.get("/admin/teams?q=to%202")).said.count("Tổ 2") == 1
    other = desk.signed_in("can-bo.3502")
    [team, *_rest] = desk.database.read_now(helper_store.teams_within, "0/35/3501/")
    for act in ("", "/members", "/invitations", "/state"):
        path = f"/admin/teams/{team.id}{act}"
        assert (await (other.post(path, {"name": "x"}) if act else other.get(path))).status == 404
    printed = await browser.post(f"/admin/teams/{team.id}/invitations")
    assert len(decoded(printed.body)) == 3
    assert (await browser.get(f"/admin/teams/{team.id}")).said.count("mã dùng đến") == 3


def test_thousands_of_members_are_taken_over(desk: Desk) -> None:
    listed = [community.Listed("3501", f"Tổ {n % 300}", "", f"Thành viên {n}", "") for n in range(3_000)]
    taken = desk.database.write_now(community.take_roster, desk.member("can-bo.3501"), listed)
    assert (taken.teams, taken.members) == (300, 3_000)


async def test_places_are_added_printed_counted_and_outlive_a_merger(desk: Desk) -> None:
    browser = desk.signed_in("can-bo.3501")
    form = {"kind": "hamlet", "unit": "3501", "labels": "Thôn Đông\nThôn Tây\nThôn Đông"}
    assert (await browser.post("/admin/places", form)).status == 303
    found = desk.database.read_now(place_store.places_within, "0/")
    assert [place.label for place in found] == ["Thôn Tây", "Thôn Đông"] or len(found) == 2
    for shape in ("a4", "stickers"):
        printed = await browser.get(f"/admin/places/paper?format={shape}")
        links = decoded(printed.body, 2.5)
        assert sorted(links) == sorted(f"{desk.settings.site}/q/{place.token}" for place in found)
    assert (await desk.signed_in("can-bo.3502").get("/admin/places/paper")).status == 400
    desk.database.write_now(places.arrive, found[0].token, "page")
    desk.database.write_now(unit_register.merge, desk.member("quan-tri"), "3501", ["3502"], date(2026, 11, 1))
    arrived: Any = desk.database.write_now(places.arrive, found[0].token, "page")
    assert arrived.unit == "Xã Hai, tỉnh Thử"
    exported = (await browser.get("/admin/places/export")).text
    assert f"{found[0].token},Xã Một,hamlet,{found[0].label},page,2," in exported


@pytest.fixture
def meeting(desk: Desk) -> Any:
    officer = desk.member("can-bo.3501")
    day = date(2026, 11, 20)
    number = desk.database.write_now(meetings.open_meeting, officer, "3501", "Thôn Đông", day, "Chủ trì thử", 12)
    return desk.database.read_now(meeting_store.meeting_within, "0/", number)


async def test_a_meeting_from_the_form_to_the_receipts(desk: Desk, meeting: Any) -> None:
    browser, base = desk.signed_in("can-bo.3501"), f"/admin/meetings/{meeting.id}"
    printed = decoded((await browser.get(f"{base}/form")).body, 3)
    assert len(printed) == 12
    code = printed[2].rpartition("=")[2]
    rows = [
        ["Dòng", "Họ tên", "Câu hỏi"],
        ["1", "Người Một", "mức chuẩn nghèo"],
        ["2", "Người Hai", "Nhà tôi ở vùng cao có được hỗ trợ pin mặt trời không?"],
        [code, "Người Ba", "Hộ ở vùng cao được hỗ trợ pin mặt trời không vậy?"],
        ["4", "", ""],
    ]
    faulty = await upload(browser, f"{base}/sheet", book([*rows, ["99", "Ai", "Hỏi gì?"], ["2", "Ai", ""]]))
    assert faulty.status == 400
    for fault in ("bang.xlsx:6:dong", "bang.xlsx:7:dong", "bang.xlsx:7:cau hoi"):
        assert fault in faulty.said
    seen = await upload(browser, f"{base}/sheet", book(rows))
    assert "trả lời ngay bằng mục T01" in seen.said
    assert "các dòng 2, 3" in seen.said
    form = [("line", "1"), ("line", "2"), ("line", "3"), ("together", "2,3")]
    form += [(f"question-{line}", seen.value(f"question-{line}")) for line in (1, 2, 3)]
    form += [("name-1", "Người Một"), ("name-2", "Người Hai"), ("name-3", "Người Ba")]
    assert (await browser.post(f"{base}/enter", form)).status == 400
    assert (await browser.post(f"{base}/enter", [*form, ("agreed", "1")])).status == 303
    asked = desk.database.read_now(asked_for_store.asked_at, meeting.id)
    assert [one.state for one in asked] == ["answered_by_bot", "queued", "queued"]
    assert {one.unit_code for one in asked} == {"3501"}
    assert asked[2].reference == code
    assert asked[1].cluster_id == asked[2].cluster_id is not None
    assert (await browser.post(f"{base}/enter", [*form, ("agreed", "1")])).status == 409
    assert len(decoded((await browser.post(f"{base}/receipts")).body)) == 3
    assert (await desk.signed_in("can-bo.3502").get(base)).status == 404

    counter = await browser.get("/admin/counter")
    assert asked[0].reference in counter.said
    page = await browser.get(f"/admin/questions/{asked[0].id}")
    assert "Người Một" in page.said
    assert "chủ trì: Chủ trì thử" in page.said
    assert (await browser.post(f"/admin/questions/{asked[1].id}/told", {"how": "read_out"})).status == 409
    assert (await browser.post(f"/admin/questions/{asked[0].id}/told", {"how": "read_out"})).status == 303
    assert "Đã đọc cho người hỏi" in (await browser.get(f"/admin/questions/{asked[0].id}")).said
    assert asked[0].reference not in (await browser.get("/admin/counter")).said
    looked = await browser.get(f"/admin/counter?ma={code}")
    assert looked.to.endswith(
        f"/questions/{desk.database.read_now(question_store.question_by_reference, code).id}#told"
    )  # type: ignore[union-attr]
    receipt = await browser.post(f"/admin/questions/{asked[0].id}/receipt")
    assert decoded(receipt.body)[0].endswith(f"/tra-cuu?ma={asked[0].reference}")


async def test_a_pad_of_slips(desk: Desk) -> None:
    browser = desk.signed_in("can-bo.3501")
    assert len(decoded((await browser.post("/admin/counter/slips", {"number": "12"})).body, 3)) == 12
    assert (await browser.post("/admin/counter/slips", {"number": "0"})).status == 400
    assert re.search("1 đến 500", (await browser.post("/admin/counter/slips", {"number": "501"})).said)


async def test_an_office_erases_for_an_asker_with_a_code(desk: Desk, meeting: Any) -> None:
    entries = [meetings.Entry(1, "Người Một", "Hỏi CANARY về pin mặt trời?"), meetings.Entry(2, "Người Hai", "Hỏi gì?")]
    desk.database.write_now(meetings.enter, desk.member("can-bo.3501"), meeting.id, entries, {}, (), [], 5)
    one, other = desk.database.read_now(asked_for_store.asked_at, meeting.id)
    assert (
        f"/admin/erasing?ma={one.reference}"
        in (await desk.signed_in("can-bo.3501").get(f"/admin/questions/{one.id}")).text
    )
    for username in ("can-bo.3501", "quan-tri.3501"):
        browser = desk.signed_in(username)
        page = await browser.get(f"/admin/erasing?ma={one.reference}")
        assert one.reference in page.said
        assert "CANARY" not in page.text
        assert "Người Một" not in page.text
    form = {"ma": one.reference, "why": "in_person", "sure": "1"}
    path = f"/admin/questions/{one.id}/erase"
    assert (await desk.signed_in("can-bo.3502").post(path, form)).status == 404
    assert (await browser.post(path, {**form, "sure": ""})).status == 400
    assert (await browser.post(path, {**form, "why": "x"})).status == 400
    assert (await browser.post(f"/admin/questions/{other.id}/erase", form)).status == 400
    done = await browser.post(path, form)
    assert done.status == 303
    assert "không còn lời nào" in (await browser.get(done.to)).said
    assert (await browser.post(path, form)).status == 409
    [gone, stays] = [desk.database.read_now(question_store.question, number) for number in (one.id, other.id)]
    assert (gone.text, gone.state) == ("", "closed")
    assert stays == other
    trail = desk.database.read_now(lambda tx: [sealed.deed for sealed in audit_store.trail(tx)])
    [deed] = [row for row in trail if row.act == "erase_for_asker"]
    assert (deed.actor, deed.subject, deed.data["why"]) == ("quan-tri.3501", f"id:{one.id}", "in_person")
    assert "CANARY" not in str(trail)
    assert (
        "xóa theo yêu cầu của người dân" in (await desk.signed_in("can-bo.3501").get(f"/admin/questions/{one.id}")).said
    )


async def test_a_line_that_tells_of_distress_is_first_and_in_no_cluster(desk: Desk, meeting: Any) -> None:
    browser, base = desk.signed_in("can-bo.3501"), f"/admin/meetings/{meeting.id}"
    admin = desk.member("quan-tri")
    desk.database.write_now(distress_words.put_words, admin, "any", "vi", "Lời do quản trị đặt.")
    rows = [
        ["Dòng", "Họ tên", "Câu hỏi"],
        ["1", "Người Một", "Nhà tôi ở vùng cao có được hỗ trợ pin mặt trời không?"],
        ["2", "Người Hai", "chồng tôi say rượu đánh tôi gãy tay, dọa giết cả mẹ con"],
        ["3", "Người Ba", "Hộ ở vùng cao được hỗ trợ pin mặt trời không vậy?"],
    ]
    seen = await upload(browser, f"{base}/sheet", book(rows))
    assert seen.said.count("nghe như có người gặp nguy") == 1
    assert "Lời do quản trị đặt." in seen.said
    form = [("line", "1"), ("line", "2"), ("line", "3"), ("together", "1,2,3"), ("agreed", "1")]
    form += [(f"question-{line}", seen.value(f"question-{line}")) for line in (1, 2, 3)]
    assert (await browser.post(f"{base}/enter", form)).status == 303
    one, cry, other = desk.database.read_now(asked_for_store.asked_at, meeting.id)
    assert (cry.urgent, cry.state, cry.cluster_id) == (True, "queued", None)
    assert cry.candidates == ()
    assert one.cluster_id == other.cluster_id is not None
    assert not one.urgent
    queue = (await browser.get("/admin/")).text
    assert queue.index(cry.reference) < queue.index(one.reference)
