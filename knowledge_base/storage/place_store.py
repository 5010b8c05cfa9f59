"""Places with links and codes: SQL in, values out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, update

from knowledge_base.clock import vietnam_day
from knowledge_base.errors import NotFound
from knowledge_base.questions.place_token import new_token
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import place_visits, places, question_places, units


@dataclass(frozen=True, slots=True)
class CodedPlace:
    """Where a link or code hangs, with how often it was followed and how many questions came by it."""

    id: int
    token: str
    unit_code: str
    unit: str
    kind: str
    label: str
    closed_at: datetime | None
    visits: int = 0
    questions: int = 0


def _listed() -> Select[Any]:
    visits = select(func.coalesce(func.sum(place_visits.c.visits), 0)).where(place_visits.c.place_id == places.c.id)
    asked = select(func.count()).where(question_places.c.place_id == places.c.id)
    counts = visits.scalar_subquery().label("visits"), asked.scalar_subquery().label("questions")
    query = select(places, units.c.name.label("unit"), *counts)
    return query.join_from(places, units, units.c.code == places.c.unit_code)


def _place(row: Row[Any]) -> CodedPlace:
    return CodedPlace(*(getattr(row, name) for name in CodedPlace.__dataclass_fields__))


def places_within(tx: Transaction, within: str) -> list[CodedPlace]:
    """The places of a unit (by its path) and of those below."""
    query = _listed().where(units.c.path.startswith(within)).order_by(units.c.path, places.c.label, places.c.id)
    return [_place(row) for row in tx.execute(query)]


def place_within(tx: Transaction, within: str, place_id: int) -> CodedPlace:
    """One of them; raises NotFound."""
    row = tx.execute(_listed().where(places.c.id == place_id, units.c.path.startswith(within))).first()
    if row is None:
        raise NotFound("place", id=place_id)
    return _place(row)


def by_token(tx: Transaction, token: str) -> CodedPlace | None:
    """The place with a token; one that was closed still leads where it belongs, for posters hang on."""
    row = tx.execute(_listed().where(places.c.token == token)).first()
    return _place(row) if row else None


def add(tx: Transaction, unit_code: str, kind: str, labels: Iterable[str], made_by: str) -> int:
    """Places of one kind by their labels; those that are there stay as they are. Returns how many are new."""
    made = 0
    for label in labels:
        values = {"unit_code": unit_code, "kind": kind, "label": label, "made_by": made_by, "made_at": tx.now}
        fresh = tx.insert(places).values(token=new_token(), **values)
        added = fresh.on_conflict_do_nothing(index_elements=["unit_code", "kind", "label"]).returning(places.c.id)
        made += tx.execute(added).first() is not None
    return made


def set_closed(tx: Transaction, place_id: int, *, closed: bool) -> None:
    """No more posters of it are printed; or again."""
    tx.execute(update(places).where(places.c.id == place_id).values(closed_at=tx.now if closed else None))


def count_visit(tx: Transaction, place_id: int, channel: str) -> None:
    """Somebody followed its link or code."""
    day = vietnam_day(tx.now)
    fresh = tx.insert(place_visits).values(place_id=place_id, day=day, channel=channel, visits=1)
    more = {"visits": place_visits.c.visits + 1}
    tx.execute(fresh.on_conflict_do_update(index_elements=["place_id", "day", "channel"], set_=more))


def visit(tx: Transaction, token: str, channel: str) -> CodedPlace | None:
    """Follow a token: the place, and one visit more."""
    found = by_token(tx, token)
    if found is not None:
        count_visit(tx, found.id, channel)
    return found


def add_questions(tx: Transaction, asked: Sequence[tuple[int, str]]) -> None:
    """Questions of conversations that began at places, as (question, token)."""
    for question_id, token in asked:
        place_id = tx.execute(select(places.c.id).where(places.c.token == token)).scalar()
        if place_id is not None:
            tx.execute(question_places.insert().values(question_id=question_id, place_id=place_id))


def visits_by_channel(tx: Transaction, within: str) -> list[tuple[str, str, str, int]]:
    """Visits as (token, label, channel, visits), for a file."""
    query = (
        select(places.c.token, places.c.label, place_visits.c.channel, func.sum(place_visits.c.visits))
        .join_from(place_visits, places)
        .join(units, units.c.code == places.c.unit_code)
        .where(units.c.path.startswith(within))
        .group_by(places.c.id, places.c.token, places.c.label, place_visits.c.channel)
        .order_by(places.c.label, place_visits.c.channel)
    )
    return [tuple(row) for row in tx.execute(query)]
