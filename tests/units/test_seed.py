"""The shipped lists are whole: as many units as there are, and every former one leads to today's."""

from collections import Counter
from pathlib import Path

import pytest

from knowledge_base.errors import Unavailable
from knowledge_base.units.gazetteer import Gazetteer
from knowledge_base.units.seed import FIRST_DAY, LAST_DAY, Seed, read_seed, seed_hash
from knowledge_base.units.unit import FORMER, Kind
from tests.units.conftest import FOLDER, TODAY


def test_there_are_as_many_units_as_there_are(seed: Seed) -> None:
    today = Counter(unit.kind for unit in seed.units if unit.lives_on(TODAY))
    former = Counter(unit.kind for unit in seed.units if not unit.lives_on(TODAY))
    assert today == {Kind.PROVINCE: 34, Kind.COMMUNE: 3_321}
    assert former == {Kind.PROVINCE: 63, Kind.DISTRICT: 696, Kind.COMMUNE: 10_035}


def test_every_unit_hangs_below_another(seed: Seed) -> None:
    known = {unit.code: unit for unit in seed.units}
    assert len(known) == len(seed.units)
    for unit in seed.units:
        above = known[unit.parent_code].path if unit.parent_code != "0" else "0/"
        assert unit.path == f"{above}{unit.code}/"
        assert unit.code == (FORMER if unit.valid_to else "") + unit.official_code
        assert (unit.valid_from, unit.valid_to) in ((FIRST_DAY, None), (None, LAST_DAY))


def test_every_former_unit_leads_to_units_of_today(seed: Seed, gazetteer: Gazetteer) -> None:
    for unit in seed.units:
        if unit.valid_to:
            into = gazetteer.today_of(unit.code)
            assert into, unit
            assert into == tuple(seed.successors[unit.code]), unit
            kind = Kind.PROVINCE if unit.kind == Kind.PROVINCE else Kind.COMMUNE
            assert {gazetteer.units[code].kind for code in into} == {kind}, unit


def test_every_unit_of_today_was_made_from_former_ones(seed: Seed) -> None:
    made = {code for into in seed.successors.values() for code in into}
    assert {unit.code for unit in seed.units if not unit.valid_to} == made


def test_a_broken_list_is_refused_and_a_missing_one_is_none(tmp_path: Path) -> None:
    assert seed_hash(tmp_path) is None
    for name in ("today.tsv", "former.tsv"):
        (tmp_path / name).write_text("# made by hand\ncode\tname\tparent\n1\tTỉnh\n", encoding="utf-8")
    with pytest.raises(Unavailable):
        read_seed(tmp_path)
    assert seed_hash(tmp_path) != seed_hash(FOLDER)
