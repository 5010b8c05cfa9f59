"""The one door: who is here, is the form our own, may he do this. A new route can't forget any of it."""

from aiohttp import web
from aiohttp.typedefs import Handler

from admin import csrf, sessions
from admin.policy import POLICY, Route
from admin.visit import Visit, visit_of
from admin.wire import wants_json
from knowledge_base.errors import Forbidden, InvalidInput
from knowledge_base.questions.lifecycle import STAFF
from knowledge_base.storage.staff_store import TOP

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def _route_of(request: web.Request) -> Route:
    resource = request.match_info.route.resource
    route = POLICY.get(resource.name or "") if resource else None
    if route is None:
        raise Forbidden("no_policy")
    return route


def _to_sign_in(visit: Visit) -> web.StreamResponse:
    """Nobody is signed in: ask, and come back; a form or a script is told in words."""
    request = visit.request
    if request.method not in _SAFE or wants_json(request):
        raise Forbidden("signed_out")
    raise web.HTTPSeeOther(visit.url("sign_in", {"next": request.path_qs}))


async def _check_form(visit: Visit, route: Route) -> None:
    """The form is our own; one that brings a file too large is told what may be brought."""
    try:
        await csrf.check(visit, signing_in=route.roles is None)
    except web.HTTPRequestEntityTooLarge as error:
        if not route.largest:
            raise
        raise InvalidInput("file_too_large", most=route.largest >> 20) from error


def _check_member(visit: Visit, route: Route) -> None:
    """First password, codes, role, unit: in this order."""
    if visit.member.must_change_password and not route.before_password:
        raise visit.to("password")
    if visit.member.needs_totp and visit.member.sealed_totp is None and not route.before_code:
        raise visit.to("totp")
    if visit.member.role not in (route.roles or ()):
        raise Forbidden("role_needed", role=str(visit.member.role))
    if route.at_the_top and visit.member.unit_path != TOP:
        raise Forbidden("top_unit_only")


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Session, origin and token of the form, first password, role: in this order, for every route."""
    if request.match_info.http_exception is not None:  # no such page, or not this way
        return await handler(request)
    resource = request.match_info.route.resource
    if resource is not None and resource.name == "static":
        return await handler(request)
    visit, route = visit_of(request), _route_of(request)
    await sessions.recognise(visit, passive=route.passive)
    if route.roles is not None and visit.session is None:
        return _to_sign_in(visit)
    if route.largest:
        visit.request = request = request.clone(client_max_size=route.largest)
    if request.method not in _SAFE:
        await _check_form(visit, route)
    if route.roles is not None:
        _check_member(visit, route)
        if visit.member.role in STAFF and not route.passive:  # may try an edit
            visit.console.trials.asked.want()
    return await handler(request)
