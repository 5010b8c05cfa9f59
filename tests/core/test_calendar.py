"""The administrator's calendar, and the open promises that follow it, on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from knowledge_base import officer_queue, promises, working_calendar
from knowledge_base.clock import vietnam_day
from knowledge_base.errors import Conflict, InvalidInput, NotFound
from knowledge_base.questions.change import RESIDENT
from knowledge_base.questions.promised import Moves
from knowledge_base.questions.question import QuestionState
from knowledge_base.storage import calendar_store, contact_store, event_store, question_store
from knowledge_base.storage.tables import questions
from knowledge_base.working_calendar import Wish

# The house's clock stands on Monday 23/11/2026; a promise of five days is Tuesday 1/12, for 24/11 is a holiday.
DUE = date(2026, 12, 1)
STORM = date(2026, 11, 26)


def follow(house: Any) -> int:
    """What the clockwork does after a change; returns in how many writes."""
    writes = 0
    while (left := house.see(promises.walk)) is not None:
        for promised in left.writes:
            house.do(promises.move_promises, promised)
            writes += 1
        if not left.writes:
            house.do(promises.settle_walk, left.mark, left.hash)
    return writes


def change(house: Any, kind: str, day: date, name: str = "Nghỉ bão", **more: Any) -> Moves:
    wish = Wish(kind, day, name, **more)
    told = house.see(working_calendar.preview, wish)
    house.do(working_calendar.change_calendar, house.who("administrator"), wish)
    return told


def event(house: Any, question_id: int) -> dict[str, Any]:
    return dict(house.see(event_store.events_of, question_id=question_id)[0].data)


def test_a_day_off_moves_open_promises_and_their_askers_are_told_once(house) -> None:
    question_id, held = house.queued(), house.assigned(resident="r2")
    done = house.answered(resident="r3")
    assert follow(house) == 0
    assert change(house, "off", STORM) == Moves(moved=2, later=2)
    follow(house)
    for moved in (question_id, held):
        assert house.question(moved).due_on == date(2026, 12, 2)
        assert event(house, moved) == {"old": "2026-12-01", "due_on": "2026-12-02", "told": "2026-12-02"}
    told = {"notice": "promise_moved", "due_on": "2026-12-02", "reference": house.question(question_id).reference}
    assert house.told(question_id) == [told]
    assert house.question(held).state == QuestionState.ASSIGNED
    assert house.question(done).due_on == DUE
    house.clock.advance(timedelta(minutes=3))
    assert follow(house) == 0
    assert house.events(question_id).count("calendar_changed") == 1
    assert len(house.told(question_id)) == 1


def test_an_earlier_day_is_not_told_and_going_back_to_the_told_one_is_not_either(house) -> None:
    question_id = house.queued()
    change(house, "worked", date(2026, 11, 28), "Làm bù thứ Bảy")
    follow(house)
    assert house.question(question_id).due_on == date(2026, 11, 30)
    assert event(house, question_id)["told"] == "2026-12-01"
    change(house, "remove", date(2026, 11, 28))
    follow(house)
    assert house.question(question_id).due_on == DUE
    assert house.told(question_id) == []
    change(house, "off", STORM)
    change(house, "off", date(2026, 11, 27))
    follow(house)
    assert [body["due_on"] for body in house.told(question_id)] == ["2026-12-03"]
    assert house.events(question_id) == ["ask", "queue", *["calendar_changed"] * 3]


def test_a_swapped_saturday_changes_nothing_where_both_days_lie_before_the_promise(house) -> None:
    question_id = house.queued()
    assert change(house, "swap", STORM, "Hoán đổi", instead=date(2026, 11, 28)) == Moves()
    follow(house)
    assert house.question(question_id).due_on == DUE
    assert house.events(question_id) == ["ask", "queue"]
    late = house.queued(resident="r2")
    assert house.question(late).due_on == DUE  # 25, 27, 28, 30, 1


def test_silence_is_kept(house) -> None:
    question_id = house.queued()
    house.do(contact_store.set_stopped, house.question(question_id).contact_ref, stopped=True)
    change(house, "off", STORM)
    follow(house)
    assert house.told(question_id) == []
    assert house.events(question_id)[-2:] == ["calendar_changed", "delivery_withheld"]


def test_danger_missed_promises_and_unknown_beginnings_stay(house) -> None:
    danger = house.asked(urgent=True, resident="r2")
    house.do(officer_queue.queue, danger, RESIDENT, 5, "danger")
    old, missed = house.queued(), house.queued(resident="r3")
    house.do(_set, old, clock_from=None, clock_days=None)
    house.do(_set, missed, due_on=date(2026, 11, 20))
    assert change(house, "off", STORM) == Moves()
    assert follow(house) == 0
    assert house.question(old).due_on == DUE
    assert house.question(missed).due_on == date(2026, 11, 20)


def _set(tx, question_id: int, **values: Any) -> None:
    tx.execute(update(questions).where(questions.c.id == question_id).values(**values))


def test_no_promise_is_moved_into_the_past(house) -> None:
    change(house, "off", STORM)
    question_id = house.queued()
    assert house.question(question_id).due_on == date(2026, 12, 2)
    house.clock.advance(timedelta(days=9))  # it is due today
    assert change(house, "remove", STORM) == Moves()
    follow(house)
    assert house.question(question_id).due_on == vietnam_day(house.clock.now())


def test_a_wait_is_kept_in_the_new_reckoning(house) -> None:
    question_id = house.assigned()
    house.do(_set, question_id, pauses=[["2026-11-25", "2026-11-27"]], due_on=date(2026, 12, 3))
    change(house, "off", date(2026, 11, 25))  # lies in the wait: nothing changes
    assert follow(house) == 0
    change(house, "off", date(2026, 11, 30))
    follow(house)
    assert house.question(question_id).due_on == date(2026, 12, 4)


def test_who_waits_for_his_resident_is_reckoned_when_the_clock_runs_again(house) -> None:
    question_id = house.assigned()
    house.do(_set, question_id, pauses=[["2026-11-25", None]], state=QuestionState.WAITING_FOR_RESIDENT)
    assert change(house, "off", STORM) == Moves()
    assert follow(house) == 0


def test_many_are_moved_in_bearable_writes_and_a_cut_walk_goes_on(house, monkeypatch) -> None:
    monkeypatch.setattr(promises, "AT_ONCE", 4)
    waiting = [house.queued(resident=f"r{number}") for number in range(11)]
    house.do(_set, waiting[0], pauses=[["2026-11-25", "2026-11-27"]], due_on=date(2026, 12, 3))
    change(house, "off", date(2026, 11, 30))
    left = house.see(promises.walk)
    assert [len(write) for write in left.writes] == [1, 1, 2]
    assert house.do(promises.move_promises, left.writes[0]) == 4
    for promised in house.see(promises.walk).writes:  # another process, at the same time
        house.do(promises.move_promises, promised)
    assert [house.do(promises.move_promises, promised) for promised in left.writes] == [0, 0, 0]
    follow(house)
    assert {house.events(question_id).count("calendar_changed") for question_id in waiting} == {1}
    assert {len(house.told(question_id)) for question_id in waiting} == {1}


def test_what_was_opened_under_the_former_calendar_in_the_moment_of_the_change_is_found(house) -> None:
    change(house, "off", STORM)
    follow(house)
    question_id = house.queued()
    house.do(_set, question_id, due_on=DUE)  # as another process reckoned a moment ago
    assert follow(house) == 0
    house.clock.advance(timedelta(minutes=2))
    follow(house)
    assert house.question(question_id).due_on == date(2026, 12, 2)
    assert house.see(promises.walk) is None


def test_another_change_in_the_middle_begins_a_walk_of_its_own(house) -> None:
    question_id = house.queued()
    change(house, "off", STORM)
    left = house.see(promises.walk)
    change(house, "off", date(2026, 11, 27))
    house.do(promises.settle_walk, left.mark, left.hash)  # too late: not what the calendar is now
    follow(house)
    assert house.question(question_id).due_on == date(2026, 12, 3)


def test_officers_are_not_told_of_moved_questions_as_new(house) -> None:
    question_id = house.queued()
    before = house.question(question_id)
    house.clock.advance(timedelta(hours=1))
    change(house, "off", STORM)
    follow(house)
    after = house.question(question_id)
    assert (after.updated_at, after.version) == (before.updated_at, before.version + 1)


@pytest.mark.parametrize(
    ("wish", "key"),
    [
        (Wish("off", STORM, ""), "calendar_name_missing"),
        (Wish("off", STORM, "x" * 101), "too_long"),
        (Wish("off", date(2031, 1, 1), "x"), "calendar_range"),
        (Wish("off", date(2026, 1, 1), "x"), "calendar_range"),
        (Wish("holiday", STORM, "x"), "calendar_kind"),
        (Wish("swap", STORM, "x"), "calendar_swap"),
        (Wish("swap", STORM, "x", STORM), "calendar_swap"),
        (Wish("off", date(2026, 11, 28), "x"), "calendar_same"),
        (Wish("worked", STORM, "x"), "calendar_same"),
        (Wish("swap", STORM, "x", date(2026, 11, 25)), "calendar_same"),
        (Wish("remove", STORM), "calendar_day"),
    ],
)
def test_what_is_refused(house, wish: Wish, key: str) -> None:
    for verb, who in (
        (working_calendar.preview, ()),
        (working_calendar.change_calendar, (house.who("administrator"),)),
    ):
        with pytest.raises((InvalidInput, Conflict, NotFound)) as refused:
            house.do(verb, *who, wish)
        assert refused.value.key == key
    assert house.see(calendar_store.calendar).changes == ()


def test_the_days_stay_with_their_names(house) -> None:
    change(house, "swap", STORM, "Hoán đổi", instead=date(2026, 11, 28))
    calendar = house.see(calendar_store.calendar)
    assert [(day.day, day.works, day.name) for day in calendar.changes] == [
        (STORM, False, "Hoán đổi"),
        (date(2026, 11, 28), True, "Hoán đổi"),
    ]
    assert house.see(calendar_store.set_by) == dict.fromkeys((STORM, date(2026, 11, 28)), "administrator")
    assert house.see(question_store.count_due) == 0
