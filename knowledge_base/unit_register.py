"""Administrators' verbs on units and on who answers which topic; and the lists that ship with the program."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from knowledge_base.clock import vietnam_day
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.questions.lifecycle import STAFF, Role
from knowledge_base.storage import event_store, faq_store, staff_store, unit_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.staff_store import StaffMember
from knowledge_base.units.seed import read_seed, seed_hash
from knowledge_base.units.unit import TOP, TOP_PATH, Kind, Unit

_CODE = re.compile(r"[a-z][a-z0-9-]{1,19}")
_LONGEST_NAME = 200  # characters


def load_units(database: Database, folder: Path) -> int | None:
    """Load the shipped lists, unless these very ones were loaded before; returns how many units, None for nothing.

    Raises:
        Unavailable: `units_file`, when a list can't be read.
    """
    content_hash = seed_hash(folder)
    if content_hash is None or database.read_now(unit_store.loaded_seed) == content_hash:
        return None
    seed = read_seed(folder)
    database.write_now(unit_store.load_seed, seed.units, seed.successors, content_hash)
    return len(seed.units)


def _administrator(member: StaffMember) -> None:
    if member.role != Role.ADMINISTRATOR:
        raise Forbidden("administrator_only", role=str(member.role))


def add_ministry(tx: Transaction, member: StaffMember, code: str, name: str) -> str:
    """A ministry's department, below the top; returns its code."""
    _administrator(member)
    code = code.strip().lower()
    if not _CODE.fullmatch(code) or code.startswith("old-"):
        raise InvalidInput("unit_code_shape", field="code")
    name = _name(name)
    unit = Unit(code, name, Kind.MINISTRY, TOP, f"{TOP_PATH}{code}/", None, vietnam_day(tx.now))
    if not unit_store.add(tx, unit):
        raise Conflict("unit_code_taken", code=code)
    event_store.record(tx, member.username, "unit_add", unit=code, name=name)
    return code


def rename(tx: Transaction, member: StaffMember, code: str, name: str) -> None:
    """Another name for a unit; the top's comes from the settings."""
    _administrator(member)
    unit, name = unit_store.unit(tx, code), _name(name)
    if code == TOP:
        raise Forbidden("unit_is_top", code=code)
    if name != unit.name:
        unit_store.rename(tx, code, name)
        event_store.record(tx, member.username, "unit_rename", unit=code, name=name, was=unit.name)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME:
        raise InvalidInput("unit_name_shape", field="name", most=_LONGEST_NAME)
    return name


def merge(tx: Transaction, member: StaffMember, code: str, successors: Sequence[str], first_day: date) -> None:
    """A unit goes into others from a day on: the day before is its last.

    Raises:
        Conflict: `unit_ended` before already, `unit_has_units` below it: those come with a new list.
        InvalidInput: `unit_successors`, when what it should go into is no other living unit of its kind.
    """
    _administrator(member)
    unit, last_day = unit_store.unit(tx, code), first_day - timedelta(days=1)
    if unit.code == TOP:
        raise Forbidden("unit_is_top", code=code)
    if unit.valid_to is not None:
        raise Conflict("unit_ended", code=code, name=unit.name)
    if unit.valid_from is not None and last_day < unit.valid_from:
        raise InvalidInput("merge_day", field="first_day", day=f"{unit.valid_from:%d/%m/%Y}")
    if unit_store.count_below(tx, unit, first_day):
        raise Conflict("unit_has_units", code=code, name=unit.name)
    into = tuple(dict.fromkeys(successors))
    found = [unit_store.unit(tx, successor) for successor in into]
    if not found or any(not _may_succeed(other, unit, first_day) for other in found):
        raise InvalidInput("unit_successors", field="successors")
    unit_store.end(tx, code, last_day, into)
    event_store.record(tx, member.username, "unit_merge", unit=code, into=list(into), from_day=first_day.isoformat())


def _may_succeed(other: Unit, unit: Unit, day: date) -> bool:
    return other.code != unit.code and other.kind == unit.kind and other.lives_on(day)


# --- owners of topics -----------------------------------------------------------------------------


def add_owner(tx: Transaction, member: StaffMember, unit_code: str, topic: str, staff_id: int) -> None:
    """An officer or editor of a unit answers a topic there."""
    _administrator(member)
    unit_store.unit(tx, unit_code)
    if topic not in {known.slug for known in faq_store.all_topics(tx)}:
        raise InvalidInput("topic_unknown", field="topic")
    owner = staff_store.member_by_id(tx, staff_id)
    if owner is None or owner.disabled_at is not None or owner.unit_code != unit_code or owner.role not in STAFF:
        raise InvalidInput("owner_elsewhere", field="staff")
    if unit_store.add_owner(tx, topic, unit_code, staff_id):
        event_store.record(tx, member.username, "owner_add", unit=unit_code, topic=topic, owner=owner.username)


def remove_owner(tx: Transaction, member: StaffMember, unit_code: str, owner_id: int) -> None:
    """Somebody answers a topic no longer; questions that are his stay his."""
    _administrator(member)
    gone = unit_store.remove_owner(tx, owner_id)
    if gone is None or gone.unit_code != unit_code:
        raise NotFound("owner", id=owner_id)
    event_store.record(tx, member.username, "owner_remove", unit=unit_code, topic=gone.topic, owner=gone.staff_id)
