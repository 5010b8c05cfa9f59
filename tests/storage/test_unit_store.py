"""The register in the store, on both databases: loaded once, changed by administrators, read whole."""

import shutil
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from knowledge_base import unit_register
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.faq.legal_document import Topic
from knowledge_base.live_units import LiveUnits
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage import event_store, faq_store, staff_store, unit_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.staff_store import StaffMember
from knowledge_base.units.unit import Kind

FOLDER = Path(__file__).parents[2] / "content" / "units"
LIST = "# x\ncode\tname\tparent\n"
FORMER = "# x\ncode\tname\tparent\tsuccessors\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two provinces, three communes, and what they were made from."""
    found = tmp_path / "units"
    found.mkdir()
    today = "37\tTỉnh Ninh Bình\t0\n96\tTỉnh Cà Mau\t0\n00001\tXã Một\t37\n00002\tXã Hai\t37\n00003\tXã Ba\t96\n"
    former = (
        "35\tTỉnh Hà Nam\t0\t37\n347\tHuyện Cũ\t35\t\n13333\tXã Xưa\t347\t00001 00002\n"
        "36\tTỉnh Kia\t0\t96\n348\tHuyện Kia\t36\t00003\n"
    )
    (found / "today.tsv").write_text(LIST + today, encoding="utf-8")
    (found / "former.tsv").write_text(FORMER + former, encoding="utf-8")
    return found


def administrator(database: Database) -> StaffMember:
    database.write_now(staff_store.add_member, "quan-tri", Role.ADMINISTRATOR, "0", "x", must_change=False)
    member = database.read_now(staff_store.member_by_username, "quan-tri")
    assert member
    return member


def test_the_shipped_lists_are_loaded_once(both_databases: Database) -> None:
    assert unit_register.load_units(both_databases, FOLDER) == 34 + 3_321 + 63 + 696 + 10_035
    began = time.process_time()
    assert unit_register.load_units(both_databases, FOLDER) is None
    assert time.process_time() - began < 0.1
    register = both_databases.read_now(unit_store.register)
    assert sum(unit.valid_to is None for unit in register.units if unit.kind != Kind.TOP) == 34 + 3_321
    assert register.successors["old-35"] == ("37",)
    commune = both_databases.read_now(unit_store.unit, "old-26734")
    assert (commune.official_code, commune.valid_to, commune.path[:9]) == ("26734", date(2025, 6, 30), "0/old-79/")


def test_without_lists_there_is_the_top_alone(both_databases: Database, tmp_path: Path) -> None:
    assert unit_register.load_units(both_databases, tmp_path) is None
    assert [unit.code for unit in both_databases.read_now(unit_store.register).units] == ["0"]


def test_a_newer_list_adds_and_ends_and_renames_nothing(both_databases: Database, folder: Path) -> None:
    member = administrator(both_databases)
    unit_register.load_units(both_databases, folder)
    both_databases.write_now(unit_register.rename, member, "00001", "Phường Một")
    text = (folder / "today.tsv").read_text(encoding="utf-8")
    (folder / "today.tsv").write_text(f"{text}00004\tXã Bốn\t96\n", encoding="utf-8")
    assert unit_register.load_units(both_databases, folder) == 11
    assert both_databases.read_now(unit_store.names, ["00001", "00004"]) == {"00001": "Phường Một", "00004": "Xã Bốn"}


def test_administrators_add_rename_and_merge(both_databases: Database, folder: Path) -> None:
    member = administrator(both_databases)
    unit_register.load_units(both_databases, folder)
    code = both_databases.write_now(unit_register.add_ministry, member, " Cuc-Thu ", "Cục  Thử nghiệm")
    unit = both_databases.read_now(unit_store.unit, code)
    assert (unit.code, unit.name, unit.kind, unit.path) == ("cuc-thu", "Cục Thử nghiệm", Kind.MINISTRY, "0/cuc-thu/")
    both_databases.write_now(unit_register.merge, member, "00002", ["00001"], date(2027, 1, 1))
    merged = both_databases.read_now(unit_store.unit, "00002")
    assert merged.valid_to == date(2026, 12, 31)
    assert both_databases.read_now(unit_store.register).successors["00002"] == ("00001",)
    happened = [event.action for event in both_databases.read_now(event_store.events_of)]
    assert happened == ["unit_merge", "unit_add"]


