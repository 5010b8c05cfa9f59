"""What comes in and what goes out, the same for every channel."""

import re
from dataclasses import dataclass
from typing import Any, Literal

IncomingKind = Literal["text", "option", "start", "media", "sticker", "left", "moved", "other"]
LONGEST_TEXT = 4096  # characters of one message that are kept and answered


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of a resident. `external_id` is the platform's, unique within the channel."""

    channel: str
    address: str
    external_id: str
    kind: IncomingKind
    text: str = ""
    option: str = ""
    media_kind: str | None = None  # photo | voice | video | document | location …
    media_ref: str | None = None  # the platform's reference; the file itself is not fetched
    language: str = "vi"
    presser: str = ""  # who pressed, where that isn't the address: in a group
    edited: bool = False  # the resident changed what he had written: `text` is the new wording


@dataclass(frozen=True, slots=True)
class Option:
    """A button; also numbered, and understood when its words are typed."""

    id: str
    label: str


_OPTION_ID = re.compile(
    r"(pick|none|skip|place|clear|unclear|notmine|easier|claim|erase|agree|refuse|policy)"
    r":[A-Z0-9-]{4,12}(:[A-Za-z0-9_.-]{1,40})?|lang:[a-z]{2,3}"
)


def is_option_id(text: str) -> bool:
    """Whether a text is a button's id: some platforms hand a press in as if it had been typed."""
    return _OPTION_ID.fullmatch(text) is not None


ReplyDecision = Literal["confident", "suggest", "unknown", "chat", "notice", "receipt", "erased"]

RECEIPTS = ("receipt", "unknown")  # decisions whose replies carry a code to be kept


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to a resident."""

    text: str
    decision: ReplyDecision
    options: tuple[Option, ...] = ()
    entry: str | None = None
    reference: str | None = None
    revision_id: int | None = None
    language: str = ""  # that it speaks; empty: Vietnamese
    vietnamese: tuple[int, int] | None = None  # in a reply of another language: the blocks in Vietnamese, [first, end)
    first_number: int = 1  # of its options, where those of an earlier reply still count; 0: they are typed in words

    def as_json(self) -> dict[str, Any]:
        """As kept in the outbox and handed out by the web chat."""
        numbered = {"first_number": self.first_number} if self.first_number != 1 else {}
        spoken = {"language": self.language} if self.language else {}
        in_vietnamese = {"vietnamese": list(self.vietnamese)} if self.vietnamese else {}
        return {**numbered, **spoken, **in_vietnamese} | {
            "text": self.text,
            "options": [{"id": option.id, "label": option.label} for option in self.options],
            "decision": self.decision,
            "entry": self.entry,
            "reference": self.reference,
        }

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Reply":
        """The reply that `as_json` made."""
        options = tuple(Option(option["id"], option["label"]) for option in body.get("options", ()))
        return cls(
            body["text"],
            body["decision"],
            options,
            body.get("entry"),
            body.get("reference"),
            language=body.get("language", ""),
            vietnamese=(part[0], part[1]) if (part := body.get("vietnamese")) else None,
            first_number=body.get("first_number", 1),
        )
