"""Reading what a form sends, without trusting it."""

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

LARGEST = 8_192


def _refuse_foreign(request: web.Request) -> None:
    """Other sites may link to our pages, but not press their buttons."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise web.HTTPForbidden


async def read_form(request: web.Request) -> dict[str, str]:
    """The text fields of a small form; files are left out."""
    _refuse_foreign(request)
    if (request.content_length or 0) > LARGEST:
        raise web.HTTPRequestEntityTooLarge(max_size=LARGEST, actual_size=request.content_length or 0)
    try:
        fields = await request.post()
    except (ValueError, LookupError, AssertionError, HttpProcessingError) as error:  # not what it says it is
        raise web.HTTPBadRequest from error
    return {name: value for name, value in fields.items() if isinstance(value, str)}
