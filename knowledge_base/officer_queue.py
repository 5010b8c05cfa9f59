"""Officers' verbs, and the doors through which the dialogue and the clock move a question.

Each is a synchronous function of (transaction, who, input): load, decide, save, outbox. None commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from knowledge_base.clock import vietnam_day
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.publication import RevisionState, guard_publishable
from knowledge_base.questions.change import (
    BOT,
    CLOCK,
    RESIDENT,
    Actor,
    Change,
    Opening,
    answering_by_bot,
    offering,
    promise,
    queueing,
    reopening,
)
from knowledge_base.questions.lifecycle import Action, step
from knowledge_base.questions.question import CloseReason, Disposition, Question, QuestionState
from knowledge_base.redaction.find import mask_personal_data
from knowledge_base.storage import contact_store, event_store, faq_store, outbox_store, question_store
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


FIRST_UNIT = "0"  # until units exist there is one


def _move(tx: Transaction, question: Question, change: Change, **values: Any) -> None:
    """The one door: check the table, save under the version seen, leave an event."""
    to = step(question.state, change.action, change.actor.role)
    question_store.save(tx, question, state=to, **{**change.values, **values})
    event_store.record(tx, change.actor.name, str(change.action), question_id=question.id, **change.event)


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
    _move(tx, question, offering(keys))


def answer_by_bot(tx: Transaction, question: Question, entry_key: str, revision_id: int, actor: Actor = BOT) -> None:
    """An entry's approved words are sent; its page settles the question in the ledger."""
    _move(tx, question, answering_by_bot(entry_key, revision_id, actor))


def queue(tx: Transaction, question: Question, actor: Actor, working_days: int, reason: str) -> None:
    """Hand a question to the officers, with a promised day."""
    _move(tx, question, queueing(tx.now, working_days, reason, urgent=question.urgent, actor=actor))


def set_commune(tx: Transaction, question: Question, commune: str) -> None:
    """The resident said where he lives."""
    question_store.save(tx, question, commune=commune)
    event_store.record(tx, RESIDENT.name, "commune", question_id=question.id)


def add_words(
    tx: Transaction, question: Question, text: str, media_kind: str | None = None, media_ref: str | None = None
) -> None:
    """The resident added something to a question."""
    question_store.add_message(tx, question.id, "resident", text, media_kind, media_ref)
    event_store.record(tx, RESIDENT.name, "message", question_id=question.id)


def close_by_resident(tx: Transaction, question: Question, reason: CloseReason) -> None:
    """The resident is served, or asks no longer."""
    values: dict[str, Any] = {"close_reason": reason}
    page = faq_store.live_page_of(tx, question.id)
    if question.disposition == Disposition.PENDING and page is not None:  # it was answered before, and that stands
        values |= {"disposition": Disposition.OWN_PAGE, "disposition_entry": page.key}
    elif reason in _EXCLUDED and question.disposition == Disposition.PENDING:
        values |= {"disposition": Disposition.EXCLUDED, "disposition_reason": reason}
    _move(tx, question, Change(Action.CLOSE, RESIDENT, {"reason": str(reason)}, values))


def reopen(tx: Transaction, question: Question, actor: Actor, working_days: int, reason: str) -> None:
    """The answer didn't settle it: back to the queue, with a new promise."""
    _move(tx, question, reopening(tx.now, working_days, reason, actor))


def queue_forgotten_offers(tx: Transaction, working_days: int, age: timedelta = timedelta(hours=24)) -> int:
    """Questions whose choices nobody took go to the officers by themselves; returns how many."""
    forgotten = question_store.offered_before(tx, age)
    for question in forgotten:
        queue(tx, question, CLOCK, working_days, "no_choice")
        queued = question_store.question(tx, question.id)
        _tell(tx, queued, f"queued:{queued.id}", {"notice": "queued", **_promise(queued)})
    return len(forgotten)


def renew_missed_promises(tx: Transaction, working_days: int) -> int:
    """A missed promise is announced once, with a new day; returns how many."""
    missed = question_store.promises_missed(tx, vietnam_day(tx.now))
    for question in missed:
        event, values = promise(tx.now, working_days)
        question_store.save(tx, question, **{**values, "promise_renewed_at": tx.now})
        event_store.record(tx, CLOCK.name, "promise_renewed", question_id=question.id, **event)
        body = {"notice": "promise_renewed", "reference": question.reference, **event}
        _tell(tx, question, f"renewed:{question.id}:{event['due_on']}", body)
    return len(missed)


def _promise(question: Question) -> dict[str, Any]:
    return {
        "reference": question.reference,
        "due_on": question.due_on.isoformat() if question.due_on else None,
    }


