"""THE table of a revision's steps. Scheduled, not yet in force and expired are derived from dates, never stored."""

from datetime import date
from enum import StrEnum

from knowledge_base.errors import Conflict, Forbidden, InvalidInput
from knowledge_base.faq.entry import FaqEntry, InForce


class RevisionState(StrEnum):
    """Where one immutable text stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    AMENDS_NEEDED = "amends_needed"
    APPROVED = "approved"
    APPROVED_BY_BYPASS = "approved_by_bypass"  # by one person alone, for a reason, to be looked at by another
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class RevisionAction(StrEnum):
    """What can be done with a revision."""

    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    BYPASS = "bypass"
    PUBLISH = "publish"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"


# An editor has still to decide about such a text, or it waits for its day.
OPEN_STATES = (RevisionState.IN_REVIEW, RevisionState.APPROVED, RevisionState.AMENDS_NEEDED)

TABLE: dict[tuple[RevisionState, RevisionAction], RevisionState] = {
    (RevisionState.DRAFT, RevisionAction.SUBMIT): RevisionState.IN_REVIEW,
    (RevisionState.IN_REVIEW, RevisionAction.RETURN): RevisionState.AMENDS_NEEDED,
    (RevisionState.IN_REVIEW, RevisionAction.APPROVE): RevisionState.APPROVED,
    (RevisionState.IN_REVIEW, RevisionAction.BYPASS): RevisionState.APPROVED_BY_BYPASS,
    (RevisionState.APPROVED_BY_BYPASS, RevisionAction.PUBLISH): RevisionState.PUBLISHED,
    (RevisionState.AMENDS_NEEDED, RevisionAction.SUBMIT): RevisionState.IN_REVIEW,
    (RevisionState.APPROVED, RevisionAction.PUBLISH): RevisionState.PUBLISHED,
    (RevisionState.APPROVED, RevisionAction.RETURN): RevisionState.AMENDS_NEEDED,
    (RevisionState.PUBLISHED, RevisionAction.SUPERSEDE): RevisionState.SUPERSEDED,
    (RevisionState.PUBLISHED, RevisionAction.WITHDRAW): RevisionState.WITHDRAWN,
}


def step(state: RevisionState, action: RevisionAction) -> RevisionState:
    """The state after `action`; raises Conflict where it can't happen."""
    to = TABLE.get((state, action))
    if to is None:
        raise Conflict("revision_state", state=str(state), action=str(action))
    return to


def guard_two_people(author: str, approver: str) -> None:
    """Nobody approves his own text."""
    if author == approver:
        raise Forbidden("author_is_approver", author=author)


def guard_publishable(entry: FaqEntry, documents: dict[str, InForce], day: date) -> None:
    """A public text says something, in a window that exists; an answer stands on a legal document in force.

    A referral needs no document.

    Raises:
        InvalidInput: `question_empty`, `answer_empty`, `window_reversed`, `legal_basis_missing`,
            `legal_basis_unknown` or `legal_basis_expired`.
    """
    if not entry.question.strip():
        raise InvalidInput("question_empty", field="question")
    if not entry.short_answer.strip():
        raise InvalidInput("answer_empty", field="short_answer")
    if (entry.in_force.from_day or date.min) > (entry.in_force.to_day or date.max):
        raise InvalidInput("window_reversed", field="to_day")
    if entry.kind == "referral":
        return
    if not entry.legal_basis:
        raise InvalidInput("legal_basis_missing", entry=entry.key)
    unknown = [basis.document for basis in entry.legal_basis if basis.document not in documents]
    if unknown:
        raise InvalidInput("legal_basis_unknown", entry=entry.key, documents=unknown)
    # An entry may be approved before its window opens: its basis must hold on its own first day.
    # One whose window is over is history (a fresh install still loads it): judged by its last day.
    first_day = min(max(day, entry.in_force.from_day or day), entry.in_force.to_day or date.max)
    if not any(documents[basis.document].holds_on(first_day) for basis in entry.legal_basis):
        raise InvalidInput("legal_basis_expired", entry=entry.key)
