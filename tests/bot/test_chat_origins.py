"""Whose pages may show the web chat in a frame, and whose scripts may use its API."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from bot.channels.origins import API
from bot.channels.web_chat import WebChat
from bot.web.pages import add_routes
from info_page.app import build_app
from knowledge_base.settings import Settings, SettingsError, read_settings

PORTAL = "https://portal.example"
STRANGER = "https://stranger.example"
POSTED = {"text": "chào bạn"}


@pytest.fixture
async def serve(aiohttp_client, inbox, database, faq, settings: Settings, clock):
    async def serve(*allowed: str, inside_info_page: bool = False) -> TestClient:
        ours = settings.model_copy(update={"chat_allowed_origins": allowed})
        channel = WebChat(inbox, database, faq, ours, clock)
        app = build_app(database, faq, ours, clock) if inside_info_page else web.Application()
        channel.add_routes(app)
        add_routes(app, channel, ours)
        return await aiohttp_client(app)

    return serve


async def ancestors(client: TestClient, path: str) -> str:
    policy = (await client.get(path)).headers["Content-Security-Policy"]
    return next(part.strip() for part in policy.split(";") if part.strip().startswith("frame-ancestors"))


async def test_only_our_own_pages_frame_it_by_default(serve) -> None:
    client = await serve()
    for path in ("/chat", "/chat?embed=1"):
        assert await ancestors(client, path) == "frame-ancestors 'self'"


async def test_named_portals_may_frame_it(serve) -> None:
    client = await serve(PORTAL, "http://127.0.0.1:9000")
    assert await ancestors(client, "/chat?embed=1") == f"frame-ancestors 'self' {PORTAL} http://127.0.0.1:9000"
    assert await ancestors(await serve("*"), "/chat?embed=1") == "frame-ancestors 'self' *"


async def test_no_other_page_of_ours_can_be_framed(serve) -> None:
    client = await serve("*", inside_info_page=True)
    for path in ("/", "/tra-cuu", "/gioi-thieu", "/nothing-here"):
        assert await ancestors(client, path) == "frame-ancestors 'none'"


async def test_a_named_portals_script_may_use_the_api(serve) -> None:
    client = await serve(PORTAL)
    asked = {"Origin": PORTAL, "Access-Control-Request-Method": "POST"}
    for path in API:
        before = await client.options(path, headers=asked)
        assert before.status == 204
        assert before.headers["Access-Control-Allow-Origin"] == PORTAL
        assert "X-Chat-Session" in before.headers["Access-Control-Allow-Headers"]
    headers = {"Origin": PORTAL, "Sec-Fetch-Site": "cross-site"}
    said = await client.post("/chat/messages", json=POSTED, headers=headers)
    assert said.status == 200
    session = {**headers, "X-Chat-Session": (await said.json())["session"]}
    answers = [said, await client.post("/chat/session", headers=headers)]
    answers += [await client.get(path, headers=session) for path in ("/chat/messages?after=0", "/chat/history")]
    answers.append(await client.get("/chat/history", headers={**session, "X-Chat-Session": "made up"}))
    assert [answer.status for answer in answers] == [200, 200, 200, 200, 404]
    for answer in answers:
        assert answer.headers["Access-Control-Allow-Origin"] == PORTAL
        assert answer.headers["Access-Control-Expose-Headers"] == "Retry-After"
        assert "Origin" in answer.headers.getall("Vary")
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("allowed", [(), (PORTAL,)], ids=["nobody", "another"])
@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
async def test_an_origin_that_is_not_named_is_refused(serve, allowed: tuple[str, ...], site: str | None) -> None:
    client = await serve(*allowed)
    headers = {"Origin": STRANGER} | ({"Sec-Fetch-Site": site} if site else {})
    for path in API:
        before = await client.options(path, headers={**headers, "Access-Control-Request-Method": "POST"})
        assert before.status == 403
        assert "Access-Control-Allow-Origin" not in before.headers
    answers = [await client.post(path, json=POSTED, headers=headers) for path in ("/chat/messages", "/chat/session")]
    answers.append(await client.get("/chat/messages?after=0", headers={**headers, "X-Chat-Session": "x"}))
    answers.append(await client.post("/chat/return", json={"reference": "K7MP-42QX", "code": "1"}, headers=headers))
    answers.append(await client.post("/chat/return-code", headers={**headers, "X-Chat-Session": "x"}))
    for answer in answers:
        assert answer.status == 403
        assert (await answer.json())["error"]["code"] == "not_ours"
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Origin" in answer.headers.getall("Vary")


async def test_with_a_star_every_script_may(serve) -> None:
    client = await serve("*")
    said = await client.post("/chat/messages", json=POSTED, headers={"Origin": STRANGER})
    assert (said.status, said.headers["Access-Control-Allow-Origin"]) == (200, "*")


async def test_the_cookie_never_counts_for_another_sites_script(serve) -> None:
    client = await serve(PORTAL)
    await client.post("/chat", data=POSTED)
    (cookie,) = client.session.cookie_jar
    ours = (await (await client.post("/chat/session")).json())["session"]
    assert ours == cookie.value
    headers = {"Origin": PORTAL, "Sec-Fetch-Site": "same-site"}  # where browsers might send it after all
    theirs = await client.post("/chat/session?again=1", headers=headers)
    assert (await theirs.json())["session"] != ours
    assert "Set-Cookie" not in theirs.headers
    theirs = await client.post("/chat/session", headers=headers)
    assert (await theirs.json())["session"] != ours
    form = await client.post("/chat", data=POSTED, headers={"Origin": PORTAL}, allow_redirects=False)
    assert form.status == 403


def test_origins_are_read_as_browsers_write_them() -> None:
    read = read_settings({"CHAT_ALLOWED_ORIGINS": " https://Portal.Example/ , http://[::1]:8000"})
    assert read.chat_allowed_origins == ("https://portal.example", "http://[::1]:8000")
    assert read_settings({"CHAT_ALLOWED_ORIGINS": "*"}).chat_allowed_origins == ("*",)
    for wrong in ("portal.example", "https://portal.example/page", "*,https://a.example", "https://a b", "https://a;b"):
        with pytest.raises(SettingsError, match="CHAT_ALLOWED_ORIGINS: expected origins"):
            read_settings({"CHAT_ALLOWED_ORIGINS": wrong})
