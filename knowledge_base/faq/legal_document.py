"""The register of legal documents that answers stand on."""

from dataclasses import dataclass, field
from datetime import date

from knowledge_base.faq.entry import InForce

ENDED = ("expired", "repealed")
STATUSES = ("in_force", "unknown", *ENDED)


@dataclass(frozen=True, slots=True)
class LegalDocument:
    """One document; what isn't known stays empty, never guessed."""

    number: str
    kind: str = ""
    title: str = ""
    issuer: str = ""
    issued_on: date | None = None
    in_force: InForce = field(default_factory=InForce)
    link: str = ""
    status: str = "unknown"
    replaced_by: str = ""

    @property
    def window(self) -> InForce:
        """The days on which it can carry an answer: none where it is known to have ended, but not when."""
        if self.status in ENDED and self.in_force.to_day is None:
            return InForce(None, date.min)
        return self.in_force

    def standing(self, day: date) -> str:
        """How it stands on a day, by its dates: one of `STATUSES`, or `not_yet`."""
        window = self.window
        if window.from_day and day < window.from_day:
            return "not_yet"
        if window.to_day and window.to_day < day:
            return self.status if self.status in ENDED else "expired"
        return "in_force" if self.status in ENDED else self.status


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject for browsing and routing."""

    slug: str
    name: str
    name_en: str
    hint: str
