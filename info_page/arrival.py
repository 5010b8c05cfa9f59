"""`/q/{token}`: who followed a poster's code is greeted by his hamlet's name, and asks with his commune preset."""

from aiohttp import web

from info_page.face import FACE, once
from info_page.render import Page
from knowledge_base import places
from knowledge_base.errors import NotFound
from knowledge_base.questions.place_token import read_token, start_parameter


async def show(request: web.Request) -> web.Response:
    """The page; counted once a visit."""
    face, token = request.app[FACE], read_token(request.match_info["token"])
    found = await face.database.write(places.arrive, token, "page") if token else None
    if found is None or token is None:
        raise NotFound("page")
    shows = {
        "label": found.label,
        "unit": found.unit,
        "start": start_parameter(token),
        "telegram": face.settings.telegram_bot_name,
        "zalo": face.settings.zalo_oa_id,
    }
    return once(request, Page("arrival.html", f"/q/{token}", shows))
