"""Signing in and out."""

import asyncio
import json
import math
import re
from datetime import timedelta

from aiohttp import web
from cryptography.exceptions import InvalidTag

from admin import csrf, sessions
from admin.visit import Visit, home, visit_of
from admin.wire import field_of, form_of, words_of
from knowledge_base.accounts import begin_sign_in, use_totp
from knowledge_base.passwords import verify_or_refuse
from knowledge_base.storage import staff_store
from knowledge_base.storage.staff_store import StaffMember

_CODE_SECONDS = 300
_PATH = re.compile(r"/(?:[\w.~-]+/)*[\w.~-]*(?:\?[^\s\\#]*)?", re.ASCII)


def _home(visit: Visit, member: StaffMember) -> str:
    return visit.url(home(member))


def _wanted(visit: Visit, path: str) -> str:
    """The page to come back to: one of our own, or none."""
    own = visit.request.app.router["queue"].url_for().path
    return path if path.startswith(own) and _PATH.fullmatch(path) else ""


def _form(visit: Visit, status: int = 200, username: str = "", problem: str = "", path: str = "") -> web.Response:
    cookie = csrf.new_sign_in_cookie(visit)
    response = visit.page(
        "sign_in.html",
        status,
        token=csrf.sign_in_token(visit, cookie),
        username=username,
        problem=problem,
        next=path,
        unit=visit.console.settings.unit_name,
    )
    csrf.set_sign_in_cookie(visit, response, cookie)
    return response


async def show(request: web.Request) -> web.Response:
    """The sign-in form; who is signed in already goes to his work."""
    visit = visit_of(request)
    if visit.session is not None:
        raise web.HTTPSeeOther(_home(visit, visit.member))
    return _form(visit, path=_wanted(visit, words_of(request, "next", 500)))


async def verified(visit: Visit, stored: str | None, password: str) -> bool:
    """Whether a password is right (None: there is no such account); in a thread, because it is slow on purpose."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(visit.console.password_threads, verify_or_refuse, stored, password)


def _wait(visit: Visit, left: timedelta, username: str, path: str) -> web.Response:
    seconds = math.ceil(left.total_seconds())
    if seconds >= 2 * 60:
        how_long = visit.ngettext("%(n)s minute", "%(n)s minutes", math.ceil(seconds / 60))
    else:
        how_long = visit.ngettext("%(n)s second", "%(n)s seconds", seconds)
    problem = visit.gettext("Too many tries. Wait %(how_long)s, then try again.", how_long=how_long)
    response = _form(visit, 429, username, problem, path)
    response.headers["Retry-After"] = str(seconds)
    return response


async def enter(request: web.Request) -> web.StreamResponse:
    """Try a name and a password."""
    visit, form = visit_of(request), await form_of(request)
    username, password = field_of(form, "username", 200).strip(), form.get("password", "")
    path, subjects = _wanted(visit, field_of(form, "next", 500)), sessions.subjects(visit, username)
    left = await visit.console.database.write(begin_sign_in, subjects)
    if left:
        return _wait(visit, left, username, path)
    member = await visit.console.database.read(staff_store.member_by_username, username)
    right = await verified(
        visit, member.password_hash if member else None, password if isinstance(password, str) else ""
    )
    if member is None or member.disabled_at is not None or not right:
        return _form(visit, 401, username, visit.gettext("The name or the password is not right."), path)
    if member.sealed_totp is not None:
        return _code_form(visit, _half_way(visit, member), path)
    return await _in(visit, member, path, subjects)


async def _in(visit: Visit, member: StaffMember, path: str, subjects: dict[str, int]) -> web.StreamResponse:
    response = web.HTTPSeeOther(path or _home(visit, member))
    await sessions.start(visit, member, response, subjects)
    raise response


# --- the second step, where an account needs one --------------------------------------------------


def _half_way(visit: Visit, member: StaffMember) -> str:
    """Who has shown his password, sealed, for as long as typing a code takes. A new password ends it."""
    shown = [member.id, visit.console.clock.now().timestamp(), member.password_hash[-16:]]
    return visit.console.keys.seal(json.dumps(shown)).hex()


async def _shown(visit: Visit, sealed: str) -> StaffMember | None:
    try:
        staff_id, at, password = json.loads(visit.console.keys.unseal(bytes.fromhex(sealed)))
    except (ValueError, TypeError, InvalidTag):
        return None
    if visit.console.clock.now().timestamp() - at > _CODE_SECONDS:
        return None
    member = await visit.console.database.read(staff_store.member_by_id, staff_id)
    if member is None or member.disabled_at is not None or member.password_hash[-16:] != password:
        return None
    return member


def _code_form(visit: Visit, half: str, path: str, problem: str = "", status: int = 200) -> web.Response:
    cookie = csrf.new_sign_in_cookie(visit)
    token = csrf.sign_in_token(visit, cookie)
    response = visit.page("sign_in_code.html", status, token=token, half=half, next=path, problem=problem)
    csrf.set_sign_in_cookie(visit, response, cookie)
    return response


async def enter_code(request: web.Request) -> web.StreamResponse:
    """The code from the telephone, after the password."""
    visit, form = visit_of(request), await form_of(request)
    path, half = _wanted(visit, field_of(form, "next", 500)), field_of(form, "half", 2_000)
    member = await _shown(visit, half)
    if member is None:
        return _form(visit, 401, problem=visit.gettext("That took too long. Please sign in once more."), path=path)
    subjects = sessions.subjects(visit, member.username)
    left = await visit.console.database.write(begin_sign_in, subjects)
    if left:
        return _wait(visit, left, member.username, path)
    if not await visit.console.database.write(use_totp, member.id, field_of(form, "code", 20)):
        problem = visit.gettext("That code is not right, or was used before. Wait for the next one.")
        return _code_form(visit, half, path, problem, 401)
    return await _in(visit, member, path, subjects)


async def leave(request: web.Request) -> web.StreamResponse:
    """Sign out."""
    visit = visit_of(request)
    response = web.HTTPSeeOther(visit.url("sign_in", {"done": "signed_out"}))
    await sessions.end(visit, response)
    raise response
