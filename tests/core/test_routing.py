"""To whom a question goes: the rule alone, and the verbs on both databases."""

from collections.abc import Sequence

import pytest

from knowledge_base import officer_queue, routing
from knowledge_base.questions.change import BOT, RESIDENT, Opening, queueing
from knowledge_base.questions.deadline import Calendar
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import Question
from knowledge_base.questions.reference import new_reference
from knowledge_base.questions.routing import Offices, Routed, route
from knowledge_base.storage import contact_store, event_store, question_store, staff_store, unit_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.units.unit import Kind, Unit

LADDER = ("12345", "35", "0")
PATH = "0/35/12345/"


@pytest.mark.parametrize(
    ("staffed", "ladder", "where", "why"),
    [
        ((), LADDER, "0", "top"),
        (("12345", "35"), LADDER, "12345", "own_unit"),
        (("35",), LADDER, "35", "unit_above"),
        (("99",), LADDER, "0", "top"),
        (("35",), LADDER[1:], "35", "own_unit"),
        (("35",), ("0",), "0", "top"),
    ],
)
def test_the_nearest_unit_that_has_somebody(
    staffed: Sequence[str], ladder: Sequence[str], where: str, why: str
) -> None:
    assert route(ladder, None, Offices(frozenset(staffed))) == Routed(where, None, why)


def test_the_owner_with_the_least_to_do_and_of_equals_the_first() -> None:
    offices = Offices(frozenset({"35"}), {("vay", "35"): (7, 3, 5)}, {7: 1, 3: 2, 5: 1})
    assert [route(LADDER, "vay", offices).owner_id for _ in range(4)] == [5, 7, 3, 5]
    assert route(LADDER, "khac", offices).owner_id is None
    assert route(LADDER, None, offices).owner_id is None
    assert route(LADDER, "vay", Offices(frozenset({"12345"}), {("vay", "35"): (7,)})).owner_id is None


# --- in the store ---------------------------------------------------------------------------------


def _furnish(tx: Transaction) -> None:
    unit_store.add(tx, Unit("35", "Tỉnh Thử", Kind.PROVINCE, "0", "0/35/"))
    unit_store.add(tx, Unit("12345", "Xã Thử", Kind.COMMUNE, "35", PATH))
    for name, role, unit in (("a", Role.OFFICER, "35"), ("b", Role.EDITOR, "35"), ("x", Role.ADMINISTRATOR, "12345")):
        staff_store.add_member(tx, name, role, unit, "x", must_change=False)
    for name in ("a", "b"):
        member = staff_store.member_by_username(tx, name)
        assert member
        unit_store.add_owner(tx, "vay", "35", member.id)


@pytest.fixture
def store(both_databases: Database) -> Database:
    both_databases.write_now(_furnish)
    return both_databases


def _opening(tx: Transaction, topic: str | None = "vay") -> Opening:
    ref = contact_store.ensure_contact(tx, "web_chat", new_reference())
    opening = Opening(new_reference(), ref, "web_chat", "0", "Tôi muốn vay vốn", [], False)
    opening.values["topic"] = topic
    opening.take(queueing(tx.now, 5, Calendar(), "asked", urgent=False))
    return opening


def _asked(tx: Transaction, count: int, path: str | None, *, owned: bool = True) -> list[Question]:
    openings = [_opening(tx) for _ in range(count)]
    if path:
        for opening in openings:
            opening.set_commune("Xã Thử, tỉnh Thử", path)
    routing.route_openings(tx, openings, unit_store.owned(tx) if owned else ())
    ids = officer_queue.open_all(tx, openings)
    return [question_store.question(tx, ids[opening.reference]) for opening in openings]


def _events(database: Database, question: Question) -> list[tuple[str, dict[str, object]]]:
    found = database.read_now(event_store.events_of, question_id=question.id)
    return [(event.action, event.data) for event in found][::-1]


