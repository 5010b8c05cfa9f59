"""`/du-lieu`: a resident's copy of his data, by the number he was given in the chat; it opens once."""

import base64
import json

from aiohttp import web

from info_page.face import FACE, once
from info_page.forms import read_form
from info_page.render import Page
from info_page.throttle import visitor
from knowledge_base.own_data import as_values
from knowledge_base.storage import copy_store

PATH = "/du-lieu"
_LONGEST_CODE = 40


async def form(request: web.Request) -> web.Response:
    """The form. Opening it uses nothing up: messengers look at links before people do."""
    return once(request, _page())


async def show(request: web.Request) -> web.Response:
    """The copy, on this page and as a file in it. A POST, so that the number stands in no address."""
    face = request.app[FACE]
    typed = (await read_form(request)).get("so", "").strip()[:_LONGEST_CODE]
    if not face.copies.allows(visitor(request), face.clock.now()):
        return once(request, _page(fault="too_often", status=429))
    kept = await face.database.write(copy_store.use_code, typed)
    if kept is None:
        return once(request, _page(fault="refused"))
    values = as_values(kept)
    packed = base64.b64encode(json.dumps(values, ensure_ascii=False, indent=1).encode()).decode()
    return once(request, _page(copy=values, file=f"data:application/json;base64,{packed}"))


def _page(status: int = 200, **shows: object) -> Page:
    return Page("own_data.html", PATH, {"copy": None, "file": "", "fault": None, **shows}, status=status)
