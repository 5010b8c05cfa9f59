"""The one door: every route has a policy, every change a token from our own page; nobody slips past."""

import re
from io import BytesIO

import pytest
from aiohttp import web

from admin.policy import POLICY, ROUTES, Route
from knowledge_base.questions.lifecycle import Role
from tests.admin.conftest import PEOPLE, Desk, MakeDesk

BY_ROLE = {
    Role.OFFICER: "can-bo",
    Role.EDITOR: "bien-tap",
    Role.ADMINISTRATOR: "quan-tri",
    Role.AUDITOR: "kiem-soat",
    Role.COLLABORATOR: "cong-tac",
}
CHANGES = [route for route in ROUTES if route.method != "GET"]


def _path(route: Route) -> str:
    """An address of the route; what it names need not exist."""
    return "/admin" + re.sub(r"\{\w+(:(?:[^{}]|\{[^{}]*\})*)?\}", "99", route.path)


def test_every_route_of_the_application_has_a_policy(desk: Desk) -> None:
    names = {resource.name for resource in desk.console.router.resources()}
    assert names == set(POLICY) | {"static"}


def test_only_signing_in_is_open_to_all() -> None:
    assert {route.name for route in ROUTES if route.roles is None} == {"sign_in", "sign_in_try", "sign_in_code"}


def test_no_route_changes_anything_by_get() -> None:
    assert {route.method for route in ROUTES} == {"GET", "POST"}


async def test_a_route_without_a_policy_is_refused(make_desk: MakeDesk) -> None:
    async def forgotten(_request: web.Request) -> web.Response:
        return web.Response(text="secret")

    desk = await make_desk(forgotten=forgotten)
    for browser in (desk.browser(), *(desk.signed_in(name) for name in BY_ROLE.values())):
        for path in ("/admin/forgotten", "/admin/nameless"):
            page = await browser.get(path)
            assert page.status == 403
            assert "secret" not in page.text


@pytest.mark.parametrize("role", BY_ROLE)
async def test_who_may_do_what(desk: Desk, role: Role) -> None:
    """Every route by every role: exactly the forbidden ones are 403 in words."""
    username = BY_ROLE[role]
    for route in ROUTES:
        if route.roles is None:
            continue
        browser = desk.signed_in(username)
        page = await browser.request(route.method, _path(route), headers={"X-CSRF-Token": browser.csrf})
        assert (page.status == 403) is (role not in route.roles), (route.name, page.status)
        assert page.status < 500 or route.name == "media", route.name
        if page.status == 403:
            assert "không được làm việc này" in page.said


@pytest.mark.parametrize("cookies", [{}, {"staff": "a-token-that-nobody-has"}])
async def test_nobody_signed_in_gets_nowhere(desk: Desk, cookies: dict[str, str]) -> None:
    for route in ROUTES:
        if route.roles is None:
            continue
        browser = desk.browser()
        browser.cookies = dict(cookies)
        page = await browser.request(route.method, _path(route))
        if route.method == "GET":
            assert page.to.startswith("/admin/sign-in"), route.name
        else:
            assert page.status == 403, route.name


