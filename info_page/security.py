"""Headers that every response carries, of this face and of those mounted beside it."""

from aiohttp import web

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "frame-src 'self'"  # the chat's panel is a frame of our own
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


_EVERYWHERE = ("X-Content-Type-Options",)
_NOTHING_SHOWN = (204, 304)  # the browser has the page already, with its headers, or there is none


async def set_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Set what isn't set already: a face that needs other headers sets its own first.

    What no browser shows as a page (JSON, an empty answer) needs no more than its type held to: on a slow connection
    a chat that waits is hundreds of such answers.

    A signal, not a middleware: it also reaches streams, redirects and errors that were raised.
    """
    shown = response.status not in _NOTHING_SHOWN and response.content_type != "application/json"
    for name in HEADERS if shown else _EVERYWHERE:
        response.headers.setdefault(name, HEADERS[name])
    response.headers.pop("Server", None)  # which versions we run is nobody's business, and it costs bytes
