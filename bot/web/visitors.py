"""Who sends the plain form: the session in a cookie, and whether the form is ours."""

from urllib.parse import urlsplit

from aiohttp import web

from knowledge_base.settings import Settings

_THIRTY_DAYS = 30 * 24 * 3600  # an officer's answer takes days


def cookie_name(settings: Settings) -> str:
    """Browsers take a name with this prefix only over https, with `Secure`."""
    return "__Secure-chat_session" if settings.https else "chat_session"


def keep_session(response: web.StreamResponse, settings: Settings, session: str) -> None:
    """Remember the session for who has no JavaScript."""
    response.set_cookie(
        cookie_name(settings),
        session,
        max_age=_THIRTY_DAYS,
        path="/chat",
        secure=settings.https,
        httponly=True,
        samesite="Strict",
    )


def forget_session(response: web.StreamResponse, settings: Settings) -> None:
    """Begin anew."""
    response.del_cookie(cookie_name(settings), path="/chat", secure=settings.https, httponly=True, samesite="Strict")


def is_ours(request: web.Request, settings: Settings) -> bool:
    """Whether a form comes from our own page. Old browsers send neither header; their cookie is strict anyway."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    return origin == settings.site or urlsplit(origin).netloc == request.host
