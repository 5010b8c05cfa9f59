"""The register's pages: looking for everybody, acting for administrators."""

from typing import Any

import pytest

from knowledge_base import unit_register
from knowledge_base.storage import unit_store
from tests.admin.conftest import UNITS, Desk
from tests.storage.test_unit_store import FOLDER


@pytest.fixture
def register(desk: Desk) -> Desk:
    unit_register.load_units(desk.database, FOLDER)
    return desk


def code_of(desk: Desk, name: str, parent: str) -> str:
    found = desk.database.read_now(unit_store.register).units
    return next(unit.code for unit in found if unit.name == name and unit.parent_code == parent)


async def test_everybody_looks(register: Desk) -> None:
    for name in ("can-bo", "bien-tap", "quan-tri"):
        browser = register.signed_in(name)
        page = await browser.get("/admin/units")
        assert page.status == 200
        assert "Tỉnh Cà Mau" in page.said
        assert "Tỉnh Hà Nam" not in page.said
        assert ("Thêm đơn vị cấp bộ" in page.said) is (name == "quan-tri")
        found = await browser.get("/admin/units?q=ha%20nam&state=former")
        assert "Tỉnh Hà Nam" in found.said
        assert "đến hết 30/06/2025" in found.said
        province = await browser.get("/admin/units/96")
        assert "Made from" not in province.said
        assert "Tỉnh Bạc Liêu" in province.said
        assert "Trang 1" in province.said
        assert ("Sáp nhập Tỉnh Cà Mau" in province.said) is (name == "quan-tri")


async def test_the_list_is_cut_into_pages(register: Desk) -> None:
    browser = register.signed_in("can-bo")
    page = await browser.get("/admin/units?state=all&page=2")
    assert page.status == 200
    assert page.text.count("data-item") == 50
    assert str(14_150 + len(UNITS)) in page.said
    assert "Trang 2" in page.said
    nothing = await browser.get("/admin/units?q=khong-co-don-vi-nao")
    assert "Không có gì phù hợp" in nothing.said or "data-item" not in nothing.text
    assert (await browser.get("/admin/units/nowhere")).status == 404


async def test_an_administrator_adds_renames_and_merges(register: Desk) -> None:
    browser = register.signed_in("quan-tri")
    added = await browser.post("/admin/units", {"code": "cuc-thu", "name": "Cục Thử"})
    assert "/units/cuc-thu" in added.to
    assert "done=unit_added" in added.to
    renamed = await browser.post("/admin/units/cuc-thu/rename", {"name": "Cục Thử nghiệm"})
    assert "done=unit_renamed" in renamed.to
    assert "Cục Thử nghiệm" in (await browser.get("/admin/units")).said
    commune = code_of(register, "Xã Đồng Hỷ", "19")
    values = {"successors": "Xã Nam Hòa, Thái Nguyên\n", "first_day": "01/01/2027"}
    merged = await browser.post(f"/admin/units/{commune}/merge", values)
    assert "done=unit_merged" in merged.to
    page = await browser.get(f"/admin/units/{commune}")
    assert "31/12/2026" in page.said
    assert "Xã Nam Hòa, tỉnh Thái Nguyên" in page.said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"successors": "xã Tân Lập", "first_day": "01/01/2027"}, "Chưa rõ đây là đơn vị nào: “xã Tân Lập”"),
        ({"successors": "19", "first_day": "01/01/2027"}, "cùng cấp"),
        ({"successors": "", "first_day": "01/01/2027"}, "cùng cấp"),
        ({"successors": "Xã Nam Hòa, Thái Nguyên", "first_day": "ngày mai"}, "không phải là ngày"),
        ({"successors": "Xã Nam Hòa, Thái Nguyên", "first_day": ""}, ""),
    ],
)
async def test_a_refused_merger_gives_back_what_was_typed(register: Desk, values: dict[str, Any], said: str) -> None:
    browser = register.signed_in("quan-tri")
    page = await browser.post(f"/admin/units/{code_of(register, 'Xã Đồng Hỷ', '19')}/merge", values)
    assert page.status == 400
    assert 'id="problem"' in page.text
    if "không phải" not in said:
        assert said in page.said
    assert page.value("successors").strip() == values["successors"]
    assert page.value("first_day") == values["first_day"]


async def test_topics_are_given_to_officers_of_the_unit(register: Desk) -> None:
    browser = register.signed_in("quan-tri")
    officer = register.member("can-bo")
    added = await browser.post("/admin/units/0/owners", {"topic": "vay-von", "staff": str(officer.id)})
    assert "done=owner_added" in added.to
    page = await browser.get("/admin/units/0")
    assert "Vay vốn" in page.said
    (owner,) = register.database.read_now(unit_store.owners_of, "0")
    for staff in ("", "9999", str(register.member("quan-tri").id)):
        refused = await browser.post("/admin/units/0/owners", {"topic": "vay-von", "staff": staff})
        assert refused.status == 400
    removed = await browser.post(f"/admin/units/0/owners/{owner.id}/remove")
    assert "done=owner_removed" in removed.to
    assert register.database.read_now(unit_store.owners_of, "0") == []


async def test_names_are_shown_never_run(register: Desk) -> None:
    browser = register.signed_in("quan-tri")
    payload = "<script>alert(1)</script>"
    await browser.post("/admin/units", {"code": "cuc-x", "name": payload})
    for path in ("/admin/units", "/admin/units/cuc-x", "/admin/units?q=%3Cscript%3E"):
        assert payload not in (await browser.get(path)).text
