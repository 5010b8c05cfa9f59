"""The public info page as an application; it is the root, the other faces are mounted beside it."""

from aiohttp import web

from info_page import arrival, feedback, lookup, own_data, pages, receipt, search, views
from info_page.errors import error_pages
from info_page.face import FACE, Face, Popular
from info_page.render import Renderer
from info_page.security import set_headers
from info_page.static_files import PREFIX, StaticFiles
from knowledge_base import receipts
from knowledge_base.clock import Clock
from knowledge_base.live_faq import LiveFaq
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database


def build_app(database: Database, faq: LiveFaq, settings: Settings, clock: Clock) -> web.Application:
    """Everything the public reads."""
    static = StaticFiles()
    renderer = Renderer(settings, static)
    face = Face(database, faq, settings, clock, renderer, static, Popular(database))
    app = web.Application(middlewares=[error_pages])
    app[FACE] = face
    app.on_response_prepare.append(set_headers)
    app.router.add_routes(_ROUTES)
    return app


_ROUTES = [
    web.get("/", views.home),
    web.get("/chu-de/{slug}", views.topic),
    web.get("/hoi-dap/{slug}", views.entry),
    web.get("/hoi-dap/{slug}/doc-loa", views.loud),
    web.post("/hoi-dap/{slug}/y-kien", feedback.vote),
    web.get("/hoi-dap-moi", views.new_answers),
    web.get(pages.CHANGES, views.changes),
    web.get("/hoi-dap.atom", views.feed),
    web.get("/tim", search.search),
    web.get("/tra-cuu", lookup.form),
    web.post("/tra-cuu", lookup.look_up),
    web.get(receipts.PATH + "{token:[A-Za-z0-9_-]{40,200}}.png", receipt.show),
    web.get("/q/{token}", arrival.show),
    web.get("/gioi-thieu", views.about),
    web.get("/rieng-tu", views.privacy),
    web.get(own_data.PATH, own_data.form),
    web.post(own_data.PATH, own_data.show),
    web.get("/sitemap.xml", views.sitemap),
    web.get("/robots.txt", views.robots),
    web.get(PREFIX + "{name:.+}", views.static),
]
