"""The morning's words: reminders to who holds a question, figures to who heads a unit; on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from knowledge_base import officer_alerts, officer_mornings, officer_queue, promises, working_calendar
from knowledge_base.officer_alerts import Desk
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import QuestionState
from knowledge_base.storage import contact_store, outbox_store, staff_link_store, staff_store
from knowledge_base.storage.tables import questions, staff, units

DESK = Desk("telegram", "-100")
MAIL = Desk("email", "to@example.vn", digest_only=True)


def link(house: Any, name: str, address: str) -> str:
    """Link a messenger to an account; returns the address's reference."""
    member = house.who(name)
    code = house.do(staff_link_store.new_code, member.id)
    assert house.do(_say, code, address)
    return house.see(lambda tx: tx.keys.contact_ref("telegram", address))


def _say(tx, code: str, address: str) -> bool:
    contact_store.ensure_contact(tx, "telegram", address)
    return staff_link_store.link(tx, code, "telegram", address) is not None


def morning(house: Any, day: date) -> None:
    """Eight o'clock in Viet Nam."""
    house.clock.set(officer_alerts.begin_of(day, 8))


def heard(house: Any, ref: str) -> list[dict[str, Any]]:
    return [message.body for message in house.see(outbox_store.last_messages_for, ref, 100)]


def tell(house: Any, desks: tuple[Desk, ...] = (DESK,)) -> int:
    return house.do(officer_mornings.tell_morning, desks, "http://x")


def test_the_holder_is_reminded_the_working_day_before_and_once_it_is_missed(house) -> None:
    ref = link(house, "officer", "501")
    question_id = house.assigned()  # promised for Tuesday 1/12
    for day in (25, 26, 27, 28, 29):
        morning(house, date(2026, 11, day))
        assert tell(house) == 0
    morning(house, date(2026, 11, 30))
    assert [tell(house) for _look in range(3)] == [1, 0, 0]
    (reminder,) = heard(house, ref)
    assert (reminder["notice"], reminder["alert"]) == ("officers", "reminder")
    assert (reminder["soon"], reminder["missed"]) == (1, 0)
    assert reminder["soon_lines"][0]["reference"] == house.question(question_id).reference
    morning(house, date(2026, 12, 1))
    assert tell(house) == 0  # the day itself: the digest has it
    house.clock.set(officer_alerts.begin_of(date(2026, 12, 2)) + timedelta(seconds=40))
    house.do(promises.renew_missed_promises, 5)
    morning(house, date(2026, 12, 2))
    assert [tell(house), tell(house)] == [1, 0]
    assert (heard(house, ref)[-1]["missed"], heard(house, ref)[-1]["soon"]) == (1, 0)
    morning(house, date(2026, 12, 3))
    assert tell(house) == 0


def test_a_promise_missed_before_tet_is_told_after_it(house) -> None:
    ref = link(house, "officer", "501")
    morning(house, date(2027, 1, 27))
    house.assigned()  # promised for 3/2/2027, the last day before Tết
    house.clock.set(officer_alerts.begin_of(date(2027, 2, 4)))
    assert house.do(promises.renew_missed_promises, 5) == 1
    for day in range(4, 11):
        morning(house, date(2027, 2, day))
        assert tell(house) == 0
    morning(house, date(2027, 2, 11))
    assert tell(house) == 1
    assert heard(house, ref)[-1]["missed"] == 1


def test_a_worked_saturday_has_a_morning(house) -> None:
    link(house, "officer", "501")
    house.assigned()
    wish = working_calendar.Wish("worked", date(2026, 11, 28), "Làm bù")
    house.do(working_calendar.change_calendar, house.who("administrator"), wish)
    left = house.see(promises.walk)
    house.do(promises.move_promises, left.writes[0])  # now promised for Monday 30/11
    morning(house, date(2026, 11, 28))
    assert tell(house) == 1


def test_what_no_linked_officer_holds_is_first_in_the_desks_digest(house) -> None:
    held, free = house.assigned(), house.queued(resident="r2")
    link(house, "officer", "501")
    house.clock.set(officer_alerts.begin_of(date(2026, 12, 2)))
    house.do(promises.renew_missed_promises, 5)
    morning(house, date(2026, 12, 2))
    house.do(officer_alerts.tell_of_due, [DESK], "http://x")
    ref = house.see(lambda tx: tx.keys.contact_ref("telegram", "-100"))
    (digest,) = heard(house, ref)
    assert (digest["missed"], digest["late"], digest["open"]) == (1, 0, 2)
    assert [line["reference"] for line in digest["lines"]] == [house.question(free).reference]
    assert tell(house) == 1  # `held` is his to whom it was told
    assert house.question(held).assigned_to == house.who("officer").id


