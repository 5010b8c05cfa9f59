"""Headers that every response of the console carries."""

from aiohttp import web
from aiohttp.typedefs import Handler

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that don't know frame-ancestors
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
_A_YEAR = "public, max-age=31536000, immutable"


def stamp(response: web.StreamResponse) -> None:
    """Give a response that is sent in parts the headers before its first part."""
    response.headers.update(_HEADERS)
    response.headers["Cache-Control"] = "no-store"


@web.middleware
async def secure(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Add the headers; pages with residents' words are kept by no cache, styles and scripts by all."""
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        answer.headers.update(_HEADERS)
        answer.headers["Cache-Control"] = "no-store"
        raise
    if response.prepared:
        return response
    response.headers.update(_HEADERS)
    # Links to static files carry a hash of their content.
    versioned = response.status == web.HTTPOk.status_code and "v" in request.query and "/static/" in request.path
    response.headers["Cache-Control"] = _A_YEAR if versioned else "no-store"
    return response
