"""Where one dialogue stands. Not a question's state: those live in the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.conversation.message import Option


class Phase(StrEnum):
    """The conversation states; `dialogue.mmd` draws the steps between them."""

    IDLE = "idle"
    CHOOSING = "choosing"  # two or three entries were offered
    CONFIRMING = "confirming"  # an answer was given: is it what was meant?
    WITH_OFFICER = "with_officer"  # an officer owns the matter
    ERASING = "erasing"  # all of his data is to be erased: is he sure?
    CONSENTING = "consenting"  # may what he asked go to an officer? It is kept here, and nowhere else, for a day


@dataclass(frozen=True, slots=True)
class State:
    """A phase with its data: which question it is about, what was offered, what we asked."""

    phase: Phase = Phase.IDLE
    reference: str | None = None
    options: tuple[Option, ...] = field(default=())
    asked_commune: bool = False
    commune: str | None = None
    greeted: bool = False
    unit: str | None = None  # the code of the unit where the resident lives, where it is known
    place: str | None = None  # words about it that may mean several: we asked which
    before: Phase | None = None  # where it stood when we asked whether he is sure
    pending: Mapping[str, Any] | None = None  # what waits for his consent (`consent.py`)
    source: str | None = None  # the token of the place by whose link the conversation began
    assist: Mapping[str, str] | None = None  # a helper asks for somebody: how far he is (`assisting.py`)

    def to(
        self,
        phase: Phase,
        reference: str | None = None,
        *,
        options: tuple[Option, ...] = (),
        asked_commune: bool = False,
    ) -> "State":
        """The next state; what belonged to the last phase is dropped, the commune and the greeting stay."""
        bare = State(phase, reference, options, asked_commune, self.commune, self.greeted, self.unit)
        return replace(bare, source=self.source)

    def met(self) -> "State":
        """The same, with the resident greeted."""
        return replace(self, greeted=True)

    def as_json(self) -> dict[str, Any]:
        """The data as stored beside the phase."""
        return {
            "reference": self.reference,
            "options": [[option.id, option.label] for option in self.options],
            "asked_commune": self.asked_commune,
            "commune": self.commune,
            "greeted": self.greeted,
            "unit": self.unit,
            "place": self.place,
            **({"before": self.before} if self.before else {}),
            **({"pending": self.pending} if self.pending else {}),
            "source": self.source,
            "assist": dict(self.assist) if self.assist is not None else None,
        }

    @classmethod
    def from_json(cls, phase: str, data: dict[str, Any]) -> "State":
        """The state that was stored."""
        options = tuple(Option(identity, label) for identity, label in data.get("options", ()))
        return cls(
            Phase(phase),
            data.get("reference"),
            options,
            data.get("asked_commune", False),
            data.get("commune"),
            data.get("greeted", False),
            data.get("unit"),
            data.get("place"),
            Phase(data["before"]) if data.get("before") else None,
            data.get("pending"),
            data.get("source"),
            data.get("assist"),
        )
