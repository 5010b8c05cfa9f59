"""To whom a question goes: to the nearest unit that has somebody, and within it to who owns the topic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Offices:
    """Who is there: units with somebody who answers, owners of topics in units, and how many questions each has."""

    staffed: frozenset[str] = frozenset()
    owners: Mapping[tuple[str, str], Sequence[int]] = field(default_factory=dict)  # by (topic, unit)
    load: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a question goes. `why`: own_unit (the unit that was named), unit_above, or top (nobody nearer)."""

    unit_code: str
    owner_id: int | None
    why: str


def route(ladder: Sequence[str], topic: str | None, offices: Offices) -> Routed:
    """The first unit of the ladder (from the resident's own up to the top) that has somebody; else the top.

    Within it the topic's owner with the fewest open questions, the lowest id among equals; his load grows by this one.
    """
    at = next((number for number, code in enumerate(ladder[:-1]) if code in offices.staffed), len(ladder) - 1)
    owner = owner_of(topic, ladder[at], offices)
    if owner is not None:
        offices.load[owner] = offices.load.get(owner, 0) + 1
    why = "top" if at == len(ladder) - 1 else "unit_above" if at else "own_unit"
    return Routed(ladder[at], owner, why)


def owner_of(topic: str | None, unit_code: str, offices: Offices) -> int | None:
    """The owner of a topic in a unit who has the least to do."""
    owners = offices.owners.get((topic, unit_code), ()) if topic else ()
    return min(owners, key=lambda owner: (offices.load.get(owner, 0), owner), default=None)