def _tell(tx: Transaction, question: Question, key: str, body: dict[str, Any], revision_id: int | None = None) -> None:
    """Say something to the asker that is no direct reply; withheld where he asked for silence."""
    to = contact_store.contact(tx, question.contact_ref)
    if to is None or not outbox_store.enqueue(tx, key, to, body, question_id=question.id, revision_id=revision_id):
        event_store.record(tx, BOT.name, "delivery_withheld", question_id=question.id, message=key)


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
    question = question_store.question(tx, question_id, lock=True)
    if question.state == QuestionState.ASSIGNED:
        raise Conflict("already_claimed", by=question.assigned_to)
    _move(tx, question, Change(Action.CLAIM, Actor.of(member)), assigned_to=member.id)


def release(tx: Transaction, member: StaffMember, question_id: int) -> None:
    """Give a question back to the queue; the draft stays."""
    question = _own(tx, member, question_id)
    _move(tx, question, Change(Action.RELEASE, Actor.of(member)), assigned_to=None)


def _own(tx: Transaction, member: StaffMember, question_id: int) -> Question:
    """A question this officer holds."""
    question = question_store.question(tx, question_id, lock=True)
    if question.assigned_to != member.id:
        raise Conflict("not_yours", by=question.assigned_to)
    return question


def save_draft(
    tx: Transaction, member: StaffMember, question_id: int, content: dict[str, Any], seen_version: int
) -> int:
    """Keep what the officer is typing; raises Conflict when somebody else saved since."""
    _own(tx, member, question_id)
    return question_store.put_draft(tx, question_id, member.id, content, seen_version)


def answer(tx: Transaction, member: StaffMember, question_id: int, text: AnswerText) -> int:
    """Sign an answer off: the asker is sent it now, the public text waits for an editor. Returns the answer's id."""
    faq_store.lock_changes(tx)
    question = _own(tx, member, question_id)
    if not text.short_answer.strip():
        raise InvalidInput("answer_empty", field="short_answer")
    revision_id = _propose(tx, member, question, text)
    answer_id = question_store.add_answer(tx, question.id, member.id, text.as_json(), None)
    event: dict[str, Any] = {"answer": answer_id, "revision": revision_id}
    _move(tx, question, Change(Action.ANSWER, Actor.of(member), event), entry_key=None)
    body = {"notice": "officer_answer", "reference": question.reference, "answer": text.as_json()}
    _tell(tx, question, f"answer:{answer_id}", body)
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
    windows = {number: document.in_force for number, document in faq_store.documents(tx).items()}
    guard_publishable(entry, windows, vietnam_day(tx.now))
    faq_store.ensure_entry(tx, entry.key, entry.question, question.id)
    for former in faq_store.revisions_of(tx, entry.key):  # of an answer given before the question was reopened
        if former.state in (RevisionState.IN_REVIEW, RevisionState.AMENDS_NEEDED):
            faq_store.set_revision(tx, former.id, state=RevisionState.SUPERSEDED, note="answered again")
    return faq_store.add_revision(tx, entry, RevisionState.IN_REVIEW, member.username)


def answer_with_entry(tx: Transaction, member: StaffMember, question_id: int, entry_key: str) -> int:
    """Answer with an entry that exists, word for word. Returns the answer's id."""
    question = _own(tx, member, question_id)
    revision = faq_store.published_of(tx, entry_key)
    if revision is None or not revision.entry.in_force.holds_on(vietnam_day(tx.now)):
        raise NotFound("entry", key=entry_key)
    content = faq_store.content_of(revision.entry)
    answer_id = question_store.add_answer(tx, question.id, member.id, content, revision.id)
    event = {"answer": answer_id, "entry": entry_key, "revision": revision.id}
    _move(tx, question, Change(Action.ANSWER, Actor.of(member), event), entry_key=entry_key)
    body = {"notice": "officer_answer", "reference": question.reference, "answer": content, "entry": entry_key}
    _tell(tx, question, f"answer:{answer_id}", body, revision_id=revision.id)
    return answer_id


def close(tx: Transaction, member: StaffMember, question_id: int, reason: CloseReason, words: str) -> None:
    """Close without an answer; `words` are what the asker is told."""
    faq_store.lock_changes(tx)
    question = _own(tx, member, question_id)
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
    _move(tx, question, Change(Action.CLOSE, Actor.of(member), {"reason": str(reason), "words": words}, values))
    if words.strip():
        body = {"notice": "officer_words", "reference": question.reference, "words": words}
        _tell(tx, question, f"closed:{question.id}:{question.version}", body)
