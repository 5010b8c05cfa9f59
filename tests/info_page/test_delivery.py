"""How pages travel: headers, caching, weight."""

import re
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from info_page.app import build_app
from info_page.security import HEADERS
from info_page.throttle import Throttle, visitor
from knowledge_base.storage import faq_store
from tests.info_page.small_faq import CARD, LINE_2026

BUDGET = 100 * 1024
CHAT_SCRIPT = 12 * 1024  # what is left for the script that brings the chat
ROUTES = ("/", f"/hoi-dap/{CARD}", "/tim?q=x", "/tra-cuu", "/robots.txt", "/sitemap.xml", "/khong-co", "/static/no.css")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE"])
async def test_headers_on_every_route_and_error(client: Any, route: str, method: str) -> None:
    response = await client.request(method, route)
    for name, value in HEADERS.items():
        assert response.headers[name] == value


async def test_headers_also_reach_what_is_mounted_and_keep_its_own(
    aiohttp_client: Any, database: Any, faq: Any, settings: Any, clock: Any
) -> None:
    async def own(_request: web.Request) -> web.Response:
        return web.Response(headers={"Content-Security-Policy": "default-src 'self'"})

    async def broken(_request: web.Request) -> web.Response:
        raise RuntimeError

    app = build_app(database, faq, settings, clock)
    beside = web.Application()
    beside.router.add_get("/own", own)
    app.add_subapp("/admin", beside)
    app.router.add_get("/webhooks/test", broken)
    client = await aiohttp_client(app)
    response = await client.get("/admin/own")
    assert response.headers["Content-Security-Policy"] == "default-src 'self'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    for route, status in (("/webhooks/test", 500), ("/admin/none", 404)):
        response = await client.get(route)
        assert response.status == status
        assert response.content_type == "text/plain"  # no page for programs
        assert response.headers["Referrer-Policy"] == "same-origin"


async def test_a_page_is_sent_once_until_the_faq_changes(client: Any, database: Any, faq: Any, clock: Any) -> None:
    first = await client.get(f"/hoi-dap/{CARD}")
    etag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "no-cache"
    again = await client.get(f"/hoi-dap/{CARD}", headers={"If-None-Match": etag})
    assert again.status == 304
    assert await again.read() == b""
    assert again.headers["ETag"] == etag
    assert (await client.get(f"/hoi-dap/{CARD}?lang=en", headers={"If-None-Match": etag})).status == 200
    live = faq.snapshot.revisions["T25"]
    await database.write(lambda tx: faq_store.set_revision(tx, live.id, confirmed_by="quan-tri-thu-nghiem"))
    await database.write(faq_store.record_publication, "quan-tri-thu-nghiem", "confirm", None)
    await faq.refresh()
    changed = await client.get(f"/hoi-dap/{CARD}", headers={"If-None-Match": etag})
    assert changed.status == 200
    assert "Bản thử nghiệm, chưa được" not in await changed.text()


async def test_packed_and_plain_are_the_same(client: Any) -> None:
    packed = await client.get("/", headers={"Accept-Encoding": "gzip"})
    plain = await client.get("/", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert await packed.read() == await plain.read()
    assert packed.headers["ETag"] == plain.headers["ETag"]


def _references(text: str) -> set[str]:
    found = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text))
    return found | set(re.findall(r"url\((/static/[^)]+)\)", text))


@pytest.mark.parametrize("page", ["/", f"/hoi-dap/{LINE_2026}"])
async def test_first_view_weighs_little_even_unpacked(client: Any, page: str) -> None:
    body = await (await client.get(page, headers={"Accept-Encoding": "identity"})).read()
    seen: dict[str, int] = {page: len(body)}
    waiting = _references(body.decode())
    while waiting:
        name = waiting.pop()
        response = await client.get(name, headers={"Accept-Encoding": "identity"})
        assert response.status == 200, name
        assert "immutable" in response.headers["Cache-Control"]
        content = await response.read()
        seen[name] = len(content)
        if ".css" in name:
            waiting |= _references(content.decode()) - set(seen)
    assert sum("woff2" in name for name in seen) == 4
    assert sum(seen.values()) + CHAT_SCRIPT <= BUDGET, seen


async def test_static_files_know_their_hash(client: Any) -> None:
    response = await client.get("/static/page.css?v=old")
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.content_type == "text/css"
    font = await client.get("/static/vendor/be-vietnam-pro/be-vietnam-pro-latin-400.woff2")
    assert font.content_type == "font/woff2"
    assert "Content-Encoding" not in font.headers
    for strange in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/vendor/be-vietnam-pro/LICENSE"):
        assert (await client.get(strange)).status == 404


def test_a_throttle_forgets_and_stays_small(clock: Any) -> None:
    throttle = Throttle(1, timedelta(minutes=1))
    assert throttle.allows("a", clock.now())
    assert not throttle.allows("a", clock.now())
    assert throttle.allows("b", clock.now())
    clock.advance(timedelta(minutes=1))
    assert throttle.allows("a", clock.now())
    for number in range(25_000):
        throttle.allows(str(number), clock.now())
    assert len(throttle._acts) <= 20_000


@pytest.mark.parametrize(
    ("remote", "known_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1:2", "2001:db8::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"),
    ],
)
def test_one_subscriber_is_one_visitor(remote: str, known_as: str) -> None:
    assert visitor(make_mocked_request("GET", "/").clone(remote=remote)) == known_as
