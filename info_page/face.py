"""What the handlers of the info page share, and how they answer."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from aiohttp import web

from info_page.cache import NEVER_KEEP, PageCache, send, store
from info_page.render import Page, Renderer
from info_page.static_files import StaticFiles
from info_page.throttle import Throttle
from knowledge_base.clock import Clock
from knowledge_base.errors import KnowledgeBaseError, NotFound, Unavailable
from knowledge_base.live_faq import FaqSnapshot, LiveFaq
from knowledge_base.settings import Settings
from knowledge_base.storage import question_store
from knowledge_base.storage.database import Database
from translations.reader import KEPT_SECONDS, VARY, Reader, reader_of

_RECENT = timedelta(days=90)
_COUNTED_ANEW = timedelta(minutes=10)
_XML = {"sitemap.xml": "application/xml", "feed.xml": "application/atom+xml"}


class Popular:
    """How often each entry was asked lately; counted anew every ten minutes at most."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts: Mapping[str, int] = {}
        self._counted_at: datetime | None = None

    async def counts(self, now: datetime) -> Mapping[str, int]:
        """Questions by entry; the former counts while the store can't be read."""
        if self._counted_at is None or not timedelta() <= now - self._counted_at < _COUNTED_ANEW:
            self._counted_at = now
            try:
                self._counts = await self._database.read(question_store.counts_by_entry, now - _RECENT)
            except KnowledgeBaseError:
                return self._counts
        return self._counts


@dataclass(frozen=True, slots=True)
class Face:
    """The parts a handler works with."""

    database: Database
    faq: LiveFaq
    settings: Settings
    clock: Clock
    renderer: Renderer
    static: StaticFiles
    popular: Popular
    pages: PageCache = field(default_factory=PageCache)
    lookups: Throttle = field(default_factory=lambda: Throttle(20, timedelta(minutes=10)))
    copies: Throttle = field(default_factory=lambda: Throttle(10, timedelta(minutes=10)))
    # Of secret numbers on slips, by code: eight digits hold for lifetimes at that.
    numbers: Throttle = field(default_factory=lambda: Throttle(10, timedelta(hours=1)))
    pictures: Throttle = field(default_factory=lambda: Throttle(30, timedelta(minutes=10)))
    votes: Throttle = field(default_factory=lambda: Throttle(30, timedelta(minutes=10)))


FACE = web.AppKey("info_page", Face)
Build = Callable[[FaqSnapshot, date], Page | None]


def reader(request: web.Request) -> Reader:
    """How the reader wants pages."""
    return reader_of(request.query, request.cookies, request.headers)


def language_of(request: web.Request) -> str:
    """The reader's language."""
    return reader(request).language


def drawn(face: Face, page: Page, to: Reader, faq: FaqSnapshot | None) -> bytes:
    """A page as bytes."""
    translated = faq.translations.get(to.language, {}) if faq else {}
    return face.renderer.render(page, to.language, face.faq.today(), light=to.light, translated=translated)


def kept(request: web.Request, build: Build, *variant: object) -> web.Response:
    """A page that is the same for everybody, from memory where it was drawn before.

    Raises:
        NotFound: there is no such page; the caller may know more about why.
    """
    face, to = request.app[FACE], reader(request)
    faq, day = face.faq.snapshot, face.faq.today()
    key = (request.path, to.language, to.light, faq.number, day, *variant)
    stored = face.pages.get(key)
    if stored is None:
        page = build(faq, day)
        if page is None:
            raise NotFound("page")
        stored = store(drawn(face, page, to, faq), _XML.get(page.template, "text/html"))
        face.pages.put(key, stored)
    response = send(request, stored, vary=VARY)
    keep_choices(response, face.settings, to)
    return response


def once(request: web.Request, page: Page) -> web.Response:
    """A page for this reader only: kept nowhere."""
    face, to = request.app[FACE], reader(request)
    body, headers = drawn(face, page, to, _loaded(face)), {"Cache-Control": NEVER_KEEP}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        body, headers["Content-Encoding"] = gzip.compress(body, 6, mtime=0), "gzip"
    response = web.Response(body=body, status=page.status, content_type="text/html", charset="utf-8", headers=headers)
    keep_choices(response, face.settings, to)
    return response


def _loaded(face: Face) -> FaqSnapshot | None:
    """The FAQ, unless the page says that it isn't there yet."""
    try:
        return face.faq.snapshot
    except Unavailable:
        return None


def keep_choices(response: web.Response, settings: Settings, to: Reader) -> None:
    """Remember what was chosen by this very address; such an answer is for nobody else."""
    for name, value in to.keeps:
        response.set_cookie(
            name, value, max_age=KEPT_SECONDS, path="/", secure=settings.https, httponly=True, samesite="Lax"
        )
        if response.headers.get("Cache-Control") != NEVER_KEEP:
            response.headers["Cache-Control"] = "private, no-cache"
