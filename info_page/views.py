"""The pages that are the same for everybody."""

import re
from datetime import date

from aiohttp import web

from info_page import pages
from info_page.cache import Stored, send, store
from info_page.face import FACE, kept, language_of
from info_page.render import Page
from info_page.words import Words
from knowledge_base.errors import NotFound
from knowledge_base.live_faq import FaqSnapshot
from knowledge_base.retention import retention
from knowledge_base.storage import faq_store

_SLUG = re.compile(r"[a-z0-9-]{1,160}")
_PAGE_NUMBER = re.compile(r"[1-9]\d{0,4}")
_YEAR = "public, max-age=31536000, immutable"


async def home(request: web.Request) -> web.Response:
    """`/`."""
    face = request.app[FACE]
    counts = await face.popular.counts(face.clock.now())
    variant = tuple(sorted(counts.items()))
    return kept(request, lambda faq, day: pages.home(faq, day, counts), variant)


async def topic(request: web.Request) -> web.Response:
    """`/chu-de/{slug}`, paged by `?trang=`."""
    slug, number = request.match_info["slug"], _page_number(request)
    return kept(request, lambda faq, day: pages.topic(faq, day, slug, number), number)


async def changes(request: web.Request) -> web.Response:
    """`/sap-thay-doi`, paged by `?trang=`."""
    number = _page_number(request)
    return kept(request, lambda faq, day: pages.changes(faq, day, number), number)


async def entry(request: web.Request) -> web.Response:
    """`/hoi-dap/{slug}`; 410 for an entry that was taken off the page."""
    slug = request.match_info["slug"]
    thanks = request.query.get("cam-on") == "1"

    def build(faq: FaqSnapshot, day: date) -> Page | None:
        page = pages.entry(faq, day, slug, language_of(request))
        return pages.thanked(page) if page and thanks else page

    try:
        return kept(request, build, thanks)
    except NotFound:
        if await _was_withdrawn(request, slug):
            raise web.HTTPGone from None
        raise


async def loud(request: web.Request) -> web.Response:
    """`/hoi-dap/{slug}/doc-loa`: the text for the announcer at the loudspeaker."""
    settings = request.app[FACE].settings
    unit = (settings.unit_name, settings.unit_contact, settings.unit_hours)
    return kept(request, lambda faq, day: pages.loud(faq, day, request.match_info["slug"], unit))


async def _was_withdrawn(request: web.Request, slug: str) -> bool:
    if not _SLUG.fullmatch(slug):
        return False
    return await request.app[FACE].database.read(faq_store.was_withdrawn, slug)


def _page_number(request: web.Request) -> int:
    wanted = request.query.get("trang", "1")
    if not _PAGE_NUMBER.fullmatch(wanted):
        raise NotFound("page")
    return int(wanted)


async def new_answers(request: web.Request) -> web.Response:
    """`/hoi-dap-moi`, paged by `?trang=`."""
    number = _page_number(request)
    return kept(request, lambda faq, day: pages.new_answers(faq, day, number), number)


async def about(request: web.Request) -> web.Response:
    """`/gioi-thieu`."""
    return kept(request, lambda _faq, _day: pages.about())


async def privacy(request: web.Request) -> web.Response:
    """`/rieng-tu`."""
    settings = request.app[FACE].settings
    words = Words(language_of(request))
    return kept(request, lambda _faq, _day: pages.privacy(retention(settings), words.gettext))


async def sitemap(request: web.Request) -> web.Response:
    """`/sitemap.xml`."""
    return kept(request, pages.sitemap)


async def feed(request: web.Request) -> web.Response:
    """`/hoi-dap.atom`."""
    return kept(request, pages.feed)


async def robots(request: web.Request) -> web.Response:
    """`/robots.txt`: everything but the console, the chat's interface and readers' own searches."""
    site = request.app[FACE].settings.site
    paths = ("/admin", "/chat", "/webhooks", "/tim", "/tra-cuu", "/du-lieu", "/q/", "/phieu/")
    closed = "".join(f"Disallow: {path}\n" for path in paths)
    return send(request, store(f"User-agent: *\n{closed}Sitemap: {site}/sitemap.xml\n".encode(), "text/plain"))


async def static(request: web.Request) -> web.Response:
    """`/static/{name}`: kept for a year when asked for by its present hash."""
    file = request.app[FACE].static.files.get(request.match_info["name"])
    if file is None:
        raise NotFound("page")
    stored = Stored(file.body, file.packed, file.digest, file.content_type)
    lasting = request.query.get("v") == file.digest
    return send(request, stored, _YEAR if lasting else "no-cache")
