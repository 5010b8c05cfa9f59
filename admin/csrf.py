"""Forged forms: every change must come from our own page (Origin, Sec-Fetch-Site) and carry the session's token."""

import hmac
import secrets
from urllib.parse import urlsplit

from aiohttp import web

from admin.visit import Visit
from admin.wire import form_of
from knowledge_base.errors import Forbidden
from knowledge_base.settings import Settings

FIELD = "csrf"
HEADER = "X-CSRF-Token"


def same_origin(request: web.Request, settings: Settings) -> bool:
    """Whether the browser says that our own page sent this; what it doesn't say is left to the token."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc in {request.host, urlsplit(settings.site).netloc} - {""}


def _cookie_name(settings: Settings) -> str:
    return "__Host-sign-in" if settings.https else "sign-in"


def sign_in_token(visit: Visit, response_cookie: str = "") -> str:
    """The token of the sign-in form: the keyed hash of a cookie that only our page has set."""
    cookie = response_cookie or visit.request.cookies.get(_cookie_name(visit.console.settings), "")
    return visit.console.keys.session_hash(f"sign-in form\0{cookie}") if cookie else ""


def new_sign_in_cookie(visit: Visit) -> str:
    """The cookie's value: the browser's own if it has one (another tab may hold a form), else a fresh one."""
    return visit.request.cookies.get(_cookie_name(visit.console.settings), "") or secrets.token_urlsafe(24)


def set_sign_in_cookie(visit: Visit, response: web.StreamResponse, value: str) -> None:
    """Hand the browser what the sign-in form will be checked against."""
    settings = visit.console.settings
    response.set_cookie(
        _cookie_name(settings), value, path="/", httponly=True, samesite="Strict", secure=settings.https
    )


async def _given(visit: Visit) -> str:
    header = visit.request.headers.get(HEADER)
    if header is not None:
        return header
    value = (await form_of(visit.request)).get(FIELD, "")
    return value if isinstance(value, str) else ""


async def check(visit: Visit, *, signing_in: bool) -> None:
    """Refuse a form that isn't our own."""
    expected = sign_in_token(visit) if signing_in or visit.session is None else visit.session.csrf_token
    if not same_origin(visit.request, visit.console.settings) or not expected:
        raise Forbidden("forged_form")
    given = await _given(visit)
    if not hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode()):
        raise Forbidden("forged_form")
