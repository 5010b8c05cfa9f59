"""Accounts: adding, resetting, disabling. One-time passwords are shown once and never stored."""

from dataclasses import dataclass

from aiohttp import web

from admin.errors import explain, status_of
from admin.views.password import hashed
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of, id_of
from knowledge_base import accounts
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.passwords import new_password
from knowledge_base.storage import staff_store


@dataclass(frozen=True, slots=True)
class _OneTime:
    username: str
    password: str


async def _page(
    visit: Visit,
    *,
    error: KnowledgeBaseError | None = None,
    one_time: _OneTime | None = None,
    username: str = "",
    role: str = "officer",
) -> web.Response:
    return visit.page(
        "staff_list.html",
        status_of(error) if error else 200,
        members=await visit.read(staff_store.members),
        units=await visit.read(staff_store.units_by_code),
        roles=accounts.ROLES,
        one_time=one_time,
        username=username,
        role=role,
        problem=await explain(visit, error) if error else "",
    )


async def show(request: web.Request) -> web.Response:
    """All accounts."""
    return await _page(visit_of(request))


async def add(request: web.Request) -> web.StreamResponse:
    """A new account with a one-time password."""
    visit, form = visit_of(request), await form_of(request)
    username, role, unit = (field_of(form, name, 200).strip() for name in ("username", "role", "unit"))
    password = new_password()
    try:
        await visit.console.database.write(
            accounts.add_account, visit.member.username, username, role, unit or "0", await hashed(visit, password)
        )
    except KnowledgeBaseError as error:
        return await _page(visit, error=error, username=username, role=role)
    return await _page(visit, one_time=_OneTime(username, password))


async def reset(request: web.Request) -> web.StreamResponse:
    """A new one-time password for somebody."""
    visit, password = visit_of(request), new_password()
    hidden = await hashed(visit, password)
    username = await visit.console.database.write(
        accounts.reset_password, visit.member.username, id_of(request), hidden
    )
    return await _page(visit, one_time=_OneTime(username, password))


async def disable(request: web.Request) -> web.StreamResponse:
    """Nobody signs in with it any more."""
    visit = visit_of(request)
    await visit.console.database.write(accounts.disable_account, visit.member.username, id_of(request))
    raise visit.to("staff", "disabled")


async def enable(request: web.Request) -> web.StreamResponse:
    """Undo that."""
    visit = visit_of(request)
    await visit.console.database.write(accounts.enable_account, visit.member.username, id_of(request))
    raise visit.to("staff", "enabled")