FORGERIES = {
    "no token": ({}, ""),
    "wrong token": ({}, "csrf-somebody-else"),
    "another site": ({"Origin": "https://evil.example"}, "right"),
    "no origin told": ({"Origin": "null"}, "right"),
    "cross-site": ({"Sec-Fetch-Site": "cross-site"}, "right"),
    "sibling site": ({"Sec-Fetch-Site": "same-site"}, "right"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_forged_forms_change_nothing(desk: Desk, forgery: str) -> None:
    """Every route that changes anything, as a form and as JSON."""
    headers, token = FORGERIES[forgery]
    for route in CHANGES:
        username = BY_ROLE[min(route.roles or {Role.OFFICER}, key=list(Role).index)]
        browser = desk.browser() if route.roles is None else desk.signed_in(username)
        right = (await browser.get("/admin/sign-in")).csrf if route.roles is None else browser.csrf
        browser.csrf = right if token == "right" else token
        page = await browser.post(_path(route), headers=headers)
        assert page.status == 403, route.name
        assert "Chưa có gì thay đổi" in page.said
        json = await browser.request("POST", _path(route), headers={**headers, "X-CSRF-Token": browser.csrf}, json={})
        assert json.status == 403, route.name


async def test_our_own_origin_is_welcome(desk: Desk) -> None:
    browser, question = desk.signed_in("can-bo"), desk.ask()
    own = f"http://{desk.client.host}:{desk.client.port}"
    page = await browser.post(
        f"/admin/questions/{question.id}/claim", headers={"Origin": own, "Sec-Fetch-Site": "same-origin"}
    )
    assert page.status == 303


async def test_somebody_elses_token_is_not_ours(desk: Desk) -> None:
    browser, question = desk.signed_in("can-bo"), desk.ask()
    browser.csrf = desk.signed_in("can-bo-2").csrf
    assert (await browser.post(f"/admin/questions/{question.id}/claim")).status == 403


async def test_a_refused_form_gives_back_what_was_typed(desk: Desk) -> None:
    question = desk.claimed("can-bo")
    nobody = desk.browser()
    typed = {"short_answer": "Chữ rất quý <b>đã gõ</b>"}
    page = await nobody.post(f"/admin/questions/{question.id}/answer", typed)
    assert page.status == 403
    assert "Chữ rất quý &lt;b&gt;đã gõ&lt;/b&gt;" in page.text
    foreign = await nobody.post(
        f"/admin/questions/{question.id}/answer", typed, headers={"Origin": "https://evil.example"}
    )
    assert "Chữ rất quý" not in foreign.text


async def test_headers_are_on_every_answer(desk: Desk) -> None:
    browser = desk.signed_in("can-bo")
    for path, status in (("/admin/", 200), ("/admin/nowhere", 404), ("/admin/staff", 403), ("/admin/questions/9", 404)):
        page = await browser.get(path)
        assert page.status == status
        assert "default-src 'none'" in page.response.headers["Content-Security-Policy"]
        assert "unsafe" not in page.response.headers["Content-Security-Policy"]
        assert page.response.headers["X-Content-Type-Options"] == "nosniff"
        assert page.response.headers["Cache-Control"] == "no-store"
    redirect = await desk.browser().get("/admin/")
    assert redirect.response.headers["X-Frame-Options"] == "DENY"


async def test_static_files_may_be_kept_forever(desk: Desk) -> None:
    page = await desk.browser().get("/admin/sign-in")
    address = re.search(r'href="(/admin/static/console\.css\?v=[^"]+)"', page.text)
    assert address
    style = await desk.browser().get(address.group(1))
    assert style.status == 200
    assert "immutable" in style.response.headers["Cache-Control"]
    assert (await desk.browser().get("/admin/static/../app.py")).status in (403, 404)


async def test_people_and_roles_of_the_tests_are_all_roles() -> None:
    assert set(PEOPLE.values()) == set(Role) - {Role.BOT, Role.CLOCK, Role.RESIDENT}


async def test_garbage_is_met_in_words(desk: Desk) -> None:
    browser = desk.signed_in("can-bo")
    question = desk.claimed("can-bo")
    path = f"/admin/questions/{question.id}/draft"
    headers = {"Content-Type": "application/json", "X-CSRF-Token": browser.csrf}
    for body in (b"\xff\xfe", b"[]", b"{", b"[" * 100_000):
        page = await browser.request("POST", path, data=body, headers=headers)
        assert page.status == 400
    page = await browser.request("POST", path, data=BytesIO(b"x" * 2_000_000), headers=headers)
    assert page.status == 413
    for path in ("/admin/?page=99999999999999&tab=nothing", "/admin/faq?page=-1", "/admin/?q=%00%ff%ed%a0%80"):
        assert (await browser.get(path)).status == 200
    assert (await browser.get("/admin/questions/999999999999999")).status == 404
