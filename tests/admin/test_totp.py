"""Codes from a telephone: set up by showing one, asked for after the password, each good once."""

import re

import pyotp

from tests.admin.conftest import Browser, Desk

NEEDS = {"role": "officer", "needs_totp": "1"}


def _secret(text: str) -> str:
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', text)
    assert found
    return found.group(1).replace(" ", "")


async def _set_up(desk: Desk, browser: Browser) -> pyotp.TOTP:
    page = await browser.get("/admin/codes")
    assert "<svg" in page.text
    totp = pyotp.TOTP(_secret(page.text))
    wrong = await browser.post("/admin/codes", {"sealed": page.value("sealed"), "code": "000000"})
    assert wrong.status == 400
    assert _secret(wrong.text) == totp.secret  # the same picture: the telephone knows it already
    right = {"sealed": wrong.value("sealed"), "code": totp.at(desk.clock_now())}
    assert (await browser.post("/admin/codes", right)).status == 303
    return totp


async def test_who_must_show_a_code_sets_it_up_first(desk: Desk) -> None:
    officer = desk.member("can-bo")
    await desk.signed_in("quan-tri").post(f"/admin/staff/{officer.id}/duties", NEEDS)
    browser = desk.browser()
    assert (await browser.sign_in("can-bo")).status == 303
    assert (await browser.get("/admin/")).to == "/admin/codes"
    browser.csrf = (await browser.get("/admin/codes")).csrf
    await _set_up(desk, browser)
    assert (await browser.get("/admin/")).status == 200


async def test_the_code_is_asked_after_the_password_and_good_once(desk: Desk) -> None:
    totp = await _set_up(desk, desk.signed_in("can-bo"))
    browser = desk.browser()
    page = await browser.sign_in("can-bo")
    assert page.status == 200
    assert "Mã từ điện thoại" in page.said
    assert (await browser.get("/admin/")).status == 303  # not in yet
    used = totp.at(desk.clock_now())  # shown when it was set up
    again = await browser.post("/admin/sign-in/code", {"half": page.value("half"), "code": used})
    assert again.status == 401
    desk.later(60)
    fresh = {"half": page.value("half"), "code": totp.at(desk.clock_now())}
    assert (await browser.post("/admin/sign-in/code", fresh)).status == 303
    assert (await browser.get("/admin/")).status == 200
    other = desk.browser()
    half = (await other.sign_in("can-bo")).value("half")
    assert (await other.post("/admin/sign-in/code", {**fresh, "half": half})).status == 401


async def test_half_a_sign_in_is_over_after_five_minutes_and_can_not_be_made_up(desk: Desk) -> None:
    totp = await _set_up(desk, desk.signed_in("can-bo"))
    browser = desk.browser()
    half = (await browser.sign_in("can-bo")).value("half")
    desk.later(301)
    code = totp.at(desk.clock_now())
    assert (await browser.post("/admin/sign-in/code", {"half": half, "code": code})).status == 401
    for forged in ("", "00", half[:-2] + "00", "xyz"):
        assert (await browser.post("/admin/sign-in/code", {"half": forged, "code": code})).status == 401


async def test_guessing_codes_is_slowed_down(desk: Desk) -> None:
    await _set_up(desk, desk.signed_in("can-bo"))
    browser = desk.browser()
    half = (await browser.sign_in("can-bo")).value("half")
    answers = [(await browser.post("/admin/sign-in/code", {"half": half, "code": f"{n:06}"})).status for n in range(12)]
    assert answers[-1] == 429


async def test_a_lost_telephone_is_forgotten_by_an_administrator(desk: Desk) -> None:
    await _set_up(desk, desk.signed_in("can-bo"))
    officer = desk.member("can-bo")
    assert officer.sealed_totp
    assert (await desk.signed_in("quan-tri").post(f"/admin/staff/{officer.id}/codes")).status == 303
    assert desk.member("can-bo").sealed_totp is None
    assert (await desk.browser().sign_in("can-bo")).status == 303
