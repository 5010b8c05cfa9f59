"""Verbs on places with links and codes, and what their paper says.

A place keeps the unit it was made for; what serves it today is read when its link is followed or its poster printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.clock import vietnam_day
from knowledge_base.errors import Forbidden, InvalidInput, NotFound
from knowledge_base.paper.posters import Poster
from knowledge_base.questions.lifecycle import STAFF, Role
from knowledge_base.storage import event_store, place_store, staff_store, unit_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.place_store import CodedPlace
from knowledge_base.storage.staff_store import StaffMember
from knowledge_base.units.names import inside

KINDS = ("hamlet", "speaker", "poster", "office")
MOST_AT_ONCE = 2_000
_LONGEST_LABEL = 120


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where somebody came from, as it is called today."""

    label: str
    unit: str


def add_places(tx: Transaction, member: StaffMember, unit_code: str, kind: str, labels: Sequence[str]) -> int:
    """Places of a unit by their labels ("Thôn Đông"); returns how many are new."""
    if member.role not in {*STAFF, Role.ADMINISTRATOR}:
        raise Forbidden("role_needed", role=str(member.role))
    if not (staff_store.unit_path(tx, unit_code) or "").startswith(member.unit_path):
        raise NotFound("unit", code=unit_code)
    wanted = list(dict.fromkeys(" ".join(label.split()) for label in labels if label.strip()))
    if kind not in KINDS:
        raise InvalidInput("place_kind", field="kind")
    if not wanted or len(wanted) > MOST_AT_ONCE or any(len(label) > _LONGEST_LABEL for label in wanted):
        raise InvalidInput("place_labels", field="labels", most=MOST_AT_ONCE)
    made = place_store.add(tx, unit_code, kind, wanted, member.username)
    event_store.record(tx, member.username, "places_add", unit=unit_code, number=made)
    return made


def set_place_closed(tx: Transaction, member: StaffMember, place_id: int, *, closed: bool) -> None:
    """No more paper for a place; what hangs goes on leading where it belongs."""
    if member.role not in {*STAFF, Role.ADMINISTRATOR}:
        raise Forbidden("role_needed", role=str(member.role))
    found = place_store.place_within(tx, member.unit_path, place_id)
    place_store.set_closed(tx, found.id, closed=closed)
    event_store.record(tx, member.username, "place_close" if closed else "place_open", place=found.label)


def arrive(tx: Transaction, token: str, channel: str) -> Arrival | None:
    """Follow a token: counted, and read today."""
    found = place_store.visit(tx, token, channel)
    return Arrival(found.label, unit_today(tx, found.unit_code)) if found else None


def unit_today(tx: Transaction, code: str) -> str:
    """What serves a place today, by its whole name; a divided unit's parts are named together."""
    day, waiting, seen, found = vietnam_day(tx.now), [code], {code}, []
    while waiting:
        unit = unit_store.unit(tx, waiting.pop(0))
        if unit.lives_on(day):
            found.append(unit)
            continue
        into = [one for one in unit_store.successors_of(tx, unit.code) if one not in seen]
        seen.update(into)
        waiting += into
    living = found or [unit_store.unit(tx, code)]
    above = unit_store.names(tx, living[0].ladder[1:-1])
    names = " / ".join(unit.name for unit in living[:3])
    return ", ".join([names, *(inside(above[one]) for one in living[0].ladder[1:-1] if one in above)])


def posters_of(tx: Transaction, found: Sequence[CodedPlace], site: str) -> list[Poster]:
    """What is printed for places."""
    names: dict[str, str] = {}
    made = []
    for place in found:
        if place.unit_code not in names:
            names[place.unit_code] = unit_today(tx, place.unit_code)
        link = f"{site}/q/{place.token}"
        made.append(Poster(place.label, names[place.unit_code], link, link.partition("://")[2]))
    return made


def posters_within(tx: Transaction, within: str, site: str, unit_code: str = "") -> list[Poster]:
    """Of the open places of a unit (by its path) and those below, perhaps of one unit only."""
    found = [
        place
        for place in place_store.places_within(tx, within)
        if place.closed_at is None and unit_code in ("", place.unit_code)
    ]
    return posters_of(tx, found, site)
