"""Who sends the plain form: the session in a cookie."""

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
