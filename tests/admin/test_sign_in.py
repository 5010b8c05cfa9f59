"""Signing in: right, wrong, throttled, disabled, first password; cookies; ends of a session."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from knowledge_base import passwords
from knowledge_base.accounts import Keeper, change_own_password, disable_account, wait_after
from knowledge_base.errors import InvalidInput
from knowledge_base.passwords import check_password, hash_password, new_password
from knowledge_base.storage import staff_store
from tests.admin.conftest import PASSWORD, Desk, MakeDesk


async def test_the_right_password_opens_the_queue(desk: Desk) -> None:
    browser = desk.browser()
    page = await browser.sign_in("can-bo")
    assert (page.status, page.to) == (303, "/admin/")
    assert (await browser.get("/admin/")).status == 200


async def test_administrators_land_on_the_status_page(desk: Desk) -> None:
    assert (await desk.browser().sign_in("quan-tri")).to == "/admin/status"


async def test_a_wrong_password_and_an_unknown_name_look_the_same(desk: Desk) -> None:
    wrong = await desk.browser().sign_in("can-bo", "sai hoàn toàn rồi")
    unknown = await desk.browser().sign_in("khong-co-ai", "sai hoàn toàn rồi")
    assert wrong.status == unknown.status == 401
    assert "Tên hoặc mật khẩu không đúng." in wrong.said
    assert wrong.said.replace("can-bo", "") == unknown.said.replace("khong-co-ai", "")


async def test_unknown_names_are_hashed_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(passwords, "verify_password", lambda stored, _password: seen.append(stored) or False)
    await desk.browser().sign_in("khong-co-ai", "mật khẩu nào đó")
    assert len(seen) == 1
    assert seen[0].startswith("$argon2id$")


async def test_waits_grow_and_end(desk: Desk, clock: Any) -> None:
    browser = desk.browser()
    for _ in range(5):
        assert (await browser.sign_in("can-bo", "sai hoàn toàn rồi")).status == 401
    page = await browser.sign_in("can-bo")
    assert page.status == 429
    assert page.response.headers["Retry-After"] == "30"
    assert "Hãy đợi 30 giây" in page.said
    clock.advance(timedelta(seconds=31))
    assert (await browser.sign_in("can-bo", "lại sai nữa rồi")).status == 401
    assert (await browser.sign_in("can-bo")).response.headers["Retry-After"] == "60"
    clock.advance(timedelta(seconds=61))
    assert (await browser.sign_in("can-bo")).status == 303
    assert (await desk.browser().sign_in("can-bo", "sai một lần")).status == 401  # the count began anew


async def test_an_address_that_tries_many_names_waits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "verify_password", lambda _stored, _password: False)
    browser = desk.browser()
    pages = [await browser.sign_in(f"ten-{number}", "sai hoàn toàn rồi") for number in range(21)]
    assert [page.status for page in pages] == [401] * 20 + [429]


def test_the_wait_is_capped() -> None:
    waits = [wait_after(failures, 5).total_seconds() for failures in (0, 4, 5, 6, 9, 10, 500)]
    assert waits == [0, 0, 30, 60, 480, 900, 900]


async def test_tries_at_the_same_time_do_not_slip_through(desk_on_both: Desk) -> None:
    pages = await asyncio.gather(*(desk_on_both.browser().sign_in("can-bo", "sai hoàn toàn rồi") for _ in range(9)))
    assert sorted(page.status for page in pages) == [401] * 5 + [429] * 4


async def test_a_disabled_account_loses_access_at_once(desk: Desk) -> None:
    browser = desk.signed_in("can-bo")
    assert (await browser.get("/admin/")).status == 200
    desk.database.write_now(disable_account, Keeper("quan-tri"), desk.member("can-bo").id)
    assert (await browser.get("/admin/")).status == 303
    page = await desk.browser().sign_in("can-bo")
    assert page.status == 401
    assert "Tên hoặc mật khẩu không đúng." in page.said


async def test_a_one_time_password_must_be_changed_first(desk: Desk, password_hash: str) -> None:
    member = desk.member("can-bo")
    desk.database.write_now(staff_store.set_password, member.id, password_hash, must_change=True)
    browser = desk.browser()
    await browser.sign_in("can-bo")
    for path in ("/admin/", "/admin/faq", "/admin/help", "/admin/publish"):
        assert (await browser.get(path)).to == "/admin/password"
    form = await browser.get("/admin/password")
    browser.csrf = form.csrf
    assert "mật khẩu dùng một lần" in form.said
    old = browser.cookies["staff"]
    fields = {"present": PASSWORD, "password": "câu mới hoàn toàn khác", "again": "câu mới hoàn toàn khác"}
    page = await browser.post("/admin/password", fields)
    assert page.status == 303
    assert browser.cookies["staff"] != old
    assert (await browser.get("/admin/")).status == 200


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"present": "không phải nó đâu"}, "Mật khẩu hiện tại không đúng"),
        ({"password": "ngắn", "again": "ngắn"}, "quá ngắn: cần ít nhất 12"),
        ({"password": "matkhau12345", "again": "matkhau12345"}, "rất dễ đoán"),
        ({"password": "câu mới hoàn toàn", "again": "câu mới hoàn toàn khác"}, "Hai lần gõ mật khẩu mới khác nhau"),
        ({"password": PASSWORD, "again": PASSWORD}, "trùng mật khẩu hiện tại"),
    ],
)
async def test_bad_new_passwords_are_refused_in_words(desk: Desk, fields: dict[str, str], sentence: str) -> None:
    browser = desk.signed_in("can-bo")
    good = {"present": PASSWORD, "password": "câu mới hoàn toàn khác", "again": "câu mới hoàn toàn khác"}
    page = await browser.post("/admin/password", {**good, **fields})
    assert page.status == 400
    assert sentence in page.said
    assert desk.member("can-bo").must_change_password is False


def test_rules_for_passwords() -> None:
    for username, password, key in (
        ("can-bo-thu-nghiem", "Can-Bo-Thu-Nghiem", "password_is_name"),
        ("a", "aaaaaaaaaaaaa", "password_common"),
        ("a", "a" * 300, "password_long"),
    ):
        with pytest.raises(InvalidInput) as caught:
            check_password(username, password)
        assert caught.value.key == key
    check_password("can-bo", new_password())


async def test_sessions_end_idle_and_after_twelve_hours(desk: Desk, clock: Any) -> None:
    browser = desk.signed_in("can-bo")
    clock.advance(timedelta(minutes=29))
    assert (await browser.get("/admin/")).status == 200
    clock.advance(timedelta(minutes=29))
    assert (await browser.get("/admin/")).status == 200
    clock.advance(timedelta(minutes=30))
    assert (await browser.get("/admin/")).status == 303
    busy = desk.signed_in("can-bo-2")
    for _ in range(35):
        clock.advance(timedelta(minutes=20))
        assert (await busy.get("/admin/")).status == 200
    clock.advance(timedelta(minutes=20))
    assert (await busy.get("/admin/")).status == 303


async def test_a_forgotten_tab_does_not_keep_the_session_alive(desk: Desk, clock: Any) -> None:
    browser = desk.signed_in("can-bo")
    for _ in range(2):
        clock.advance(timedelta(minutes=14))
        assert (await browser.get("/admin/counts")).status == 200
    clock.advance(timedelta(minutes=2))
    assert (await browser.get("/admin/counts", headers={"Accept": "application/json"})).status == 403


async def test_changing_the_password_signs_other_browsers_out(desk: Desk) -> None:
    browser = desk.signed_in("can-bo")
    desk.database.write_now(change_own_password, desk.member("can-bo"), hash_password("một câu hoàn toàn khác"))
    assert (await browser.get("/admin/")).status == 303


async def test_signing_out_ends_the_session_on_the_server(desk: Desk) -> None:
    browser = desk.signed_in("can-bo")
    cookies = dict(browser.cookies)
    assert (await browser.post("/admin/sign-out")).to == "/admin/sign-in?done=signed_out"
    browser.cookies = cookies
    assert (await browser.get("/admin/")).status == 303


async def test_each_sign_in_has_a_new_token_and_ends_the_old(desk: Desk) -> None:
    browser = desk.browser()
    await browser.sign_in("can-bo")
    first = dict(browser.cookies)
    form = await desk.browser().get("/admin/sign-in")
    browser.cookies |= {name: morsel.value for name, morsel in form.response.cookies.items()}
    browser.csrf = form.csrf
    await browser.post("/admin/sign-in", {"username": "can-bo", "password": PASSWORD})
    assert browser.cookies["staff"] != first["staff"]
    browser.cookies = first
    assert (await browser.get("/admin/")).status == 303


async def test_only_our_own_pages_are_returned_to(desk: Desk) -> None:
    page = await desk.browser().get("/admin/questions/7?lang=vi")
    assert page.to.startswith("/admin/sign-in?next=/admin/questions/7")
    for bad in ("https://evil.example/", "//evil.example", "/admin/..//evil.example", "/chat", "/admin/\\evil"):
        browser = desk.browser()
        browser.csrf = (await browser.get("/admin/sign-in")).csrf
        fields = {"username": "can-bo", "password": PASSWORD, "next": bad}
        assert (await browser.post("/admin/sign-in", fields)).to == "/admin/"
    browser = desk.browser()
    browser.csrf = (await browser.get("/admin/sign-in")).csrf
    fields = {"username": "can-bo", "password": PASSWORD, "next": "/admin/questions/7"}
    assert (await browser.post("/admin/sign-in", fields)).to == "/admin/questions/7"


async def test_cookies_by_http(desk: Desk) -> None:
    page = await desk.browser().sign_in("can-bo")
    cookie = page.response.cookies["staff"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Strict", "/", "")
    assert len(cookie.value) >= 43  # 256 bits
    stored = desk.database.read_now(staff_store.session, desk.keys.session_hash(cookie.value))
    assert stored
    assert cookie.value not in (stored.token_hash, stored.csrf_token)


async def test_cookies_by_https(make_desk: MakeDesk) -> None:
    desk = await make_desk(public_url="https://hoidap.example.vn")
    page = await desk.browser().sign_in("can-bo")
    cookie = page.response.cookies["__Host-staff"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Strict", "/", True)
    assert cookie["domain"] == ""
    form = await desk.browser().get("/admin/sign-in")
    assert form.response.cookies["__Host-sign-in"]["secure"] is True
