"""The register of units, what each became, and who answers which topic in one: SQL in, values out."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, or_, select, update

from knowledge_base.errors import NotFound
from knowledge_base.questions.lifecycle import STAFF
from knowledge_base.questions.question import UNFINISHED_STATES
from knowledge_base.storage import seed_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import among
from knowledge_base.storage.prepared import ManyRows, Prepared
from knowledge_base.storage.tables import questions, seeds, staff, topic_owners, unit_successors, units
from knowledge_base.units.unit import Kind, Unit

_SEED = "units"  # rows of `seeds`: what was loaded last,
_CHANGED = "units changed"  # and a mark of the last change made here
_COLUMNS = tuple(Unit.__dataclass_fields__)
# A newer list adds units and ends some; what administrators named and ended stays as they have it.
_SEEDED = ManyRows(
    units, " ".join(_COLUMNS), "ON CONFLICT (code) DO UPDATE SET valid_to = coalesce(units.valid_to, excluded.valid_to)"
)
_SUCCESSORS = ManyRows(unit_successors, "unit_code successor_code", "ON CONFLICT DO NOTHING")
_works = staff.c.disabled_at.is_(None) & staff.c.role.in_(sorted(STAFF))
_STAFFED = Prepared(
    lambda name: select(staff.c.unit_code).where(_works, among(name, staff.c.unit_code, "codes")).distinct()
)
# The owner's open questions are in his unit; the index on filters holds all that is counted.
_load = (
    select(func.count())
    .where(
        questions.c.unit_code == topic_owners.c.unit_code,
        questions.c.state.in_(UNFINISHED_STATES),
        or_(questions.c.owner_id == topic_owners.c.staff_id, questions.c.assigned_to == topic_owners.c.staff_id),
    )
    .correlate(topic_owners)
    .scalar_subquery()
)
_OWNERS = Prepared(
    lambda name: (
        select(topic_owners.c.topic, topic_owners.c.unit_code, topic_owners.c.staff_id, _load)
        .join(staff, staff.c.id == topic_owners.c.staff_id)
        .where(_works, staff.c.unit_code == topic_owners.c.unit_code)
        .where(among(name, topic_owners.c.unit_code, "codes"), among(name, topic_owners.c.topic, "topics"))
    )
)


@dataclass(frozen=True, slots=True)
class Register:
    """Every unit there is or was, and what the former ones went into."""

    units: tuple[Unit, ...]
    successors: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers a topic in a unit; with no officer named, the unit as a whole."""

    id: int
    topic: str
    unit_code: str
    staff_id: int | None
    username: str | None


# --- the register ---------------------------------------------------------------------------------


def register(tx: Transaction) -> Register:
    """The whole register, for an index in memory."""
    found = [
        Unit(code, name, Kind(kind), *rest)
        for code, name, kind, *rest in tx.execute(select(*(units.c[name] for name in _COLUMNS)).order_by(units.c.path))
    ]
    into: dict[str, list[str]] = defaultdict(list)
    for code, successor in tx.execute(select(unit_successors).order_by(unit_successors.c.successor_code)):
        into[code].append(successor)
    return Register(tuple(found), {code: tuple(codes) for code, codes in into.items()})


def successors_of(tx: Transaction, code: str) -> list[str]:
    """The units that one went into."""
    into = select(unit_successors.c.successor_code).where(unit_successors.c.unit_code == code)
    return list(tx.execute(into.order_by(unit_successors.c.successor_code)).scalars())


def stamp(tx: Transaction) -> str:
    """What changes whenever the register or the owners do."""
    query = select(seeds.c.hash).where(seeds.c.name.in_((_SEED, _CHANGED))).order_by(seeds.c.name)
    return " ".join(tx.execute(query).scalars())


def unit(tx: Transaction, code: str) -> Unit:
    """One unit; raises NotFound."""
    row = tx.execute(select(*(units.c[name] for name in _COLUMNS)).where(units.c.code == code)).first()
    if row is None:
        raise NotFound("unit", code=code)
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's name for the columns of a row
    return Unit(**{**values, "kind": Kind(values["kind"])})


def names(tx: Transaction, codes: Iterable[str]) -> dict[str, str]:
    """Names of some units by code."""
    query = select(units.c.code, units.c.name).where(units.c.code.in_(sorted(set(codes))))
    return {row.code: row.name for row in tx.execute(query)}


def count_below(tx: Transaction, parent: Unit, day: date) -> int:
    """How many units below one exist on a day."""
    below = units.c.path.startswith(parent.path, autoescape=True) & (units.c.code != parent.code)
    living = or_(units.c.valid_to.is_(None), units.c.valid_to >= day)
    return tx.execute(select(func.count()).select_from(units).where(below, living)).scalar_one()


