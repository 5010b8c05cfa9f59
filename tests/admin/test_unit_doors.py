"""Every route, every role, what another unit has (question, text, account): there is no such thing; nothing moves."""

import re

import pytest
from sqlalchemy import func, select

from admin.policy import ROUTES, Route
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import (
    audit,
    events,
    outbox,
    proposed_phrasings,
    question_notes,
    questions,
    revisions,
    staff,
)
from tests.admin.conftest import PEOPLE, Desk

ROLES = {role: name for name, role in reversed(PEOPLE.items())}
WATCHED = (questions, events, outbox, revisions, question_notes, proposed_phrasings, staff)
# What a route with a number in its address is about.
ABOUT = {"questions": "question", "revisions": "revision", "staff": "account"}
NAMED = [route for route in ROUTES if route.roles and route.path.split("/")[1] in ABOUT and "{" in route.path]
FORM = {
    "note": "một lý do",
    "words": "một câu",
    "reason": "abuse",
    "unit": "0",
    "days": "3",
    "parts": "một câu nữa",
    "question": "1",
    "role": "editor",
    "entry": "T01",
    "wordings": "một cách hỏi",
    "short_answer": "Một câu trả lời.",
    "topic": "vay-von",
}


def _seen(tx: Transaction) -> list[list[object]]:
    return [[tuple(row) for row in tx.execute(select(table).order_by(*table.primary_key.columns))] for table in WATCHED]


def _deeds(tx: Transaction) -> int:
    return tx.execute(select(func.count()).select_from(audit)).scalar_one()


def _address(route: Route, thing: int) -> str:
    path = re.sub(r"\{id(:(?:[^{}]|\{[^{}]*\})*)?\}", str(thing), route.path)
    path = re.sub(r"\{key(:(?:[^{}]|\{[^{}]*\})*)?\}", "T01", path)
    return "/admin" + re.sub(r"\{\w+(:(?:[^{}]|\{[^{}]*\})*)?\}", "1", path)


@pytest.mark.parametrize("role", ROLES)
async def test_what_another_unit_has_does_not_exist(desk: Desk, role: Role) -> None:
    question, revision = desk.answered("can-bo.3501", unit="3501")
    held = desk.claimed("can-bo.3501", "Câu của xã Một đang trả lời", unit="3501")
    account = desk.member("can-bo.3501").id
    browser = desk.signed_in(f"{ROLES[role]}.3502")
    before, deeds = desk.database.read_now(_seen), desk.database.read_now(_deeds)
    for route in NAMED:
        about = ABOUT[route.path.split("/")[1]]
        things = {"question": [question.id, held.id], "revision": [revision], "account": [account]}[about]
        for thing in things:
            if route.method == "GET":
                page = await browser.get(_address(route, thing))
            else:
                page = await browser.post(_address(route, thing), FORM)
            expected = 404 if role in (route.roles or ()) else 403
            assert page.status == expected, (route.name, page.status)
            assert "xã Một" not in page.said
    assert desk.database.read_now(_seen) == before
    assert desk.database.read_now(_deeds) == deeds


async def test_lists_and_files_hold_no_other_units_words(desk: Desk) -> None:
    desk.answered("can-bo.3501", "Câu trả lời rồi của xã Một", unit="3501")
    desk.claimed("can-bo.3501", "Câu của xã Một đang trả lời", unit="3501")
    desk.ask("Câu mới của xã Một", unit="3501")
    pages = ["/admin/", "/admin/?tab=all", "/admin/?q=cua+xa+mot&tab=all", "/admin/clusters", "/admin/publish"]
    pages += ["/admin/queue/export?tab=all&as=csv", "/admin/?unit=3501&tab=all"]
    for name in ("can-bo.3502", "bien-tap.3502", "kiem-soat.3502"):
        browser = desk.signed_in(name)
        for path in pages:
            page = await browser.get(path)
            assert page.status == 200, path
            assert "của xã Một" not in page.text, (name, path)
    counted = await (await desk.signed_in("can-bo.3502").get("/admin/counts")).response.json()
    assert set(counted.values()) == {0}
    above = desk.signed_in("can-bo.35")
    assert "Câu mới của xã Một" in (await above.get("/admin/?tab=all")).said


async def test_administrators_see_the_accounts_of_their_units_only(desk: Desk) -> None:
    page = await desk.signed_in("quan-tri.3502").get("/admin/staff")
    assert "can-bo.3502" in page.said
    assert "can-bo.3501" not in page.said
    form = {"username": "moi", "role": "officer", "unit": "3501"}
    assert (await desk.signed_in("quan-tri.3502").post("/admin/staff", form)).status == 404
    assert (await desk.signed_in("quan-tri.35").post("/admin/staff", form)).status == 200


async def test_nobody_changes_his_own_account(desk: Desk) -> None:
    browser, own = desk.signed_in("quan-tri"), desk.member("quan-tri").id
    for act in ("duties", "reset", "disable", "enable", "codes"):
        page = await browser.post(f"/admin/staff/{own}/{act}", {"role": "editor"})
        assert page.status == 403, act
    assert desk.member("quan-tri").role == Role.ADMINISTRATOR


async def test_what_concerns_every_unit_is_for_the_unit_above_all(desk: Desk) -> None:
    for route in ROUTES:
        if not route.at_the_top:
            continue
        for role in route.roles or ():
            browser = desk.signed_in(f"{ROLES[role]}.35")
            page = await browser.request(
                route.method, _address(route, 1).replace("{code", "1"), headers={"X-CSRF-Token": browser.csrf}
            )
            assert page.status == 403, route.name
    assert {route.name for route in ROUTES if route.at_the_top} >= {
        "status",
        "calendar_change",
        "unit_merge",
        "checklist_send",
    }


async def test_the_trail_shows_the_deeds_of_ones_units(desk: Desk) -> None:
    for unit in ("3501", "3502"):
        question = desk.ask(f"Câu của {unit}", unit=unit)
        await desk.signed_in(f"can-bo.{unit}").get(f"/admin/questions/{question.id}")
    seen = (await desk.signed_in("kiem-soat.3502").get("/admin/trail")).said
    assert "can-bo.3502" in seen
    assert "can-bo.3501" not in seen
    both = (await desk.signed_in("kiem-soat.35").get("/admin/trail")).said
    assert "can-bo.3501" in both
    assert "can-bo.3502" in both