def test_a_disabled_account_hears_nothing(house) -> None:
    link(house, "officer", "501")
    house.assigned()
    house.do(_disable, "officer")
    morning(house, date(2026, 11, 30))
    assert tell(house) == 0


def _disable(tx, name: str) -> None:
    tx.execute(update(staff).where(staff.c.username == name).values(disabled_at=tx.now))


# --- heads of units -------------------------------------------------------------------------------

PROVINCE, COMMUNE, OTHER = "35", "12345", "36"


@pytest.fixture
def tree(house) -> Any:
    """A province with a commune, another province, and who heads them."""
    house.do(_grow)
    return house


def _grow(tx) -> None:
    for code, parent, path in (
        (PROVINCE, "0", "0/35/"),
        (COMMUNE, PROVINCE, "0/35/12345/"),
        (OTHER, "0", "0/36/"),
    ):
        row = {"code": code, "name": f"Đơn vị {code}", "kind": "province", "parent_code": parent, "path": path}
        tx.execute(units.insert().values(**row))
        name = f"head-{code}"
        staff_store.add_member(tx, name, Role.OFFICER, code, "no hash", must_change=False)
        tx.execute(update(staff).where(staff.c.username == name).values(heads_unit=True))


def _place(tx, question_id: int, code: str, **values: Any) -> None:
    tx.execute(update(questions).where(questions.c.id == question_id).values(unit_code=code, **values))


def test_a_head_hears_how_his_unit_stands_with_those_below(tree) -> None:
    today = date(2026, 11, 27)
    for number, (code, values) in enumerate(
        [
            (COMMUNE, {"due_on": today}),
            (COMMUNE, {"due_on": today - timedelta(days=1)}),
            (PROVINCE, {}),
            (PROVINCE, {"state": QuestionState.WAITING_FOR_RESIDENT}),
            (OTHER, {}),
        ]
    ):
        tree.do(_place, tree.queued(resident=f"r{number}"), code, **values)
    morning(tree, date(2026, 11, 26))
    tree.do(_place, tree.answered(resident="r9"), COMMUNE)
    refs = {code: link(tree, f"head-{code}", f"60{code}") for code in (PROVINCE, COMMUNE)}
    morning(tree, today)
    assert [tell(tree), tell(tree)] == [3, 0]
    names = ("unit", "open", "today", "late", "waiting", "answered", "since")
    found = {code: tuple(heard(tree, ref)[0][name] for name in names) for code, ref in refs.items()}
    assert found == {
        PROVINCE: ("Đơn vị 35", 3, 1, 1, 1, 1, "2026-11-26"),
        COMMUNE: ("Đơn vị 12345", 2, 1, 1, 0, 1, "2026-11-26"),
    }
    desk = tree.see(lambda tx: tx.keys.contact_ref("telegram", "-100"))
    assert [(body["unit"], body["open"]) for body in heard(tree, desk)] == [("Đơn vị 36", 1)]


def test_a_unit_without_questions_is_quiet_and_so_is_a_week_end(tree) -> None:
    morning(tree, date(2026, 11, 27))
    assert tell(tree, (DESK, MAIL)) == 0
    tree.do(_place, tree.queued(), OTHER)
    morning(tree, date(2026, 11, 28))
    assert tell(tree, (DESK, MAIL)) == 0
    morning(tree, date(2026, 11, 30))
    assert tell(tree, (DESK, MAIL)) == 2  # both desks: nobody linked a messenger


def test_the_number_of_statements_does_not_grow(tree) -> None:
    for name in ("officer", "officer2", f"head-{PROVINCE}", f"head-{COMMUNE}"):
        link(tree, name, f"7{name}")
    counts = []
    for more in (1, 12):
        for number in range(more):
            question_id = tree.assigned(resident=f"s{more}-{number}", officer=("officer", "officer2")[number % 2])
            tree.do(_place, question_id, (COMMUNE, PROVINCE, OTHER)[number % 3], due_on=date(2026, 12, 1))
        morning(tree, date(2026, 11, 30))
        counts.append(_statements(tree, officer_mornings.untold))
        tree.clock.set(officer_alerts.begin_of(date(2026, 11, 24), 12))
    assert counts[0] == counts[1]
    assert counts[0] <= 9


def _statements(house: Any, verb: Any) -> int:
    seen: list[str] = []
    engine = house.database._readers

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    house.see(verb, (DESK,), "http://x")
    event.remove(engine, "before_cursor_execute", note)
    return len([statement for statement in seen if statement.lstrip().upper().startswith("SELECT")])


def test_a_closed_question_reminds_nobody(house) -> None:
    link(house, "officer", "501")
    question_id = house.assigned()
    house.do(officer_queue.answer, house.who("officer"), question_id, house.words())
    morning(house, date(2026, 11, 30))
    assert tell(house) == 0
