"""A resident's question as values, and the words for its life."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class QuestionState(StrEnum):
    """Where a question stands; the steps between are in `lifecycle.py`."""

    RECEIVED = "received"
    OFFERED = "offered"
    ANSWERED_BY_BOT = "answered_by_bot"
    QUEUED = "queued"
    ASSIGNED = "assigned"
    WAITING_FOR_RESIDENT = "waiting_for_resident"
    ANSWERED = "answered"
    CLOSED = "closed"


# States in which somebody still owes the resident an answer.
OPEN_STATES = (QuestionState.QUEUED, QuestionState.ASSIGNED)
# States in which officers still have work with it, though the resident's word may come first.
UNFINISHED_STATES = (*OPEN_STATES, QuestionState.WAITING_FOR_RESIDENT)
# States in which an answer was given, so that an editor can decide what becomes of it.
ANSWERED_STATES = (QuestionState.ANSWERED_BY_BOT, QuestionState.ANSWERED, QuestionState.CLOSED)


class CloseReason(StrEnum):
    """Why a question was closed."""

    SETTLED = "settled"
    OUT_OF_SCOPE = "out_of_scope"
    PERSONAL_CASE = "personal_case"  # private, never public
    ABUSE = "abuse"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    ERASED = "erased"  # the asker had his data erased before it was settled


class Disposition(StrEnum):
    """How a question ended in the ledger; every question has exactly one."""

    PENDING = "pending"
    OWN_PAGE = "own_page"  # its answer became an entry of its own
    LINKED = "linked"  # an entry that has a page settles it
    EXCLUDED = "excluded"  # never public, with a reason


@dataclass(frozen=True, slots=True)
class Question:
    """What one resident asked, with where it stands."""

    id: int
    reference: str
    contact_ref: str
    channel: str
    unit_code: str
    text: str
    commune: str | None
    urgent: bool
    state: QuestionState
    entry_key: str | None
    candidates: tuple[dict[str, Any], ...]
    assigned_to: int | None
    topic: str | None
    owner_id: int | None
    cluster_id: int | None
    split_from: int | None
    due_on: date | None
    clock_from: date | None
    clock_days: int | None
    pauses: tuple[tuple[str, str | None], ...]  # ISO days: the first, and the first on which the clock runs again
    unit_due_on: date | None
    promise_renewed_at: datetime | None
    close_reason: str | None
    disposition: Disposition
    disposition_reason: str | None
    disposition_entry: str | None
    received_at: datetime
    updated_at: datetime
    version: int
    erased_at: datetime | None = None  # nothing of its words is left
    unshared: bool = False  # no officer may read it: its asker has not agreed
