"""Drawn pages, kept as bytes until the FAQ or the day changes; and how bytes are sent."""

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from aiohttp import ETag, web

_MOST_PAGES = 2_000
ALWAYS_ASK = "no-cache"  # browsers keep the page, but ask each time whether it still holds
NEVER_KEEP = "no-store"


@dataclass(frozen=True, slots=True)
class Stored:
    """A drawn page."""

    body: bytes
    packed: bytes | None  # gzip; None where packing saves nothing
    etag: str
    content_type: str


def store(body: bytes, content_type: str = "text/html") -> Stored:
    """Bytes made ready to be sent many times."""
    digest = hashlib.sha256(body).hexdigest()[:24]
    return Stored(body, gzip.compress(body, 6, mtime=0), digest, content_type)


class PageCache:
    """The pages drawn last, by (address, language, light or not, publication number, day …)."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[object, ...], Stored] = OrderedDict()

    def get(self, key: tuple[object, ...]) -> Stored | None:
        """A page drawn before."""
        stored = self._pages.get(key)
        if stored is not None:
            self._pages.move_to_end(key)
        return stored

    def put(self, key: tuple[object, ...], stored: Stored) -> None:
        """Keep a page; the one unused for longest makes room."""
        self._pages[key] = stored
        if len(self._pages) > _MOST_PAGES:
            self._pages.popitem(last=False)


def send(
    request: web.Request, stored: Stored, cache_control: str = ALWAYS_ASK, vary: str = "Accept-Encoding"
) -> web.Response:
    """A page as a response: 304 when the browser has it, packed when it can unpack; `vary`: what else it hangs on."""
    headers = {"Cache-Control": cache_control, "Vary": vary}
    known = request.if_none_match or ()
    if any(tag.value in (stored.etag, "*") for tag in known):
        response = web.Response(status=304, headers=headers)
    elif stored.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        response = _response(stored.packed, stored.content_type, headers)
    else:
        response = _response(stored.body, stored.content_type, headers)
    # Weak: the packed and the plain form are the same page.
    response.etag = ETag(stored.etag, is_weak=True)
    return response


def _response(body: bytes, content_type: str, headers: dict[str, str]) -> web.Response:
    charset = None if content_type.startswith(("font/", "image/")) else "utf-8"
    return web.Response(body=body, content_type=content_type, charset=charset, headers=headers)
