"""Every (state, action, role): allowed exactly as the table says, and the table says what the house decided."""

from itertools import product

import pytest

from knowledge_base.errors import Conflict, Forbidden
from knowledge_base.faq.publication import TABLE as REVISION_TABLE
from knowledge_base.faq.publication import RevisionAction, RevisionState
from knowledge_base.faq.publication import step as revision_step
from knowledge_base.questions.lifecycle import STAFF, TABLE, Action, Role, actions_for, step
from knowledge_base.questions.question import OPEN_STATES, QuestionState

BOT, CLOCK, RESIDENT = Role.BOT, Role.CLOCK, Role.RESIDENT
OFFICERS = {Role.OFFICER, Role.EDITOR}

# Written out a second time, so that a slip in the table is seen: state, action -> (state, who).
EXPECTED = {
    ("received", "offer"): ("offered", {BOT}),
    ("received", "answer_by_bot"): ("answered_by_bot", {BOT}),
    ("received", "queue"): ("queued", {BOT, RESIDENT}),
    ("offered", "answer_by_bot"): ("answered_by_bot", {BOT, RESIDENT}),
    ("offered", "queue"): ("queued", {BOT, RESIDENT, CLOCK}),
    ("offered", "close"): ("closed", {RESIDENT, CLOCK}),
    ("answered_by_bot", "queue"): ("queued", {RESIDENT}),
    ("answered_by_bot", "close"): ("closed", {RESIDENT, CLOCK}),
    ("queued", "claim"): ("assigned", OFFICERS),
    ("queued", "close"): ("closed", {RESIDENT}),
    ("queued", "answer_together"): ("answered", OFFICERS),
    ("queued", "transfer"): ("queued", OFFICERS),
    ("queued", "escalate"): ("queued", OFFICERS),
    ("queued", "gather"): ("queued", OFFICERS),
    ("queued", "take_out"): ("queued", OFFICERS),
    ("assigned", "release"): ("queued", OFFICERS),
    ("assigned", "ask_back"): ("waiting_for_resident", OFFICERS),
    ("assigned", "transfer"): ("queued", OFFICERS),
    ("assigned", "escalate"): ("queued", OFFICERS),
    ("assigned", "split"): ("assigned", OFFICERS),
    ("assigned", "gather"): ("assigned", OFFICERS),
    ("assigned", "take_out"): ("assigned", OFFICERS),
    ("assigned", "answer"): ("answered", OFFICERS),
    ("assigned", "answer_together"): ("answered", OFFICERS),
    ("assigned", "close"): ("closed", OFFICERS),
    ("waiting_for_resident", "resume"): ("assigned", OFFICERS | {RESIDENT}),
    ("waiting_for_resident", "gather"): ("waiting_for_resident", OFFICERS),
    ("waiting_for_resident", "take_out"): ("waiting_for_resident", OFFICERS),
    ("waiting_for_resident", "answer_together"): ("answered", OFFICERS),
    ("waiting_for_resident", "close"): ("closed", OFFICERS),
    ("answered", "close"): ("closed", OFFICERS | {RESIDENT, CLOCK}),
    ("answered", "reopen"): ("queued", OFFICERS | {RESIDENT}),
    ("closed", "reopen"): ("queued", OFFICERS | {RESIDENT}),
}


def test_the_table_is_the_one_decided() -> None:
    assert {(str(at), str(act)): (str(to.to), set(to.who)) for (at, act), to in TABLE.items()} == EXPECTED
    assert set(STAFF) == OFFICERS


@pytest.mark.parametrize(("state", "action", "role"), list(product(QuestionState, Action, Role)))
def test_a_step_is_allowed_exactly_as_in_the_table(state, action, role) -> None:
    allowed = TABLE.get((state, action))
    assert (action in actions_for(state, role)) == (allowed is not None and role in allowed.who)
    if allowed is None:
        with pytest.raises(Conflict):
            step(state, action, role)
    elif role not in allowed.who:
        with pytest.raises(Forbidden):
            step(state, action, role)
    else:
        assert step(state, action, role) == allowed.to


def test_every_state_is_reached_and_none_is_a_trap() -> None:
    reached, frontier = {QuestionState.RECEIVED}, [QuestionState.RECEIVED]
    while frontier:
        at = frontier.pop()
        for (state, _action), to in TABLE.items():
            if state == at and to.to not in reached:
                reached.add(to.to)
                frontier.append(to.to)
    assert reached == set(QuestionState)
    assert {state for state, _action in TABLE} == set(QuestionState)
    assert all(set(actions_for(state, Role.RESIDENT)) for state in (QuestionState.OFFERED, QuestionState.QUEUED))
    assert set(OPEN_STATES) == {QuestionState.QUEUED, QuestionState.ASSIGNED}


def test_administrators_move_no_question() -> None:
    assert not any(actions_for(state, Role.ADMINISTRATOR) for state in QuestionState)


@pytest.mark.parametrize(("state", "action"), list(product(RevisionState, RevisionAction)))
def test_a_revision_steps_exactly_as_in_its_table(state, action) -> None:
    if (state, action) in REVISION_TABLE:
        assert revision_step(state, action) == REVISION_TABLE[state, action]
    else:
        with pytest.raises(Conflict, match="revision_state"):
            revision_step(state, action)


def test_nothing_becomes_public_without_review() -> None:
    """Every way to published goes through in_review and approved; the emergency's is a state of its own."""
    into = {to: {at for (at, _act), target in REVISION_TABLE.items() if target == to} for to in RevisionState}
    assert into[RevisionState.PUBLISHED] == {RevisionState.APPROVED, RevisionState.APPROVED_BY_BYPASS}
    assert into[RevisionState.APPROVED_BY_BYPASS] == {RevisionState.IN_REVIEW}
    assert into[RevisionState.APPROVED] == {RevisionState.IN_REVIEW}