def test_questions_go_to_the_province_and_are_shared_among_owners(store: Database) -> None:
    ids = {name: number for number, name in store.read_now(staff_store.usernames).items()}
    questions = store.write_now(_asked, 3, PATH)
    assert [question.unit_code for question in questions] == ["35"] * 3  # administrators answer nothing
    assert [question.owner_id for question in questions] == [ids["a"], ids["b"], ids["a"]]
    assert ("routed", {"unit": "35", "reason": "unit_above"}) in _events(store, questions[0])
    (fourth,) = store.write_now(_asked, 1, PATH)
    assert fourth.owner_id == ids["b"]  # counted in the store


def test_a_disabled_owner_gets_nothing_and_an_empty_unit_either(store: Database) -> None:
    ids = {name: number for number, name in store.read_now(staff_store.usernames).items()}
    store.write_now(staff_store.disable, ids["a"])
    assert [question.owner_id for question in store.write_now(_asked, 2, PATH)] == [ids["b"]] * 2
    store.write_now(staff_store.disable, ids["b"])
    (question,) = store.write_now(_asked, 1, PATH)
    assert (question.unit_code, question.owner_id) == ("0", None)
    assert ("routed", {"unit": "0", "reason": "top"}) in _events(store, question)


def test_without_a_place_a_question_costs_nothing_and_stays_at_the_top(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _never(*_args: object) -> None:
        raise AssertionError

    monkeypatch.setattr(unit_store, "staffed", _never)
    monkeypatch.setattr(unit_store, "owners_with_load", _never)
    (question,) = store.write_now(_asked, 1, None)
    assert (question.unit_code, question.owner_id, question.topic) == ("0", None, "vay")
    assert [action for action, _data in _events(store, question)] == ["ask", "queue"]


def _name_place(tx: Transaction, question_id: int, path: str | None) -> Question:
    officer_queue.set_commune(tx, question_store.question(tx, question_id), "Xã Thử", path)
    return question_store.question(tx, question_id)


def test_a_place_named_later_moves_what_waits(store: Database) -> None:
    (question,) = store.write_now(_asked, 1, None)
    unknown = store.write_now(_name_place, question.id, None)
    assert (unknown.unit_code, unknown.commune) == ("0", "Xã Thử")
    moved = store.write_now(_name_place, question.id, PATH)
    assert moved.unit_code == "35"
    assert moved.owner_id is not None
    again = store.write_now(_name_place, question.id, PATH)
    assert again.owner_id == moved.owner_id
    assert [action for action, _data in _events(store, question)].count("routed") == 1
    back = store.write_now(_name_place, question.id, "0/99/88888/")  # nobody there
    assert (back.unit_code, back.owner_id) == ("0", None)


@pytest.mark.parametrize("values", [{"assigned_to": True}, {"unit_due_on": True}, {"state": "answered"}])
def test_what_somebody_took_or_passed_on_or_answered_stays(store: Database, values: dict[str, object]) -> None:
    (question,) = store.write_now(_asked, 1, None)
    ids = {name: number for number, name in store.read_now(staff_store.usernames).items()}
    given = {"assigned_to": ids["a"], "unit_due_on": question.due_on, "state": "answered"}
    store.write_now(question_store.save, question, **{name: given[name] for name in values})
    assert store.write_now(_name_place, question.id, PATH).unit_code == "0"


def _queued_later(tx: Transaction) -> Question:
    ref = contact_store.ensure_contact(tx, "web_chat", "ai đó")
    opening = Opening(new_reference(), ref, "web_chat", "35", "Tôi muốn vay vốn", [], False)
    opening.values["topic"] = "vay"
    question = officer_queue.ask(tx, opening)
    officer_queue.queue(tx, question, BOT, 5, "unknown")
    return question_store.question(tx, question.id)


def test_what_is_queued_later_gets_its_owner_then(store: Database) -> None:
    ids = {name: number for number, name in store.read_now(staff_store.usernames).items()}
    assert store.write_now(_queued_later).owner_id == ids["a"]
    assert store.write_now(_queued_later).owner_id == ids["b"]
    assert RESIDENT.name == "resident"
