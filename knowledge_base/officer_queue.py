"""Officers' verbs, and the doors through which the dialogue and the clock move a question.

Each is a synchronous function of (transaction, who, input): load, decide, save, outbox. None commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from knowledge_base import clusters, routing
from knowledge_base.asker import tell
from knowledge_base.clock import vietnam_day
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.publication import RevisionState, guard_publishable
from knowledge_base.faq.under_law import window_under_law
from knowledge_base.questions.change import (
    BOT,
    RESIDENT,
    Actor,
    Change,
    Opening,
    answering_by_bot,
    offering,
    queueing,
    reopening,
)
from knowledge_base.questions.lifecycle import Action
from knowledge_base.questions.pausing import resuming
from knowledge_base.questions.question import CloseReason, Disposition, Question, QuestionState
from knowledge_base.redaction.find import mask_personal_data
from knowledge_base.steps import held_by, move
from knowledge_base.storage import calendar_store, event_store, faq_store, question_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

# Why a question is never public, by the reason it was closed for; the others wait for an editor.
_EXCLUDED = {
    CloseReason.OUT_OF_SCOPE,
    CloseReason.PERSONAL_CASE,
    CloseReason.ABUSE,
    CloseReason.WITHDRAWN,
    CloseReason.DUPLICATE,
}

FIRST_UNIT = "0"  # the unit above all others: the office that runs this

# --- the dialogue's and the clock's side ----------------------------------------------------------


def open_all(tx: Transaction, openings: Sequence[Opening]) -> dict[str, int]:
    """Save questions that were opened, with their events and words; returns their ids by reference."""
    rows = [
        {
            "reference": opening.reference,
            "contact_ref": opening.contact_ref,
            "channel": opening.channel,
            "unit_code": opening.unit_code,
            "text": opening.text,
            "candidates": list(opening.candidates),
            "urgent": opening.urgent,
            "state": opening.state,
            **opening.values,
        }
        for opening in openings
    ]
    ids = question_store.add_questions(tx, rows)
    event_store.record_all(tx, [(ids[opening.reference], *event) for opening in openings for event in opening.events])
    said = [(ids[opening.reference], *words) for opening in openings for words in opening.words]
    question_store.add_messages(tx, said)
    return ids


def ask(tx: Transaction, opening: Opening) -> Question:
    """Save one question and load it."""
    return question_store.question(tx, open_all(tx, [opening])[opening.reference])


def offer(tx: Transaction, question: Question, keys: Sequence[str]) -> None:
    """Two or three entries may fit: the resident chooses."""
    move(tx, question, offering(keys))


def answer_by_bot(tx: Transaction, question: Question, entry_key: str, revision_id: int, actor: Actor = BOT) -> None:
    """An entry's approved words are sent; its page settles the question in the ledger."""
    move(tx, question, answering_by_bot(entry_key, revision_id, actor))


def queue(tx: Transaction, question: Question, actor: Actor, working_days: int, reason: str) -> None:
    """Hand a question to the officers, with a promised day."""
    calendar = calendar_store.calendar(tx)
    change = queueing(tx.now, working_days, calendar, reason, urgent=question.urgent, actor=actor)
    move(tx, question, change, **routing.owner_values(tx, question))


def set_commune(tx: Transaction, question: Question, commune: str, path: str | None = None) -> None:
    """The resident said where he lives; where the unit is known (`path`), a question that waits goes there."""
    routed = routing.reroute(tx, question, path) if path else {}
    question_store.save(tx, question, commune=commune, **routed)
    event_store.record(tx, RESIDENT.name, "commune", question_id=question.id)


def add_words(
    tx: Transaction, question: Question, text: str, media_kind: str | None = None, media_ref: str | None = None
) -> None:
    """The resident added something to a question; if an officer waited for it, his clock runs again."""
    question_store.add_message(tx, question.id, "resident", text, media_kind, media_ref)
    event_store.record(tx, RESIDENT.name, "message", question_id=question.id)
    if question.state == QuestionState.WAITING_FOR_RESIDENT:
        resume(tx, question, RESIDENT)


def resume(tx: Transaction, question: Question, actor: Actor) -> None:
    """What was asked is answered, or needn't be: the promise moves by the days that were waited."""
    event, values = resuming(question, vietnam_day(tx.now), calendar_store.calendar(tx))
    move(tx, question, Change(Action.RESUME, actor, event, values))


def close_by_resident(tx: Transaction, question: Question, reason: CloseReason, actor: Actor = RESIDENT) -> None:
    """The resident is served, or asks no longer; or (the clock) has not said that it may go to an officer."""
    values: dict[str, Any] = {"close_reason": reason}
    page = faq_store.live_page_of(tx, question.id)
    if question.disposition == Disposition.PENDING and page is not None:  # it was answered before, and that stands
        values |= {"disposition": Disposition.OWN_PAGE, "disposition_entry": page.key}
    elif reason in _EXCLUDED and question.disposition == Disposition.PENDING:
        values |= {"disposition": Disposition.EXCLUDED, "disposition_reason": reason}
    move(tx, question, Change(Action.CLOSE, actor, {"reason": str(reason)}, values))


def reopen(tx: Transaction, question: Question, actor: Actor, working_days: int, reason: str) -> None:
    """The answer didn't settle it: back to the queue, with a new promise."""
    move(tx, question, reopening(tx.now, working_days, calendar_store.calendar(tx), reason, actor))


