"""Errors as pages: what happened, in words, and what to do next."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from info_page.face import once
from info_page.render import Page
from knowledge_base.errors import KnowledgeBaseError, NotFound, Unavailable

_LOG = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_TOLD = (400, 403, 404, 405, 410, 413, 429)
_NOT_FOUND = 404
_ELSEWHERE = ("/admin", "/chat", "/webhooks", "/healthz")
_SOON = {"Retry-After": "10"}


def _status_of(error: KnowledgeBaseError) -> int:
    if isinstance(error, NotFound):
        return _NOT_FOUND
    return 503 if isinstance(error, Unavailable) else 500


def _page(request: web.Request, status: int) -> web.Response:
    response = once(request, Page("error.html", "/", {"code": status}, status=status))
    if status in (429, 503):
        response.headers.update(_SOON)
    return response


@web.middleware
async def error_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors become pages, but for what is mounted beside this face: programs that talk there expect no page."""
    if request.path.startswith(_ELSEWHERE):
        return await handler(request)
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status not in _TOLD:
            raise
        response = _page(request, error.status)
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
        return response
    except KnowledgeBaseError as error:
        status = _status_of(error)
        if status != _NOT_FOUND:
            _LOG.warning("no page: %s", error)
        return _page(request, status)
    except Exception:  # noqa: BLE001 - whatever went wrong, the reader gets a page and the operator the trace
        _LOG.exception("page failed")
        return _page(request, 500)
