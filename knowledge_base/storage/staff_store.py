"""Accounts of officers, editors and administrators, their sessions, and failed sign-ins."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, func, select, update

from knowledge_base.clock import vietnam_day
from knowledge_base.errors import Conflict, NotFound
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import wait_alone
from knowledge_base.storage.tables import sign_in_failures, staff, staff_sessions, units

TOP = "0/"  # the path of the unit above all others


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One account."""

    id: int
    username: str
    role: Role
    unit_code: str
    unit_path: str  # what he may see: his unit and all below
    password_hash: str
    must_change_password: bool
    heads_unit: bool
    needs_totp: bool
    sealed_totp: bytes | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class StaffSession:
    """One signed-in browser."""

    token_hash: str
    member: StaffMember
    csrf_token: str
    created_at: datetime
    seen_at: datetime


def _member(row: Row[tuple[object, ...]]) -> StaffMember:
    values = {name: getattr(row, name) for name in StaffMember.__dataclass_fields__}
    return StaffMember(**{**values, "role": Role(values["role"])})


def ensure_unit(tx: Transaction, code: str, name: str) -> None:
    """Make a unit known, or rename it."""
    statement = tx.insert(units).values(code=code, name=name)
    tx.execute(statement.on_conflict_do_update(index_elements=["code"], set_={"name": name}))


def staffed_unit(tx: Transaction, words: str) -> str | None:
    """The code of the unit with accounts that these words name, by its code or its name; None when none does."""
    named = (units.c.code == words) | (units.c.name == words)
    staffed = units.c.code.in_(select(staff.c.unit_code).where(staff.c.disabled_at.is_(None)))
    return tx.execute(select(units.c.code).where(named, staffed)).scalar()


def unit_path(tx: Transaction, code: str) -> str | None:
    """The path of a unit; None when there is none of this code."""
    return tx.execute(select(units.c.path).where(units.c.code == code)).scalar()


def codes_within(tx: Transaction, within: str) -> dict[str, str]:
    """The units of today within one (by its path), by their code and, where that is theirs alone, by their name."""
    today = vietnam_day(tx.now)
    living = units.c.valid_to.is_(None) | (units.c.valid_to >= today)
    rows = tx.execute(select(units.c.code, units.c.name).where(units.c.path.startswith(within), living)).all()
    named: dict[str, list[str]] = {}
    for row in rows:
        named.setdefault(row.name, []).append(row.code)
    alone = {name: codes[0] for name, codes in named.items() if len(codes) == 1}
    return {**alone, **{row.code: row.code for row in rows}}


def unit_above(tx: Transaction, code: str) -> str | None:
    """The code of the unit one step up the ladder; None above all others."""
    return tx.execute(select(units.c.parent_code).where(units.c.code == code)).scalar()


def open_unit(tx: Transaction, code: str) -> str | None:
    """The name of a unit that exists today; None when there is none (any more)."""
    today = vietnam_day(tx.now)
    exists = (units.c.valid_to.is_(None) | (units.c.valid_to >= today)) & (units.c.code == code)
    return tx.execute(select(units.c.name).where(exists)).scalar()


def units_with_staff(tx: Transaction, within: str = TOP) -> dict[str, str]:
    """The names, by code, of the units that have accounts: of one (by its path) and of those below, it included."""
    staffed = units.c.code.in_(select(staff.c.unit_code)) | (units.c.path == within)
    query = select(units.c.code, units.c.name).where(staffed, units.c.path.startswith(within)).order_by(units.c.path)
    return {row.code: row.name for row in tx.execute(query)}


_MEMBERS = select(staff, units.c.path.label("unit_path")).join_from(staff, units, staff.c.unit_code == units.c.code)


def members(tx: Transaction, within: str = TOP) -> list[StaffMember]:
    """The accounts of a unit (by its path) and of those below it."""
    query = _MEMBERS.where(units.c.path.startswith(within)).order_by(staff.c.username)
    return [_member(row) for row in tx.execute(query)]


def member_by_username(tx: Transaction, username: str) -> StaffMember | None:
    """One account by its name."""
    row = tx.execute(_MEMBERS.where(staff.c.username == username)).first()
    return _member(row) if row else None


def member_by_id(tx: Transaction, staff_id: int, within: str = TOP) -> StaffMember | None:
    """One account by its id, if its unit is the one `within` (a path) or below."""
    query = _MEMBERS.where(staff.c.id == staff_id, units.c.path.startswith(within))
    row = tx.execute(query).first()
    return _member(row) if row else None


def usernames(tx: Transaction) -> dict[int, str]:
    """Names by id, for showing who did what."""
    return {row.id: row.username for row in tx.execute(select(staff.c.id, staff.c.username))}


def add_member(
    tx: Transaction, username: str, role: Role, unit_code: str, password_hash: str, *, must_change: bool
) -> None:
    """A new account; raises Conflict when the name is taken, NotFound when there is no such unit."""
    if tx.execute(select(units.c.code).where(units.c.code == unit_code)).first() is None:
        raise NotFound("unit", code=unit_code)
    values = {
        "username": username,
        "role": role,
        "unit_code": unit_code,
        "password_hash": password_hash,
        "must_change_password": must_change,
        "created_at": tx.now,
    }
    statement = tx.insert(staff).values(**values).on_conflict_do_nothing().returning(staff.c.id)
    if tx.execute(statement).first() is None:
        raise Conflict("username_taken", username=username)


