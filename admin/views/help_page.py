"""Help: the keys, the words, who may do what."""

from aiohttp import web

from admin.visit import visit_of


async def show(request: web.Request) -> web.Response:
    """The help page."""
    return visit_of(request).page("help.html")
