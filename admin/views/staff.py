"""Accounts: adding, duties, resetting, disabling. One-time passwords are shown once and never stored."""

from dataclasses import dataclass

from aiohttp import web

from admin.errors import explain, status_of
from admin.views.password import hashed
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of
from knowledge_base import accounts
from knowledge_base.accounts import Keeper
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.passwords import new_password
from knowledge_base.storage import staff_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember


@dataclass(frozen=True, slots=True)
class _OneTime:
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class _Accounts:
    members: list[StaffMember]
    units: dict[str, str]


def _read(tx: Transaction, within: str) -> _Accounts:
    return _Accounts(staff_store.members(tx, within), staff_store.units_with_staff(tx, within))


async def _page(
    visit: Visit,
    *,
    error: KnowledgeBaseError | None = None,
    one_time: _OneTime | None = None,
    username: str = "",
    role: str = "officer",
    unit: str = "",
) -> web.Response:
    found = await visit.read(_read, visit.member.unit_path)
    return visit.page(
        "staff_list.html",
        status_of(error) if error else 200,
        members=found.members,
        units=found.units,
        roles=accounts.ROLES,
        one_time=one_time,
        username=username,
        role=role,
        unit=unit or visit.member.unit_code,
        problem=await explain(visit, error) if error else "",
    )


async def show(request: web.Request) -> web.Response:
    """The accounts of the administrator's unit and of those below."""
    return await _page(visit_of(request))


def _add(tx: Transaction, member: StaffMember, username: str, role: str, unit: str, hidden: str) -> None:
    accounts.add_account(tx, Keeper.of(member), username, role, unit, hidden)


async def add(request: web.Request) -> web.StreamResponse:
    """A new account with a one-time password."""
    visit, form = visit_of(request), await form_of(request)
    username, role, unit = (field_of(form, name, 200).strip() for name in ("username", "role", "unit"))
    password = new_password()
    visit.tell_trail(username=username, role=role, unit=unit)
    try:
        await visit.write(_add, username, role, unit or visit.member.unit_code, await hashed(visit, password))
    except KnowledgeBaseError as error:
        return await _page(visit, error=error, username=username, role=role, unit=unit)
    return await _page(visit, one_time=_OneTime(username, password))


def _reset(tx: Transaction, member: StaffMember, staff_id: int, hidden: str) -> str:
    return accounts.reset_password(tx, Keeper.of(member), staff_id, hidden)


async def reset(request: web.Request) -> web.StreamResponse:
    """A new one-time password for somebody."""
    visit, password = visit_of(request), new_password()
    username = await visit.write(_reset, id_of(request), await hashed(visit, password))
    return await _page(visit, one_time=_OneTime(username, password))


def _duties(tx: Transaction, member: StaffMember, staff_id: int, role: str, heads: bool, totp: bool) -> None:
    accounts.set_duties(tx, Keeper.of(member), staff_id, role=role, heads_unit=heads, needs_totp=totp)


async def duties(request: web.Request) -> web.StreamResponse:
    """What somebody may do, whether he heads the unit, whether he must show a code."""
    visit, form = visit_of(request), await form_of(request)
    role, heads, code = field_of(form, "role", 30), bool(form.get("heads_unit")), bool(form.get("needs_totp"))
    visit.tell_trail(role=role, heads_unit=heads, needs_totp=code)
    try:
        await visit.write(_duties, id_of(request), role, heads, code)
    except KnowledgeBaseError as error:
        return await _page(visit, error=error)
    raise visit.to("staff", "duties")


def _forget_totp(tx: Transaction, member: StaffMember, staff_id: int) -> None:
    accounts.forget_totp(tx, Keeper.of(member), staff_id)


async def forget_totp(request: web.Request) -> web.StreamResponse:
    """Somebody lost his telephone."""
    visit = visit_of(request)
    await visit.write(_forget_totp, id_of(request))
    raise visit.to("staff", "totp_forgotten")


def _disable(tx: Transaction, member: StaffMember, staff_id: int) -> None:
    accounts.disable_account(tx, Keeper.of(member), staff_id)


async def disable(request: web.Request) -> web.StreamResponse:
    """Nobody signs in with it any more."""
    visit = visit_of(request)
    await visit.write(_disable, id_of(request))
    raise visit.to("staff", "disabled")


def _enable(tx: Transaction, member: StaffMember, staff_id: int) -> None:
    accounts.enable_account(tx, Keeper.of(member), staff_id)


async def enable(request: web.Request) -> web.StreamResponse:
    """Undo that."""
    visit = visit_of(request)
    await visit.write(_enable, id_of(request))
    raise visit.to("staff", "enabled")
