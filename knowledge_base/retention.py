"""THE table of how long what is kept: the sweeper and the stores go by it, residents read it."""

from dataclasses import dataclass
from typing import Protocol

UNUSED_DAYS = 2  # a chat session that never said anything
CONSENT_DAYS = 1  # what waits for its asker's consent
CODE_HOURS = 1  # a number that opens a copy of one's data
PARTING_DAYS = 1  # an address that only the confirmation of its erasing goes to
DAYS_A_MONTH = 31  # kept no shorter than promised, at most a few days longer


class Periods(Protocol):
    """What an administrator sets; see `Settings`."""

    @property
    def retention_months(self) -> int:
        """Residents' words."""
        ...

    @property
    def retention_payload_days(self) -> int:
        """What a platform sent, as it was sent."""
        ...

    @property
    def retention_contact_months(self) -> int:
        """An address, after the last word."""
        ...

    @property
    def backup_days(self) -> int:
        """Safety copies."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data and how long it is kept at most. `unit`: months, days or hours."""

    kind: str
    amount: int
    unit: str


def retention(settings: Periods) -> tuple[Kept, ...]:
    """Every kind of data that is a resident's, in the order in which he reads it."""
    return (
        Kept("words", settings.retention_months, "months"),
        Kept("payload", settings.retention_payload_days, "days"),
        Kept("contact", settings.retention_contact_months, "months"),
        Kept("consent", CONSENT_DAYS, "days"),
        Kept("session", UNUSED_DAYS, "days"),
        Kept("code", CODE_HOURS, "hours"),
        Kept("parting", PARTING_DAYS, "days"),
        Kept("backup", settings.backup_days, "days"),
    )