def set_password(tx: Transaction, staff_id: int, password_hash: str, *, must_change: bool) -> None:
    """A new password; every session of the account ends."""
    values = {"password_hash": password_hash, "must_change_password": must_change}
    tx.execute(update(staff).where(staff.c.id == staff_id).values(**values))
    end_sessions_of(tx, staff_id)


def disable(tx: Transaction, staff_id: int) -> None:
    """No sign-in any more; every session of the account ends."""
    tx.execute(update(staff).where(staff.c.id == staff_id).values(disabled_at=tx.now))
    end_sessions_of(tx, staff_id)


def set_duties(tx: Transaction, staff_id: int, *, role: Role, heads_unit: bool, needs_totp: bool) -> None:
    """What an account may do and must show; every session of it ends, so that no page lives on with former rights."""
    values = {"role": role, "heads_unit": heads_unit, "needs_totp": needs_totp}
    tx.execute(update(staff).where(staff.c.id == staff_id).values(**values))
    end_sessions_of(tx, staff_id)


def set_totp(tx: Transaction, staff_id: int, sealed: bytes | None, step: int | None) -> None:
    """The shared secret of an account (None: it has to be set up anew) and the time step it has shown."""
    tx.execute(update(staff).where(staff.c.id == staff_id).values(sealed_totp=sealed, totp_step=step))


def use_totp_step(tx: Transaction, staff_id: int, step: int) -> bool:
    """Take a time step for signing in; False when it, or a later one, was used before."""
    fresh = (staff.c.id == staff_id) & (staff.c.totp_step.is_(None) | (staff.c.totp_step < step))
    return tx.execute(update(staff).where(fresh).values(totp_step=step)).rowcount == 1


def enable(tx: Transaction, staff_id: int) -> None:
    """Sign-in is possible again."""
    tx.execute(update(staff).where(staff.c.id == staff_id).values(disabled_at=None))


# --- sessions -------------------------------------------------------------------------------------


def add_session(tx: Transaction, staff_id: int, token_hash: str, csrf_token: str) -> None:
    """A signed-in browser."""
    values = {"staff_id": staff_id, "csrf_token": csrf_token, "created_at": tx.now, "seen_at": tx.now}
    tx.execute(staff_sessions.insert().values(token_hash=token_hash, **values))


def session(tx: Transaction, token_hash: str) -> StaffSession | None:
    """The session behind a cookie; None when there is none or the account is disabled."""
    row = tx.execute(select(staff_sessions).where(staff_sessions.c.token_hash == token_hash)).first()
    member = member_by_id(tx, row.staff_id) if row else None
    if row is None or member is None or member.disabled_at is not None:
        return None
    return StaffSession(token_hash, member, row.csrf_token, row.created_at, row.seen_at)


def touch_session(tx: Transaction, token_hash: str) -> None:
    """Remember that the browser is still in use."""
    tx.execute(update(staff_sessions).where(staff_sessions.c.token_hash == token_hash).values(seen_at=tx.now))


def end_session(tx: Transaction, token_hash: str) -> None:
    """Sign one browser out."""
    tx.execute(delete(staff_sessions).where(staff_sessions.c.token_hash == token_hash))


def end_sessions_of(tx: Transaction, staff_id: int) -> None:
    """Sign every browser of an account out."""
    tx.execute(delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id))


def end_stale_sessions(tx: Transaction, idle: timedelta, longest: timedelta) -> None:
    """Forget sessions that idled or lived too long."""
    stale = (staff_sessions.c.seen_at <= tx.now - idle) | (staff_sessions.c.created_at <= tx.now - longest)
    tx.execute(delete(staff_sessions).where(stale))


# --- throttling -----------------------------------------------------------------------------------


def one_at_a_time(tx: Transaction, subject: str) -> None:
    """Let no other sign-in of a subject look at its failures until this transaction ends."""
    wait_alone(tx.connection, f"sign-in {subject}")


def add_failure(tx: Transaction, subject: str) -> None:
    """Count a failed sign-in of a subject (the keyed hash of an account name or an address)."""
    tx.execute(sign_in_failures.insert().values(subject=subject, at=tx.now))


def failures_since(tx: Transaction, subject: str, since: datetime) -> int:
    """Failed sign-ins of a subject since a moment."""
    query = select(func.count()).where(sign_in_failures.c.subject == subject, sign_in_failures.c.at > since)
    return tx.execute(query).scalar_one()


def failure_record(tx: Transaction, subject: str, since: datetime) -> tuple[int, datetime | None]:
    """How many sign-ins of a subject failed since a moment, and when the last one did."""
    query = select(func.count(), func.max(sign_in_failures.c.at))
    found = tx.execute(query.where(sign_in_failures.c.subject == subject, sign_in_failures.c.at > since)).one()
    return found[0], found[1]


def forget_failures_before(tx: Transaction, moment: datetime) -> None:
    """Old failures count no longer."""
    tx.execute(delete(sign_in_failures).where(sign_in_failures.c.at <= moment))


def forget_failures(tx: Transaction, subject: str) -> None:
    """A successful sign-in clears the account's count."""
    tx.execute(delete(sign_in_failures).where(sign_in_failures.c.subject == subject))
