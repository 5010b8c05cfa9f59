"""`python -m seeding`: the lists of units in `content/units/`, made from the data of a package (build time only).

Only the package's data files are read; nothing of it is imported, and nothing that runs needs it.
"""

import json
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_PACKAGE = "vietnamadminunits"
_TARGET = Path(__file__).parents[1] / "content" / "units"
_TODAY = ("code", "name", "parent")
_FORMER = ("code", "name", "parent", "successors")
_Row = Mapping[str, Any]


def _data_folder() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        sys.exit(f"{_PACKAGE} is not installed: run `make units`")
    return Path(spec.origin).parent / "data"


def _rows(folder: Path, table: str) -> list[_Row]:
    with closing(sqlite3.connect(f"file:{folder / 'dataset.db'}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 - a name of ours


def _successors(folder: Path, new: Sequence[_Row]) -> dict[str, set[str]]:
    """By an old commune's key in the package: the codes of today's communes it went into."""
    data = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
    codes = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}
    found: dict[str, set[str]] = defaultdict(set)
    for province, wards in data["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            for old in olds:
                found[old].add(codes[province, ward])
    for province, olds in data["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, wards in olds.items():
            found[old] |= {codes[province, ward["newWardKey"]] for ward in wards}
    return found


def _today(new: Sequence[_Row]) -> list[tuple[str, ...]]:
    provinces = {(row["provinceCode"], row["province"], "0") for row in new}
    communes = {(row["wardCode"], row["ward"], row["provinceCode"]) for row in new}
    return [*sorted(provinces), *sorted(communes)]


def _former(old: Sequence[_Row], new: Sequence[_Row], folder: Path) -> list[tuple[str, ...]]:
    """Provinces, districts, communes; a district's successors follow from its communes', save where it had none."""
    province_of = {row["wardCode"]: row["provinceCode"] for row in new}
    successors = _successors(folder, new)
    provinces: dict[tuple[str, str], set[str]] = defaultdict(set)
    districts: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    communes = []
    for row in old:
        into = successors[f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"]
        provinces[row["provinceCode"], row["province"]] |= {province_of[code] for code in into}
        district = districts[row["districtCode"], row["district"], row["provinceCode"]]
        if row["wardCode"]:
            communes.append((row["wardCode"], row["ward"], row["districtCode"], _listed(into)))
        else:
            district |= into
    return [
        *sorted((code, name, "0", _listed(into)) for (code, name), into in provinces.items()),
        *sorted((code, name, parent, _listed(into)) for (code, name, parent), into in districts.items()),
        *sorted(communes),
    ]


def _listed(codes: Iterable[str]) -> str:
    return " ".join(sorted(codes))


def _write(name: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    lines = [f"# {_PACKAGE} {version(_PACKAGE)}; see README.md", "\t".join(columns), *map("\t".join, rows)]
    (_TARGET / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Write both lists; the same package gives the same bytes."""
    folder = _data_folder()
    new, old = _rows(folder, "admin_units"), _rows(folder, "admin_units_legacy")
    _TARGET.mkdir(parents=True, exist_ok=True)
    _write("today.tsv", _TODAY, _today(new))
    _write("former.tsv", _FORMER, _former(old, new, folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
