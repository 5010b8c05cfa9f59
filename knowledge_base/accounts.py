"""Accounts of staff: adding, resetting, disabling, signing in. Verbs of (transaction, who, input); none commits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from knowledge_base import totp
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.questions.lifecycle import STAFF, Role
from knowledge_base.storage import event_store, staff_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

ROLES = (*sorted(STAFF), Role.ADMINISTRATOR, Role.AUDITOR, Role.COLLABORATOR)
# Names that events and revisions use for those who act without an account.
_RESERVED = frozenset({"import", "project", "bot", "clock", "resident", "release", "command line"})
_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,63}")

# Signing in: some tries are free, then each failure doubles the wait. Nobody is locked out for good.
FREE_BY_ACCOUNT = 5
FREE_BY_ADDRESS = 20  # a whole office may share one address
REMEMBERED = timedelta(hours=6)
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who keeps accounts: those of his unit (by its path) and of the units below."""

    name: str
    unit_path: str = staff_store.TOP

    @classmethod
    def of(cls, member: StaffMember) -> "Keeper":
        """A signed-in administrator."""
        return cls(member.username, member.unit_path)


def add_account(
    tx: Transaction,
    keeper: Keeper,
    username: str,
    role: str,
    unit_code: str,
    password_hash: str,
    *,
    must_change: bool = True,
) -> None:
    """A new account; a one-time password must be changed at the first sign-in."""
    if not _USERNAME.fullmatch(username):
        raise InvalidInput("username_shape", field="username")
    if username.casefold() in _RESERVED:
        raise Conflict("username_taken", username=username)
    if role not in ROLES:
        raise InvalidInput("role_unknown", field="role", role=role)
    if not (staff_store.unit_path(tx, unit_code) or "").startswith(keeper.unit_path):
        raise NotFound("unit", code=unit_code)
    staff_store.add_member(tx, username, Role(role), unit_code, password_hash, must_change=must_change)
    event_store.record(tx, keeper.name, "staff_add", username=username, role=role, unit=unit_code)


def _other(tx: Transaction, keeper: Keeper, staff_id: int) -> StaffMember:
    """An account that the keeper may change: of his units, and not his own."""
    member = staff_store.member_by_id(tx, staff_id, keeper.unit_path)
    if member is None:
        raise NotFound("account", id=staff_id)
    if member.username == keeper.name:
        raise Forbidden("own_account", username=keeper.name)
    return member


def set_duties(
    tx: Transaction, keeper: Keeper, staff_id: int, *, role: str, heads_unit: bool, needs_totp: bool
) -> None:
    """What somebody else may do from now on, and whether he must show a code; his sessions end."""
    if role not in ROLES:
        raise InvalidInput("role_unknown", field="role", role=role)
    member = _other(tx, keeper, staff_id)
    staff_store.set_duties(tx, member.id, role=Role(role), heads_unit=heads_unit, needs_totp=needs_totp)
    event_store.record(
        tx,
        keeper.name,
        "staff_duties",
        username=member.username,
        role=role,
        heads_unit=heads_unit,
        needs_totp=needs_totp,
    )


def forget_totp(tx: Transaction, keeper: Keeper, staff_id: int) -> None:
    """Somebody else lost his telephone: he sets his codes up anew at the next sign-in, if he must show one."""
    member = _other(tx, keeper, staff_id)
    staff_store.set_totp(tx, member.id, None, None)
    staff_store.end_sessions_of(tx, member.id)
    event_store.record(tx, keeper.name, "staff_totp_reset", username=member.username)


def set_up_totp(tx: Transaction, member: StaffMember, secret: str, code: str) -> None:
    """Keep a shared secret that its owner has shown to know; raises InvalidInput when the code is not its own."""
    step = totp.step_of(secret, code, tx.now)
    if step is None:
        raise InvalidInput("totp_wrong", field="code")
    staff_store.set_totp(tx, member.id, tx.keys.seal(secret), step)
    event_store.record(tx, member.username, "staff_totp", username=member.username)


def use_totp(tx: Transaction, staff_id: int, code: str) -> bool:
    """Whether a code is the account's, now, and was not used before."""
    member = staff_store.member_by_id(tx, staff_id)
    if member is None or member.sealed_totp is None:
        return False
    step = totp.step_of(tx.keys.unseal(member.sealed_totp), code, tx.now)
    return step is not None and staff_store.use_totp_step(tx, staff_id, step)


def reset_password(
    tx: Transaction, keeper: Keeper, staff_id: int, password_hash: str, *, must_change: bool = True
) -> str:
    """A new (mostly one-time) password for somebody else, whose sessions end; returns his name."""
    member = _other(tx, keeper, staff_id)
    staff_store.set_password(tx, member.id, password_hash, must_change=must_change)
    event_store.record(tx, keeper.name, "staff_reset", username=member.username)
    return member.username


def disable_account(tx: Transaction, keeper: Keeper, staff_id: int) -> None:
    """Somebody else can't sign in any more, at once."""
    member = _other(tx, keeper, staff_id)
    if member.disabled_at is None:
        staff_store.disable(tx, member.id)
        event_store.record(tx, keeper.name, "staff_disable", username=member.username)


def enable_account(tx: Transaction, keeper: Keeper, staff_id: int) -> None:
    """Undo a disabling; the password stays as it was."""
    member = _other(tx, keeper, staff_id)
    if member.disabled_at is not None:
        staff_store.enable(tx, member.id)
        event_store.record(tx, keeper.name, "staff_enable", username=member.username)


def change_own_password(tx: Transaction, member: StaffMember, password_hash: str) -> None:
    """A password somebody chose himself; every session of the account ends."""
    staff_store.set_password(tx, member.id, password_hash, must_change=False)
    event_store.record(tx, member.username, "staff_password", username=member.username)


# --- signing in -----------------------------------------------------------------------------------


def wait_after(failures: int, free: int) -> timedelta:
    """How long to wait after so many failures in a row: nothing, then 30 s, 1 min, 2 min … 15 min."""
    if failures < free:
        return timedelta()
    return min(_FIRST_WAIT * 2 ** min(failures - free, 10), _LONGEST_WAIT)


def _wait_left(tx: Transaction, subject: str, free: int) -> timedelta:
    failures, last = staff_store.failure_record(tx, subject, tx.now - REMEMBERED)
    until: datetime = (last or tx.now) + wait_after(failures, free)
    return max(until - tx.now, timedelta())


def begin_sign_in(tx: Transaction, subjects: Mapping[str, int]) -> timedelta:
    """Ask leave for one try; `subjects` are keyed hashes with their free tries. Returns the wait (nothing: go on).

    The try is counted as failed before the password is looked at, so that many at once can't slip through;
    `open_session` takes that back.
    """
    for subject in sorted(subjects):
        staff_store.one_at_a_time(tx, subject)
    left = max(_wait_left(tx, subject, free) for subject, free in subjects.items())
    if not left:
        staff_store.forget_failures_before(tx, tx.now - REMEMBERED)
        for subject in subjects:
            staff_store.add_failure(tx, subject)
    return left


def open_session(
    tx: Transaction, member: StaffMember, subjects: Mapping[str, int], token_hash: str, csrf_token: str
) -> None:
    """The password was right."""
    for subject in subjects:
        staff_store.forget_failures(tx, subject)
    staff_store.add_session(tx, member.id, token_hash, csrf_token)
    event_store.record(tx, member.username, "sign_in")