def test_what_can_not_be_is_refused(both_databases: Database, folder: Path) -> None:
    member = administrator(both_databases)
    unit_register.load_units(both_databases, folder)
    write, day = both_databases.write_now, date(2027, 1, 1)
    write(unit_register.add_ministry, member, "cuc", "Cục")
    for code in ("", "x", "old-1", "có dấu", "00001", "a" * 21):
        with pytest.raises(InvalidInput):
            write(unit_register.add_ministry, member, code, "Cục")
    with pytest.raises(Conflict, match="unit_code_taken"):
        write(unit_register.add_ministry, member, "cuc", "Cục khác")
    for name in ("", "  ", "x" * 201):
        with pytest.raises(InvalidInput):
            write(unit_register.rename, member, "00001", name)
    for code, into, refused in (
        ("0", ["37"], Forbidden),
        ("nowhere", ["00001"], NotFound),
        ("00001", [], InvalidInput),
        ("00001", ["00001"], InvalidInput),
        ("00001", ["37"], InvalidInput),  # another kind
        ("00001", ["nowhere"], NotFound),
        ("00001", ["old-13333"], InvalidInput),  # has ended
        ("37", ["96"], Conflict),  # has communes
        ("old-13333", ["00001"], Conflict),  # has ended
    ):
        with pytest.raises(refused):
            write(unit_register.merge, member, code, into, day)
    with pytest.raises(InvalidInput, match="merge_day"):
        write(unit_register.merge, member, "00001", ["00002"], date(2025, 7, 1))
    officer = replace(member, role=Role.OFFICER)
    for verb, *values in (
        (unit_register.add_ministry, "khac", "Khác"),
        (unit_register.rename, "00001", "Khác"),
        (unit_register.merge, "00001", ["00002"], day),
        (unit_register.add_owner, "00001", "t", 1),
        (unit_register.remove_owner, "00001", 1),
    ):
        with pytest.raises(Forbidden, match="administrator_only"):
            write(verb, officer, *values)


def _furnish(tx: Transaction) -> None:
    faq_store.put_topic(tx, 0, Topic("thu", "Thử", "Trial", ""))
    for name, role, unit in (("a", Role.OFFICER, "00001"), ("b", Role.EDITOR, "00001"), ("c", Role.OFFICER, "37")):
        staff_store.add_member(tx, name, role, unit, "x", must_change=False)


def test_topics_have_owners(both_databases: Database, folder: Path) -> None:
    member = administrator(both_databases)
    unit_register.load_units(both_databases, folder)
    both_databases.write_now(_furnish)
    ids = {name: number for number, name in both_databases.read_now(staff_store.usernames).items()}
    for name in ("a", "b", "a"):  # the same again changes nothing
        both_databases.write_now(unit_register.add_owner, member, "00001", "thu", ids[name])
    owners = both_databases.read_now(unit_store.owners_of, "00001")
    assert [(owner.topic, owner.username) for owner in owners] == [("thu", "a"), ("thu", "b")]
    for unit, topic, name in (("00001", "thu", "c"), ("00001", "khong-co", "a"), ("37", "thu", "quan-tri")):
        with pytest.raises(InvalidInput):
            both_databases.write_now(unit_register.add_owner, member, unit, topic, ids[name])
    assert both_databases.read_now(unit_store.owned) == {("thu", "00001")}
    assert both_databases.read_now(unit_store.staffed, {"00001", "37", "96"}) == {"00001", "37"}
    with pytest.raises(NotFound):
        both_databases.write_now(unit_register.remove_owner, member, "37", owners[0].id)
    both_databases.write_now(unit_register.remove_owner, member, "00001", owners[0].id)
    found = both_databases.read_now(unit_store.owners_with_load, {"00001"}, {"thu"})
    assert found == [("thu", "00001", ids["b"], 0)]
    both_databases.write_now(staff_store.disable, ids["b"])
    assert both_databases.read_now(unit_store.owners_with_load, {"00001"}, {"thu"}) == []
    both_databases.write_now(staff_store.disable, ids["a"])
    assert both_databases.read_now(unit_store.staffed, {"00001", "37"}) == {"37"}
    assert both_databases.read_now(unit_store.count_held, "00001") == (0, 0)


async def test_what_is_in_memory_follows_the_store(both_databases: Database, folder: Path, clock) -> None:
    units = LiveUnits(both_databases, clock)
    assert units.snapshot.gazetteer.resolve("xã Một").places == ()
    unit_register.load_units(both_databases, folder)
    before = await units.current()
    assert before is await units.current()
    place = before.gazetteer.resolve("Hà Nam").place
    assert place is not None
    assert place.code == "37"
    member = administrator(both_databases)
    both_databases.write_now(unit_register.rename, member, "00001", "Phường Mười")
    assert (await units.current()).gazetteer.resolve("phường Mười").place is not None
    both_databases.write_now(unit_register.merge, member, "00002", ["00001"], date(2026, 12, 1))
    assert [place.code for place in (await units.current()).gazetteer.resolve("xã Hai").places] == ["00002"]
    clock.set(datetime(2026, 11, 30, 17, 0, tzinfo=UTC))  # 00:00 on 01/12/2026 in Viet Nam
    assert [place.code for place in (await units.current()).gazetteer.resolve("xã Hai").places] == ["00001"]


def test_a_list_that_can_not_be_read_changes_nothing(both_databases: Database, folder: Path, tmp_path: Path) -> None:
    unit_register.load_units(both_databases, folder)
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    (broken / "former.tsv").write_text(f"{FORMER}35\tTỉnh\n", encoding="utf-8")
    with pytest.raises(Exception, match="units_file"):
        unit_register.load_units(both_databases, broken)
    assert len(both_databases.read_now(unit_store.register).units) == 11