# --- the officers' side ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerText:
    """What an officer writes: the answer's words and what they stand on."""

    kind: str
    short_answer: str
    details: str
    topic: str
    legal_basis: tuple[tuple[str, str], ...] = ()
    in_force: InForce = field(default_factory=InForce)

    def as_json(self) -> dict[str, Any]:
        """As kept with the question and sent to the asker."""
        return {
            "kind": self.kind,
            "short_answer": self.short_answer,
            "details": self.details,
            "topic": self.topic,
            "legal_basis": [{"document": number, "article": article} for number, article in self.legal_basis],
            "in_force": {
                "from": self.in_force.from_day.isoformat() if self.in_force.from_day else None,
                "to": self.in_force.to_day.isoformat() if self.in_force.to_day else None,
            },
        }


def claim(tx: Transaction, member: StaffMember, question_id: int) -> None:
    """Take a question; exactly one officer can. Raises Conflict with the winner's id."""
    question = question_store.question_within(tx, member.unit_path, question_id, lock=True)
    if question.state == QuestionState.ASSIGNED:
        raise Conflict("already_claimed", by=question.assigned_to)
    move(tx, question, Change(Action.CLAIM, Actor.of(member)), assigned_to=member.id)


def release(tx: Transaction, member: StaffMember, question_id: int) -> None:
    """Give a question back to the queue; the draft stays."""
    question = held_by(tx, member, question_id)
    move(tx, question, Change(Action.RELEASE, Actor.of(member)), assigned_to=None)


def answer(tx: Transaction, member: StaffMember, question_id: int, text: AnswerText) -> int:
    """Sign an answer off: every asker of the cluster is sent it now, the public text waits for an editor.

    Returns the answer's id.
    """
    faq_store.lock_changes(tx)
    question = held_by(tx, member, question_id)
    if not text.short_answer.strip():
        raise InvalidInput("answer_empty", field="short_answer")
    revision_id = _propose(tx, member, question, text)
    answer_id = question_store.add_answer(tx, question.id, member.id, text.as_json(), None)
    event: dict[str, Any] = {"answer": answer_id, "revision": revision_id}
    move(tx, question, Change(Action.ANSWER, Actor.of(member), event), entry_key=None)
    body = {"notice": "officer_answer", "reference": question.reference, "answer": text.as_json()}
    tell(tx, question, f"answer:{answer_id}", body)
    clusters.settle(tx, member, question, answer_id, body)
    return answer_id


def _propose(tx: Transaction, member: StaffMember, question: Question, text: AnswerText) -> int:
    """The answer as a revision in review, of an entry made for this question."""
    entry = FaqEntry(
        key=f"Q{question.id}",  # not the reference: whoever knows that may look the answer up
        kind="referral" if text.kind == "referral" else "answer",
        status="draft",
        approved_by="",
        topic=text.topic,
        question=mask_personal_data(question.text),
        short_answer=text.short_answer,
        details=text.details,
        legal_basis=tuple(LegalBasis(number, article) for number, article in text.legal_basis),
        in_force=text.in_force,
        checked_on=vietnam_day(tx.now),
    )
    windows = {number: document.window for number, document in faq_store.documents(tx).items()}
    guard_publishable(entry, windows, vietnam_day(tx.now))
    faq_store.ensure_entry(tx, entry.key, entry.question, question.id)
    for former in faq_store.revisions_of(tx, entry.key):  # of an answer given before the question was reopened
        if former.state in (RevisionState.IN_REVIEW, RevisionState.AMENDS_NEEDED):
            faq_store.set_revision(tx, former.id, state=RevisionState.SUPERSEDED, note="answered again")
    return faq_store.add_revision(tx, entry, RevisionState.IN_REVIEW, member.username)


def answer_with_entry(tx: Transaction, member: StaffMember, question_id: int, entry_key: str) -> int:
    """Answer the question and its cluster with an entry that exists, word for word. Returns the answer's id."""
    question = held_by(tx, member, question_id)
    revision = faq_store.published_of(tx, entry_key)
    window = window_under_law(revision.entry, faq_store.documents(tx)) if revision else None
    if revision is None or window is None or not window.holds_on(vietnam_day(tx.now)):
        raise NotFound("entry", key=entry_key)
    content = faq_store.content_of(revision.entry)
    answer_id = question_store.add_answer(tx, question.id, member.id, content, revision.id)
    event = {"answer": answer_id, "entry": entry_key, "revision": revision.id}
    move(tx, question, Change(Action.ANSWER, Actor.of(member), event), entry_key=entry_key)
    body = {"notice": "officer_answer", "reference": question.reference, "answer": content, "entry": entry_key}
    tell(tx, question, f"answer:{answer_id}", body, revision_id=revision.id)
    clusters.settle(tx, member, question, answer_id, body, entry_key=entry_key, revision_id=revision.id)
    return answer_id


def close(tx: Transaction, member: StaffMember, question_id: int, reason: CloseReason, words: str) -> None:
    """Close without an answer; `words` are what the asker is told."""
    faq_store.lock_changes(tx)
    question = held_by(tx, member, question_id)
    if reason == CloseReason.SETTLED and question.state != QuestionState.ANSWERED:
        raise Forbidden("close_needs_answer")
    values: dict[str, Any] = {"close_reason": reason}
    if reason in _EXCLUDED:
        page = faq_store.live_page_of(tx, question.id)
        if page is not None:  # what is never public can't have a page
            raise Conflict("withdraw_first", entry=page.key)
        faq_store.supersede_undecided(tx, question.id, str(reason))  # of an answer given before it was reopened
        excluded = {"disposition": Disposition.EXCLUDED, "disposition_reason": reason, "disposition_entry": None}
        values |= excluded
    move(tx, question, Change(Action.CLOSE, Actor.of(member), {"reason": str(reason), "words": words}, values))
    if words.strip():
        body = {"notice": "officer_words", "reference": question.reference, "words": words}
        tell(tx, question, f"closed:{question.id}:{question.version}", body)
