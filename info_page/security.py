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


async def set_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Set what isn't set already: a face that needs other headers sets its own first.

    A signal, not a middleware: it also reaches streams, redirects and errors that were raised.
    """
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
