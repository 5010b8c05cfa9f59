"""THE table of a question's steps: what may happen in which state, and who may do it.

The console draws its buttons from this table, and every verb goes through `step`.
"""

from dataclasses import dataclass
from enum import StrEnum

from knowledge_base.errors import Conflict, Forbidden
from knowledge_base.questions.question import UNFINISHED_STATES
from knowledge_base.questions.question import QuestionState as State


class Action(StrEnum):
    """What can be done with a question."""

    OFFER = "offer"
    ANSWER_BY_BOT = "answer_by_bot"
    QUEUE = "queue"
    CLAIM = "claim"
    RELEASE = "release"
    ASK_BACK = "ask_back"
    RESUME = "resume"
    TRANSFER = "transfer"
    ESCALATE = "escalate"
    SPLIT = "split"
    GATHER = "gather"
    TAKE_OUT = "take_out"
    ANSWER = "answer"
    ANSWER_TOGETHER = "answer_together"
    CLOSE = "close"
    REOPEN = "reopen"


class Role(StrEnum):
    """Who acts: the bot and the clock are actors too."""

    BOT = "bot"
    CLOCK = "clock"
    RESIDENT = "resident"
    OFFICER = "officer"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"  # reads everything, changes nothing
    COLLABORATOR = "collaborator"  # writes drafts and notes; an officer signs off


# Administrators run the place; who wants to answer needs an officer's account.
STAFF = frozenset({Role.OFFICER, Role.EDITOR})
_DIALOGUE = frozenset({Role.BOT, Role.RESIDENT})


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed step: the state it leads to and who may take it."""

    to: State
    who: frozenset[Role]


TABLE: dict[tuple[State, Action], Step] = {
    (State.RECEIVED, Action.OFFER): Step(State.OFFERED, frozenset({Role.BOT})),
    (State.RECEIVED, Action.ANSWER_BY_BOT): Step(State.ANSWERED_BY_BOT, frozenset({Role.BOT})),
    (State.RECEIVED, Action.QUEUE): Step(State.QUEUED, _DIALOGUE),
    (State.OFFERED, Action.ANSWER_BY_BOT): Step(State.ANSWERED_BY_BOT, _DIALOGUE),
    (State.OFFERED, Action.QUEUE): Step(State.QUEUED, _DIALOGUE | {Role.CLOCK}),
    (State.OFFERED, Action.CLOSE): Step(State.CLOSED, frozenset({Role.RESIDENT, Role.CLOCK})),
    (State.ANSWERED_BY_BOT, Action.QUEUE): Step(State.QUEUED, frozenset({Role.RESIDENT})),
    (State.ANSWERED_BY_BOT, Action.CLOSE): Step(State.CLOSED, frozenset({Role.RESIDENT, Role.CLOCK})),
    (State.QUEUED, Action.CLAIM): Step(State.ASSIGNED, STAFF),
    (State.QUEUED, Action.CLOSE): Step(State.CLOSED, frozenset({Role.RESIDENT})),
    (State.QUEUED, Action.ANSWER_TOGETHER): Step(State.ANSWERED, STAFF),
    (State.QUEUED, Action.TRANSFER): Step(State.QUEUED, STAFF),
    (State.QUEUED, Action.ESCALATE): Step(State.QUEUED, STAFF),
    (State.ASSIGNED, Action.RELEASE): Step(State.QUEUED, STAFF),
    (State.ASSIGNED, Action.ASK_BACK): Step(State.WAITING_FOR_RESIDENT, STAFF),
    (State.ASSIGNED, Action.TRANSFER): Step(State.QUEUED, STAFF),
    (State.ASSIGNED, Action.ESCALATE): Step(State.QUEUED, STAFF),
    (State.ASSIGNED, Action.SPLIT): Step(State.ASSIGNED, STAFF),
    (State.ASSIGNED, Action.ANSWER): Step(State.ANSWERED, STAFF),
    (State.ASSIGNED, Action.ANSWER_TOGETHER): Step(State.ANSWERED, STAFF),
    (State.ASSIGNED, Action.CLOSE): Step(State.CLOSED, STAFF),
    (State.WAITING_FOR_RESIDENT, Action.RESUME): Step(State.ASSIGNED, STAFF | {Role.RESIDENT}),
    (State.WAITING_FOR_RESIDENT, Action.ANSWER_TOGETHER): Step(State.ANSWERED, STAFF),
    (State.WAITING_FOR_RESIDENT, Action.CLOSE): Step(State.CLOSED, STAFF),
    **{
        (state, action): Step(state, STAFF)
        for state in UNFINISHED_STATES
        for action in (Action.GATHER, Action.TAKE_OUT)
    },
    (State.ANSWERED, Action.CLOSE): Step(State.CLOSED, STAFF | {Role.RESIDENT, Role.CLOCK}),
    (State.ANSWERED, Action.REOPEN): Step(State.QUEUED, STAFF | {Role.RESIDENT}),
    (State.CLOSED, Action.REOPEN): Step(State.QUEUED, STAFF | {Role.RESIDENT}),
}


def step(state: State, action: Action, role: Role) -> State:
    """The state after `action` by `role`.

    Raises:
        Conflict: the question is in a state where this can't happen (any more).
        Forbidden: it can happen, but not by this role.
    """
    allowed = TABLE.get((state, action))
    if allowed is None:
        raise Conflict("question_state", state=str(state), action=str(action))
    if role not in allowed.who:
        raise Forbidden("question_role", action=str(action), role=str(role))
    return allowed.to


def actions_for(state: State, role: Role) -> tuple[Action, ...]:
    """The actions open to `role` in `state`, in the table's order."""
    return tuple(action for (at, action), allowed in TABLE.items() if at == state and role in allowed.who)
