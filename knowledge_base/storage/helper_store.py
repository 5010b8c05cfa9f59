"""Community teams and their members who ask for neighbours: SQL in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row, Select, delete, func, select, update

from knowledge_base.errors import NotFound
from knowledge_base.questions.reference import new_reference
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import helpers, teams, units

CODE_LASTS = timedelta(days=30)  # codes go to members on paper


@dataclass(frozen=True, slots=True)
class Team:
    """A team of a commune or ward, with how many members it has and how many of them have linked a messenger."""

    id: int
    unit_code: str
    unit: str
    name: str
    hamlet: str
    disabled_at: datetime | None
    members: int = 0
    linked: int = 0


@dataclass(frozen=True, slots=True)
class Helper:
    """A member of a team."""

    id: int
    name: str
    team_id: int
    team: str
    hamlet: str
    unit_code: str
    unit_path: str
    channel: str | None
    contact_ref: str | None
    phone: str
    code_until: datetime | None
    disabled_at: datetime | None


# --- teams ----------------------------------------------------------------------------------------


def _teams(within: str) -> Select[tuple[object, ...]]:
    counted = helpers.c.disabled_at.is_(None)
    members = select(func.count()).where(helpers.c.team_id == teams.c.id, counted).scalar_subquery()
    linked = (
        select(func.count())
        .where(helpers.c.team_id == teams.c.id, counted, helpers.c.contact_ref.is_not(None))
        .scalar_subquery()
    )
    query = select(teams, units.c.name.label("unit"), members.label("members"), linked.label("linked"))
    return query.join_from(teams, units, units.c.code == teams.c.unit_code).where(units.c.path.startswith(within))


def _team(row: Row[tuple[object, ...]]) -> Team:
    return Team(*(getattr(row, name) for name in Team.__dataclass_fields__))


def teams_within(tx: Transaction, within: str) -> list[Team]:
    """The teams of a unit (by its path) and of those below."""
    return [_team(row) for row in tx.execute(_teams(within).order_by(units.c.path, teams.c.name))]


def team_within(tx: Transaction, within: str, team_id: int) -> Team:
    """One of them.

    Raises:
        NotFound: there is none, or it is none of theirs.
    """
    row = tx.execute(_teams(within).where(teams.c.id == team_id)).first()
    if row is None:
        raise NotFound("team", id=team_id)
    return _team(row)


def team_named(tx: Transaction, unit_code: str, name: str) -> int | None:
    """The id of a unit's team."""
    query = select(teams.c.id).where(teams.c.unit_code == unit_code, teams.c.name == name)
    return tx.execute(query).scalar()


def put_team(tx: Transaction, unit_code: str, name: str, hamlet: str) -> tuple[int, bool]:
    """A team by its name; returns its id, and whether it is new. A hamlet that is given takes the former's place."""
    fresh = tx.insert(teams).values(unit_code=unit_code, name=name, hamlet=hamlet, created_at=tx.now)
    made = tx.execute(fresh.on_conflict_do_nothing().returning(teams.c.id)).scalar()
    if made is not None:
        return made, True
    known = team_named(tx, unit_code, name)
    assert known is not None  # noqa: S101 - it met the new one
    if hamlet:
        tx.execute(update(teams).where(teams.c.id == known).values(hamlet=hamlet))
    return known, False


def set_team_disabled(tx: Transaction, team_id: int, *, disabled: bool) -> None:
    """A team that asks for nobody any more, or does again."""
    tx.execute(update(teams).where(teams.c.id == team_id).values(disabled_at=tx.now if disabled else None))


# --- members --------------------------------------------------------------------------------------

_HELPERS = (
    select(
        helpers,
        teams.c.name.label("team"),
        teams.c.hamlet,
        teams.c.unit_code,
        teams.c.disabled_at.label("team_disabled_at"),
        units.c.path.label("unit_path"),
    )
    .join_from(helpers, teams)
    .join(units, units.c.code == teams.c.unit_code)
)


