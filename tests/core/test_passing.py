"""Passing on: to another unit, up the ladder, in parts. The resident's promise stays what it was."""

from datetime import date
from typing import Any

import pytest

from knowledge_base import officer_queue, passing
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.questions.question import QuestionState
from knowledge_base.storage import question_store
from tests.core.conftest import House


def at(house: House, name: str, question_id: int, **how: Any) -> Any:
    return house.see(question_store.question_within, house.who(name).unit_path, question_id, **how)


def test_a_transfer_moves_the_question_and_keeps_the_promise(house: House) -> None:
    question_id = house.assigned(officer="officer7701", unit="7701")
    promised = house.question(question_id).due_on
    house.do(passing.transfer, house.who("officer7701"), question_id, "7702", "thuộc xã Hai")
    moved = house.question(question_id)
    assert (moved.unit_code, moved.state, moved.assigned_to) == ("7702", QuestionState.QUEUED, None)
    assert (moved.due_on, moved.unit_due_on) == (promised, None)
    assert house.told(question_id)[-1] == {
        "notice": "passed_on",
        "reference": moved.reference,
        "office": "Xã Hai",
        "due_on": promised.isoformat(),
    }
    assert at(house, "officer7702", question_id)


def test_who_passed_it_on_reads_it_and_can_do_nothing_more(house: House) -> None:
    question_id = house.assigned(officer="officer7701", unit="7701")
    former = house.who("officer7701")
    house.do(passing.transfer, former, question_id, "7702", "thuộc xã Hai")
    assert at(house, "officer7701", question_id, read=True)
    for verb, rest in ((officer_queue.claim, ()), (passing.transfer, ("7701", "nhầm"))):
        with pytest.raises(NotFound):
            house.do(verb, former, question_id, *rest)


def test_escalation_goes_one_step_up_with_a_deadline_of_its_own(house: House) -> None:
    question_id = house.assigned(officer="officer7701", unit="7701")
    promised = house.question(question_id).due_on
    house.do(passing.escalate, house.who("officer7701"), question_id, 2, "vượt thẩm quyền của xã")
    moved = house.question(question_id)
    assert (moved.unit_code, moved.due_on) == ("77", promised)
    assert moved.unit_due_on == date(2026, 11, 26)  # two working days after Monday 23/11; the 24th is a holiday
    house.do(passing.escalate, house.who("officer77"), question_id, 1, "vượt thẩm quyền của tỉnh")
    assert house.question(question_id).unit_code == "0"
    with pytest.raises(Conflict, match="nothing_above"):
        house.do(passing.escalate, house.who("officer"), question_id, 1, "còn ai nữa")


def test_what_somebody_holds_is_not_passed_on_over_his_head(house: House) -> None:
    question_id = house.assigned(officer="officer")
    with pytest.raises(Conflict) as caught:
        house.do(passing.transfer, house.who("officer2"), question_id, "77", "của tỉnh")
    assert caught.value.data["by"] == house.who("officer").id


@pytest.mark.parametrize(("unit", "reason", "error"), [("99", "lý do", NotFound), ("77", " ", InvalidInput)])
def test_a_transfer_needs_a_unit_and_a_reason(house: House, unit: str, reason: str, error: type[Exception]) -> None:
    question_id = house.assigned()
    with pytest.raises(error):
        house.do(passing.transfer, house.who("officer"), question_id, unit, reason)
    assert house.question(question_id).state == QuestionState.ASSIGNED


@pytest.mark.parametrize("name", ["auditor", "collaborator", "administrator"])
def test_roles_without_the_step_pass_nothing_on(house: House, name: str) -> None:
    question_id = house.queued()
    with pytest.raises(Forbidden):
        house.do(passing.transfer, house.who(name), question_id, "77", "lý do")


def test_a_message_is_split_into_questions_with_codes_of_their_own(house: House) -> None:
    question_id = house.assigned("Vay vốn thế nào và thẻ BHYT mất thì sao?")
    whole = house.question(question_id)
    made = house.do(passing.split, house.who("officer"), question_id, ["Thẻ BHYT mất thì làm lại ở đâu?", "  "])
    [part] = [house.question(one) for one in made]
    assert (part.text, part.split_from, part.state) == (
        "Thẻ BHYT mất thì làm lại ở đâu?",
        whole.id,
        QuestionState.QUEUED,
    )
    assert (part.due_on, part.clock_from, part.contact_ref) == (whole.due_on, whole.clock_from, whole.contact_ref)
    assert part.reference != whole.reference
    assert house.question(question_id).text == whole.text
    told = house.told(question_id)[-1]
    assert told["parts"] == [{"reference": part.reference, "text": part.text}]
    for wrong in ([], [" "], [f"câu {n}" for n in range(passing.MOST_PARTS + 1)]):
        with pytest.raises(InvalidInput):
            house.do(passing.split, house.who("officer"), question_id, wrong)
