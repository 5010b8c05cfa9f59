"""What a turn of the dialogue asks the store to do. The inbox performs these, in order, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversation.assisting import Behalf
from knowledge_base.questions.question import CloseReason


@dataclass(frozen=True, slots=True)
class Ask:
    """Open a question under a fresh code. `found`: what the matcher saw, when it was asked earlier."""

    reference: str
    text: str
    urgent: bool = False
    media_kind: str | None = None
    media_ref: str | None = None
    found: Sequence[Mapping[str, Any]] | None = None
    behalf: Behalf | None = None  # asked for somebody else


@dataclass(frozen=True, slots=True)
class AnswerByBot:
    """An entry's words were sent for this question."""

    reference: str
    entry_key: str
    revision_id: int
    chosen: bool = False  # by the resident, among choices


@dataclass(frozen=True, slots=True)
class Offer:
    """Choices were sent for this question."""

    reference: str
    entry_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """Hand the question to the officers."""

    reference: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """The officer's answer didn't settle it."""

    reference: str


@dataclass(frozen=True, slots=True)
class Close:
    """The resident is served, or asks no longer."""

    reference: str
    reason: CloseReason


@dataclass(frozen=True, slots=True)
class AddWords:
    """Further words or media for a question that an officer owns."""

    reference: str
    text: str
    media_kind: str | None = None
    media_ref: str | None = None


@dataclass(frozen=True, slots=True)
class SetCommune:
    """Where the resident lives, in words; `unit`: the code of that unit, where it is known."""

    reference: str
    commune: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the resident thought of an entry's answer."""

    reference: str
    verdict: str


@dataclass(frozen=True, slots=True)
class SetStopped:
    """`/dung` and its undoing."""

    stopped: bool


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """The language that the resident wants to be answered in."""

    language: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The resident has gone from the channel: nothing reaches him there until he comes back."""


@dataclass(frozen=True, slots=True)
class Erase:
    """The resident has all that is kept of him destroyed."""


@dataclass(frozen=True, slots=True)
class GiveCopy:
    """A code opens a copy of all that is kept of him, once and for an hour."""

    code: str


OnQuestion = Ask | AnswerByBot | Offer | Queue | Reopen | Close | AddWords | SetCommune | Feedback
OnResident = SetStopped | SetLanguage | Leave | Erase | GiveCopy
Act = OnQuestion | OnResident
