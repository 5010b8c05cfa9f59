"""An entry as it lives in the store: its revisions and its place on the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.publication import RevisionState

TRIAL_APPROVER = "project"


@dataclass(frozen=True, slots=True)
class Revision:
    """One immutable text of an entry's answer, and where it stands."""

    id: int
    number: int
    entry: FaqEntry
    slug: str
    state: RevisionState
    author: str
    approved_by: str | None
    confirmed_by: str | None
    note: str | None
    origin_question_id: int | None
    created_at: datetime
    published_at: datetime | None
    publish_on: date | None = None  # approved for this day
    bypass_reason: str | None = None  # why it went live without a second person
    bypass_checked_by: str | None = None
    correction: Mapping[str, Any] | None = None  # what it changed in substance, for readers
    shipped: bool = False  # the entry came with the program

    @property
    def key(self) -> str:
        """The entry's key."""
        return self.entry.key

    @property
    def on_trial(self) -> bool:
        """Shipped, and not confirmed point by point by the authority yet; every page and answer says so."""
        return (self.shipped or self.approved_by == TRIAL_APPROVER) and self.confirmed_by is None

    @property
    def vouched_by(self) -> str:
        """Who stands for the text: of a shipped one, who confirmed it; `project` while it is on trial."""
        return TRIAL_APPROVER if self.on_trial else self.confirmed_by or self.approved_by or ""