def count_held(tx: Transaction, code: str) -> tuple[int, int]:
    """How many accounts a unit has, and how many questions it has not finished."""
    accounts = select(func.count()).select_from(staff).where(staff.c.unit_code == code, staff.c.disabled_at.is_(None))
    unfinished = (questions.c.unit_code == code) & questions.c.state.in_(UNFINISHED_STATES)
    held = select(func.count()).select_from(questions).where(unfinished)
    return tx.execute(accounts).scalar_one(), tx.execute(held).scalar_one()


def loaded_seed(tx: Transaction) -> str | None:
    """The hash of the lists that were loaded last."""
    return seed_store.loaded(tx, _SEED)


def load_seed(tx: Transaction, new: Sequence[Unit], successors: Mapping[str, Sequence[str]], content_hash: str) -> None:
    """Put the shipped lists into the register."""
    _SEEDED.insert(tx, [[getattr(one, name) for name in _COLUMNS] for one in new])
    _SUCCESSORS.insert(tx, [(code, into) for code, codes in successors.items() for into in codes])
    _mark(tx, _SEED, content_hash)


def add(tx: Transaction, new: Unit) -> bool:
    """A unit of its own; returns whether its code was free."""
    values = {name: getattr(new, name) for name in _COLUMNS}
    added = tx.insert(units).values(**values).on_conflict_do_nothing().returning(units.c.code)
    touch(tx)
    return tx.execute(added).first() is not None


def rename(tx: Transaction, code: str, name: str) -> None:
    """Another name for the same unit."""
    tx.execute(update(units).where(units.c.code == code).values(name=name))
    touch(tx)


def end(tx: Transaction, code: str, last_day: date, successors: Sequence[str]) -> None:
    """A unit's last day, and what it went into."""
    tx.execute(update(units).where(units.c.code == code).values(valid_to=last_day))
    _SUCCESSORS.insert(tx, [(code, into) for into in successors])
    touch(tx)


def touch(tx: Transaction) -> None:
    """Whoever keeps the register or the owners in memory reads them anew."""
    _mark(tx, _CHANGED, secrets.token_hex(16))


def _mark(tx: Transaction, name: str, content_hash: str) -> None:
    seed_store.put(tx, name, content_hash)
    tx.signal("units")


# --- who answers where ----------------------------------------------------------------------------


def staffed(tx: Transaction, codes: set[str]) -> frozenset[str]:
    """Which of some units have somebody who can answer."""
    return frozenset(row[0] for row in _STAFFED.typed_rows(tx, codes=codes)) if codes else frozenset()


def owners_with_load(tx: Transaction, codes: set[str], topics: set[str]) -> list[tuple[str, str, int, int]]:
    """Officers who own topics in units, each as (topic, unit, officer, his unfinished questions)."""
    if not codes or not topics:
        return []
    return [tuple(row) for row in _OWNERS.typed_rows(tx, codes=codes, topics=topics)]


def owned(tx: Transaction) -> frozenset[tuple[str, str]]:
    """The (topic, unit) that have an owner at all."""
    query = select(topic_owners.c.topic, topic_owners.c.unit_code).where(topic_owners.c.staff_id.is_not(None))
    return frozenset((row.topic, row.unit_code) for row in tx.execute(query.distinct()))


def owners_of(tx: Transaction, unit_code: str) -> list[Owner]:
    """Who answers which topic in a unit."""
    query = (
        select(topic_owners, staff.c.username)
        .outerjoin(staff, staff.c.id == topic_owners.c.staff_id)
        .where(topic_owners.c.unit_code == unit_code)
        .order_by(topic_owners.c.topic, staff.c.username)
    )
    return [Owner(row.id, row.topic, row.unit_code, row.staff_id, row.username) for row in tx.execute(query)]


def add_owner(tx: Transaction, topic: str, unit_code: str, staff_id: int) -> bool:
    """Somebody answers a topic in a unit; returns whether that is new."""
    statement = tx.insert(topic_owners).values(topic=topic, unit_code=unit_code, staff_id=staff_id)
    touch(tx)
    return tx.execute(statement.on_conflict_do_nothing().returning(topic_owners.c.id)).first() is not None


def remove_owner(tx: Transaction, owner_id: int) -> Owner | None:
    """Somebody answers a topic no longer; returns what it was."""
    gone = tx.execute(delete(topic_owners).where(topic_owners.c.id == owner_id).returning(topic_owners)).first()
    touch(tx)
    return Owner(gone.id, gone.topic, gone.unit_code, gone.staff_id, None) if gone else None