def _helper(tx: Transaction, row: Row[tuple[object, ...]]) -> Helper:
    try:
        phone = tx.keys.unseal(row.sealed_phone) if row.sealed_phone else ""
    except InvalidTag:  # sealed with another key
        phone = ""
    values = {name: getattr(row, name) for name in Helper.__dataclass_fields__ if name != "phone"}
    disabled_at = row.disabled_at or row.team_disabled_at
    return Helper(**{**values, "phone": phone, "disabled_at": disabled_at})


def helpers_of(tx: Transaction, team_id: int) -> list[Helper]:
    """The members of a team, by name."""
    rows = tx.execute(_HELPERS.where(helpers.c.team_id == team_id).order_by(helpers.c.name))
    return [_helper(tx, row) for row in rows]


def helper_within(tx: Transaction, within: str, helper_id: int) -> Helper:
    """A member of a team of a unit (by its path) or of those below.

    Raises:
        NotFound: there is none, or he is none of theirs.
    """
    row = tx.execute(_HELPERS.where(helpers.c.id == helper_id, units.c.path.startswith(within))).first()
    if row is None:
        raise NotFound("helper", id=helper_id)
    return _helper(tx, row)


def acting(tx: Transaction, contact_ref: str) -> Helper | None:
    """Whom a messenger acts for; looked up at every act, so that who was struck off can do nothing."""
    row = tx.execute(_HELPERS.where(helpers.c.contact_ref == contact_ref)).first()
    found = _helper(tx, row) if row else None
    return found if found is not None and found.disabled_at is None else None


def put_helper(tx: Transaction, team_id: int, name: str, phone: str) -> bool:
    """A member by his name; returns whether he is new. A number that is given takes the former's place."""
    sealed = tx.keys.seal(phone) if phone else None
    fresh = tx.insert(helpers).values(team_id=team_id, name=name, sealed_phone=sealed, created_at=tx.now)
    if tx.execute(fresh.on_conflict_do_nothing().returning(helpers.c.id)).first() is not None:
        return True
    if sealed:
        known = (helpers.c.team_id == team_id) & (helpers.c.name == name)
        tx.execute(update(helpers).where(known).values(sealed_phone=sealed))
    return False


def set_helper_disabled(tx: Transaction, helper_id: int, *, disabled: bool) -> None:
    """A member who asks for nobody any more (his messenger is unlinked), or may be invited again."""
    values = {"disabled_at": tx.now if disabled else None}
    unlinked = {"contact_ref": None, "channel": None, "code_hash": None, "code_until": None} if disabled else {}
    tx.execute(update(helpers).where(helpers.c.id == helper_id).values(**values, **unlinked))


def remove_helper(tx: Transaction, helper_id: int) -> None:
    """A member who was entered by mistake."""
    tx.execute(delete(helpers).where(helpers.c.id == helper_id))


def invite(tx: Transaction, helper_ids: Sequence[int]) -> dict[int, str]:
    """A fresh code for each, good once and for a month; the one before it is good no more."""
    made = {helper_id: new_reference() for helper_id in helper_ids}
    for helper_id, code in made.items():
        values = {"code_hash": _hash(tx, code), "code_until": tx.now + CODE_LASTS}
        tx.execute(update(helpers).where(helpers.c.id == helper_id).values(**values))
    return made


def join(tx: Transaction, code: str, channel: str, contact_ref: str) -> Helper | None:
    """Let a messenger act for the member whose code this is; None when the code is not (or no longer) good."""
    good = (helpers.c.code_hash == _hash(tx, code)) & (helpers.c.code_until > tx.now) & helpers.c.disabled_at.is_(None)
    helper_id = tx.execute(select(helpers.c.id).where(good).with_for_update()).scalar()
    if helper_id is None:
        return None
    elsewhere = helpers.c.contact_ref == contact_ref
    tx.execute(update(helpers).where(elsewhere).values(contact_ref=None, channel=None))
    linked = {"channel": channel, "contact_ref": contact_ref, "code_hash": None, "code_until": None}
    tx.execute(update(helpers).where(helpers.c.id == helper_id).values(**linked))
    return acting(tx, contact_ref)


def _hash(tx: Transaction, code: str) -> str:
    return tx.keys.session_hash(f"helper {code}")
