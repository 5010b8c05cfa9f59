"""A unit as a value: an office and the place it serves, today or before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

TOP = "0"  # the office that runs this
TOP_PATH = f"{TOP}/"
FORMER = "old-"  # how the codes of units begin that had ended before this program knew them: official codes are reused


class Kind(StrEnum):
    """What a unit is."""

    TOP = "top"
    MINISTRY = "ministry"
    PROVINCE = "province"
    DISTRICT = "district"  # there has been none since 1 July 2025
    COMMUNE = "commune"  # and wards, townships, special zones


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of the register. `path`: the codes from the top down to this unit, each followed by a slash."""

    code: str
    name: str
    kind: Kind
    parent_code: str | None
    path: str
    official_code: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None  # its last day; None: it exists

    def lives_on(self, day: date) -> bool:
        """Whether the unit exists on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or self.valid_to >= day)

    @property
    def ladder(self) -> Sequence[str]:
        """Codes from this unit up to the top."""
        return ladder(self.path)


def ladder(path: str) -> Sequence[str]:
    """The codes in a path, from the unit itself up to the top: `0/35/12345/` -> 12345, 35, 0."""
    return path.rstrip("/").split("/")[::-1]
