"""`/hoi-dap/{slug}/y-kien`: whether an answer helped."""

from aiohttp import web

from info_page import browse, pages
from info_page.face import FACE, language_of
from info_page.forms import read_form
from info_page.render import link
from info_page.throttle import visitor
from knowledge_base.errors import NotFound
from knowledge_base.storage import feedback_store

_VERDICTS = {"co": "useful", "khong": "not_useful"}


async def vote(request: web.Request) -> web.Response:
    """Keep a reader's word on an entry (the last of an address and day), then show the page again with thanks."""
    face = request.app[FACE]
    revision = browse.by_slug(face.faq.snapshot.revisions.values(), request.match_info["slug"])
    if revision is None:
        raise NotFound("page")
    verdict = _VERDICTS.get((await read_form(request)).get("co-ich", ""))
    if verdict is None:
        raise web.HTTPBadRequest
    if not face.votes.allows(visitor(request), face.clock.now()):
        raise web.HTTPTooManyRequests
    address, today = visitor(request), face.faq.today()
    await face.database.write(feedback_store.vote, revision.key, revision.id, verdict, address, today)
    thanks = link(language_of(request), pages.ENTRY + revision.slug, **{"cam-on": 1})
    raise web.HTTPSeeOther(f"{thanks}#y-kien")
