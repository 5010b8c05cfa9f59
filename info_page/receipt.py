"""`/phieu/{token}.png`: a receipt as a picture, for who was shown its code."""

import asyncio

from aiohttp import web

from info_page.cache import NEVER_KEEP
from info_page.face import FACE
from info_page.throttle import visitor
from knowledge_base import receipts
from knowledge_base.errors import NotFound
from knowledge_base.paper.receipt_words import ReceiptWords


async def show(request: web.Request) -> web.Response:
    """The picture; the link is the right to see it."""
    face = request.app[FACE]
    if not face.pictures.allows(visitor(request), face.clock.now()):
        raise web.HTTPTooManyRequests
    words = await face.database.read(receipts.words_of, request.match_info["token"], face.settings)
    if words is None:
        raise NotFound("page")
    body = await asyncio.to_thread(_drawn, words)
    headers = {
        "Cache-Control": NEVER_KEEP,
        "Content-Disposition": f'inline; filename="phieu-{words.reference}.png"',
        "X-Robots-Tag": "noindex",
    }
    return web.Response(body=body, content_type="image/png", headers=headers)


def _drawn(words: ReceiptWords) -> bytes:
    from knowledge_base.paper.picture import picture  # noqa: PLC0415 - a start must not wait for a library it doesn't use

    return picture(words)
