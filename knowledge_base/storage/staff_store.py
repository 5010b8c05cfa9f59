"""Accounts of officers, editors and administrators, their sessions, and failed sign-ins."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, delete, func, select, update

from knowledge_base.errors import Conflict, NotFound
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import wait_alone
from knowledge_base.storage.tables import sign_in_failures, staff, staff_sessions, units


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One account."""

    id: int
    username: str
    role: Role
    unit_code: str
    password_hash: str
    must_change_password: bool
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


def units_by_code(tx: Transaction) -> dict[str, str]:
    """The units' names by code."""
    return {row.code: row.name for row in tx.execute(select(units).order_by(units.c.code))}


def members(tx: Transaction) -> list[StaffMember]:
    """All accounts."""
    return [_member(row) for row in tx.execute(select(staff).order_by(staff.c.username))]


def member_by_username(tx: Transaction, username: str) -> StaffMember | None:
    """One account by its name."""
    row = tx.execute(select(staff).where(staff.c.username == username)).first()
    return _member(row) if row else None


def member_by_id(tx: Transaction, staff_id: int) -> StaffMember | None:
    """One account by its id."""
    row = tx.execute(select(staff).where(staff.c.id == staff_id)).first()
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
