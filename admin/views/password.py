"""One's own password."""

import asyncio

from aiohttp import web

from admin import sessions
from admin.errors import explain, status_of
from admin.views.sign_in import verified
from admin.visit import Visit, home, visit_of
from admin.wire import form_of
from knowledge_base.accounts import change_own_password
from knowledge_base.errors import InvalidInput
from knowledge_base.passwords import check_password, hash_password


async def hashed(visit: Visit, password: str) -> str:
    """What is stored of a password; made in a thread."""
    return await asyncio.get_running_loop().run_in_executor(visit.console.password_threads, hash_password, password)


async def show(request: web.Request) -> web.Response:
    """The form."""
    return visit_of(request).page("password_change.html", problem="")


async def _check(visit: Visit, present: str, new: str, again: str) -> None:
    if not await verified(visit, visit.member.password_hash, present):
        raise InvalidInput("password_wrong", field="present")
    check_password(visit.member.username, new)
    if new != again:
        raise InvalidInput("password_differs", field="again")
    if new == present:
        raise InvalidInput("password_same", field="password")


async def change(request: web.Request) -> web.StreamResponse:
    """Change it; a new session begins, all others end."""
    visit, form = visit_of(request), await form_of(request)
    present, new, again = (str(form.get(name, "")) for name in ("present", "password", "again"))
    try:
        await _check(visit, present, new, again)
    except InvalidInput as error:
        return visit.page("password_change.html", status_of(error), problem=await explain(visit, error))
    await visit.write(change_own_password, await hashed(visit, new))
    response = web.HTTPSeeOther(visit.url(home(visit.member), {"done": "password"}))
    await sessions.start(visit, visit.member, response, {})
    raise response
