"""The shipped lists of units (`content/units/`): today's, and those of before 1 July 2025 with their successors."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge_base.errors import Unavailable
from knowledge_base.units.unit import FORMER, TOP, TOP_PATH, Kind, Unit

FIRST_DAY = date(2025, 7, 1)  # of two tiers instead of three
LAST_DAY = date(2025, 6, 30)  # of three
_FILES = ("today.tsv", "former.tsv")
_KINDS = {2: Kind.PROVINCE, 3: Kind.DISTRICT, 5: Kind.COMMUNE}  # by the length of the official code


@dataclass(frozen=True, slots=True)
class Seed:
    """All units that ship with the program, those above first, and what each former one went into."""

    units: tuple[Unit, ...]
    successors: Mapping[str, tuple[str, ...]]


def seed_hash(folder: Path) -> str | None:
    """The hash of the lists; None where there are none."""
    try:
        content = [(folder / name).read_bytes() for name in _FILES]
    except FileNotFoundError:
        return None
    return hashlib.sha256(b"\0".join(content)).hexdigest()


def read_seed(folder: Path) -> Seed:
    """Read the lists.

    Raises:
        Unavailable: `units_file`, when a line is not as it must be.
    """
    units: dict[str, Unit] = {}
    successors: dict[str, tuple[str, ...]] = {}
    for code, name, parent in _lines(folder / "today.tsv", 3):
        units[code] = _unit(units, code, name, parent, code, valid_from=FIRST_DAY)
    for official, name, parent, into in _lines(folder / "former.tsv", 4):
        code, above = FORMER + official, parent if parent == TOP else FORMER + parent
        units[code] = _unit(units, code, name, above, official, valid_to=LAST_DAY)
        successors[code] = tuple(into.split())
    return Seed(tuple(units.values()), _with_districts(units, successors))


def _lines(path: Path, fields: int) -> Iterator[list[str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    for line in lines[1:]:
        found = line.split("\t")
        if len(found) != fields or len(found[0]) not in _KINDS:
            raise Unavailable("units_file", file=path.name, line=line[:60])
        yield found


def _unit(
    known: Mapping[str, Unit],
    code: str,
    name: str,
    parent: str,
    official: str,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Unit:
    above = TOP_PATH if parent == TOP else known[parent].path
    return Unit(code, name, _KINDS[len(official)], parent, f"{above}{code}/", official, valid_from, valid_to)


def _with_districts(
    units: Mapping[str, Unit], successors: Mapping[str, tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    """A district went into all that its communes went into; the list names only those of districts without communes."""
    found = dict(successors)
    gathered: dict[str, set[str]] = defaultdict(set)
    for code, into in successors.items():
        if units[code].kind == Kind.COMMUNE:
            gathered[units[code].parent_code or ""].update(into)
    for code, all_of_it in gathered.items():
        found[code] = tuple(sorted({*all_of_it, *successors[code]}))
    return found
