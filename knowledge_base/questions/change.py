"""Steps of a question as values, before they are saved: who does what, what is kept with it, what its event says.

A question that exists takes a step under its version (`officer_queue`); one that is being opened takes all its first
steps in memory and is saved once, where it stands then (`Opening`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from knowledge_base.clock import vietnam_day
from knowledge_base.questions.deadline import Calendar
from knowledge_base.questions.lifecycle import Action, Role, step
from knowledge_base.questions.question import Disposition, QuestionState


class Member(Protocol):
    """What an actor is made from: an account."""

    @property
    def id(self) -> int:
        """The account's number."""
        ...

    @property
    def username(self) -> str:
        """The account's name."""
        ...

    @property
    def role(self) -> Role:
        """What the account may do."""
        ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in events and before the table of steps."""

    name: str
    role: Role
    staff_id: int | None = None

    @classmethod
    def of(cls, member: Member) -> "Actor":
        """A signed-in member of staff."""
        return cls(member.username, member.role, member.id)


BOT = Actor("bot", Role.BOT)
CLOCK = Actor("clock", Role.CLOCK)
RESIDENT = Actor("resident", Role.RESIDENT)


@dataclass(frozen=True, slots=True)
class Change:
    """One step: the action and who takes it, the columns saved with it, the data of its event."""

    action: Action
    actor: Actor
    event: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


_PENDING = {"disposition": Disposition.PENDING, "disposition_entry": None, "disposition_reason": None}


def offering(keys: Sequence[str]) -> Change:
    """Two or three entries may fit: the resident chooses."""
    return Change(Action.OFFER, BOT, {"entries": list(keys)})


def answering_by_bot(entry_key: str, revision_id: int, actor: Actor = BOT) -> Change:
    """An entry's approved words are sent; its page settles the question in the ledger."""
    settled = {"disposition": Disposition.LINKED, "disposition_entry": entry_key, "disposition_reason": None}
    event = {"entry": entry_key, "revision": revision_id}
    return Change(Action.ANSWER_BY_BOT, actor, event, {"entry_key": entry_key, **settled})


def queueing(
    now: datetime, working_days: int, calendar: Calendar, reason: str, *, urgent: bool, actor: Actor = RESIDENT
) -> Change:
    """To the officers, with a promised day; danger is a matter of today."""
    event, values = promise(now, 0 if urgent else working_days, calendar)
    return Change(Action.QUEUE, actor, {"reason": reason, **event}, {**values, **_PENDING, "unshared": False})


def promise(now: datetime, working_days: int, calendar: Calendar) -> tuple[dict[str, Any], dict[str, Any]]:
    """A promise that begins today: the data of its event, and the columns that keep it and how it came about."""
    today = vietnam_day(now)
    due_on = calendar.due_day(today, working_days)
    clock = {"clock_from": today, "clock_days": working_days, "pauses": []}
    return {"due_on": due_on.isoformat()}, {"due_on": due_on, "promise_renewed_at": None, **clock}


def reopening(now: datetime, working_days: int, calendar: Calendar, reason: str, actor: Actor) -> Change:
    """The answer didn't settle it: back to the queue, with a new promise."""
    event, values = promise(now, working_days, calendar)
    fresh = {"unshared": False, "close_reason": None, "assigned_to": None, "unit_due_on": None}
    return Change(Action.REOPEN, actor, {"reason": reason, **event}, {**values, **fresh, **_PENDING})


@dataclass(slots=True)
class Opening:
    """A question that is being opened; saved once, with the events and words it has gathered by then."""

    reference: str
    contact_ref: str
    channel: str
    unit_code: str
    text: str
    candidates: Sequence[dict[str, Any]] = ()
    urgent: bool = False
    state: QuestionState = QuestionState.RECEIVED
    values: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    words: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    path: str = "0/"  # of the unit where the resident lives, as far as known: for routing

    def __post_init__(self) -> None:
        self.events.append((RESIDENT.name, "ask", {"channel": self.channel}))

    def take(self, change: Change) -> None:
        """One step, checked against the table of steps."""
        self.state = step(self.state, change.action, change.actor.role)
        self.values |= change.values
        self.events.append((change.actor.name, str(change.action), change.event))

    def set_commune(self, commune: str, path: str | None = None) -> None:
        """The resident said where he lives; `path` is that of the unit, where it is known."""
        self.values["commune"] = commune
        self.path = path or self.path
        self.events.append((RESIDENT.name, "commune", {}))

    def add_words(self, text: str, media_kind: str | None = None, media_ref: str | None = None) -> None:
        """The resident said more, or sent something."""
        self.words.append((text, media_kind, media_ref))
        self.events.append((RESIDENT.name, "message", {}))
