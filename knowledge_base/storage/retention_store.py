"""What residents wrote is kept for a stated time only; what was published, and the counts, stay.

Looking for what is due reads much and blanking it writes little: `find_due` is for a reader, `blank` for the writer. In
between things may have changed (a question reopened), so `blank` asks again for what it depends on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, delete, exists, or_, select, update

from knowledge_base.questions.question import UNFINISHED_STATES, Disposition
from knowledge_base.retention import CONSENT_DAYS, DAYS_A_MONTH, UNUSED_DAYS
from knowledge_base.storage import erased_wording_store, event_store, faq_store
from knowledge_base.storage.chat_store import CHANNEL
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import try_alone
from knowledge_base.storage.outbox_store import OutboxState
from knowledge_base.storage.tables import (
    answers,
    asked_for,
    contacts,
    conversations,
    data_codes,
    drafts,
    events,
    feedback,
    inbox,
    outbox,
    proposed_phrasings,
    question_messages,
    question_notes,
    question_presence,
    question_sketches,
    questions,
    return_codes,
    writes,
)

_WRITE_KEY_DAYS = 1  # a write that is tried again is so within seconds
_VOTER_DAYS = 1  # one vote a day: who it was is nobody's business the day after
_HOLDING = ("consenting", "erasing")  # where a conversation may hold such words
_AT_ONCE = 500  # rows of a kind in one transaction
# In the form of a reply, so that whoever still holds the conversation's page can open it.
BLANK_REPLY: dict[str, Any] = {"text": "", "options": [], "decision": "notice", "entry": None, "reference": None}
_BLANKED = '%"blanked":%true%'  # with a blank between, or without
NO_WORDS: dict[str, Any] = {"text": "", "folded": "", "commune": None, "kin": None}  # of a question
_TO_GO = (OutboxState.PENDING, OutboxState.RETRY_AT, OutboxState.SENDING)


@dataclass(frozen=True, slots=True)
class Rules:
    """How long what is kept. `months`: residents' words; `payload_days`: what a platform sent, as it was sent."""

    months: int
    payload_days: int = 7


@dataclass(frozen=True, slots=True)
class Due:
    """What has been kept long enough, at most `_AT_ONCE` of each kind."""

    questions: list[int] = field(default_factory=list)
    inbox: list[int] = field(default_factory=list)
    outbox: list[int] = field(default_factory=list)
    conversations: list[str] = field(default_factory=list)
    return_codes: list[str] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    votes: list[int] = field(default_factory=list)
    consents: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many rows of all kinds."""
        return sum(len(getattr(self, one.name)) for one in fields(self))


@dataclass(frozen=True, slots=True)
class _Conditions:
    """When a row of each kind is due; the same for finding and for blanking."""

    questions: ColumnElement[bool]
    inbox: ColumnElement[bool]
    outbox: ColumnElement[bool]
    conversations: ColumnElement[bool]
    return_codes: ColumnElement[bool]
    contacts: ColumnElement[bool]
    writes: ColumnElement[bool]
    votes: ColumnElement[bool]
    consents: ColumnElement[bool]
    codes: ColumnElement[bool]


def _conditions(now: datetime, rules: Rules) -> _Conditions:
    words = now - timedelta(days=DAYS_A_MONTH * rules.months)
    payload = max(words, now - timedelta(days=rules.payload_days))
    unused = now - timedelta(days=UNUSED_DAYS)
    # The web chat's page shows a resident's own words from here; on other channels the platform's app does.
    elsewhere = inbox.c.channel != CHANNEL
    told = or_(outbox.c.state.not_in(_TO_GO), outbox.c.channel == CHANNEL)
    return _Conditions(
        questions=and_(
            questions.c.received_at < words, questions.c.text != "", questions.c.state.not_in(list(UNFINISHED_STATES))
        ),
        inbox=and_(
            inbox.c.kind != "blanked",
            or_(inbox.c.received_at < words, and_(inbox.c.received_at < payload, elsewhere)),
        ),
        outbox=and_(outbox.c.created_at < words, told, cast(outbox.c.body, Text).not_like(_BLANKED)),
        conversations=conversations.c.updated_at < words,  # they remember the commune
        return_codes=return_codes.c.made_at < words,
        contacts=and_(
            contacts.c.channel == CHANNEL,
            contacts.c.created_at < unused,
            *(
                ~exists().where(column == contacts.c.ref)
                for column in (
                    inbox.c.contact_ref,
                    outbox.c.contact_ref,
                    questions.c.contact_ref,
                    conversations.c.contact_ref,
                )
            ),
        ),
        writes=writes.c.at < now - timedelta(days=_WRITE_KEY_DAYS),
        votes=and_(feedback.c.voter.is_not(None), feedback.c.at < now - timedelta(days=_VOTER_DAYS)),
        consents=and_(
            conversations.c.state.in_(_HOLDING),
            conversations.c.updated_at < now - timedelta(days=CONSENT_DAYS),
            cast(conversations.c.data, Text).like('%"pending"%'),
        ),
        codes=data_codes.c.expires_at <= now,
    )


def find_due(tx: Transaction, rules: Rules) -> Due:
    """What has been kept long enough; only reads."""
    when = _conditions(tx.now, rules)

    def found(column: Any, condition: ColumnElement[bool]) -> list[Any]:
        return list(tx.execute(select(column).where(condition).order_by(column).limit(_AT_ONCE)).scalars())

    return Due(
        questions=found(questions.c.id, when.questions),
        inbox=found(inbox.c.id, when.inbox),
        outbox=found(outbox.c.id, when.outbox),
        conversations=found(conversations.c.contact_ref, when.conversations),
        return_codes=found(return_codes.c.contact_ref, when.return_codes),
        contacts=found(contacts.c.ref, when.contacts),
        writes=found(writes.c.key, when.writes),
        votes=found(feedback.c.id, when.votes),
        consents=found(conversations.c.contact_ref, when.consents),
        codes=found(data_codes.c.contact_ref, when.codes),
    )


def blank(tx: Transaction, rules: Rules, due: Due) -> int:
    """Blank or delete what is due and still is so; returns how many questions lost their words.

    One process at a time: a second one leaves it to the first.
    """
    if not try_alone(tx.connection, "retention"):
        return 0
    when = _conditions(tx.now, rules)
    if due.questions:
        faq_store.lock_changes(tx)  # before the questions' rows, as officers and editors do
    settled = _blank_questions(tx, due.questions, when.questions)
    old = and_(inbox.c.id.in_(due.inbox), when.inbox)
    tx.execute(update(inbox).where(old).values(body={}, kind="blanked"))  # its id stays: it still tells a repetition
    told = and_(outbox.c.id.in_(due.outbox), when.outbox)
    tx.execute(update(outbox).where(told, outbox.c.state == OutboxState.HELD).values(state=OutboxState.FAILED))
    tx.execute(update(outbox).where(told).values(body={**BLANK_REPLY, "blanked": True}, error=None))
    over = and_(conversations.c.contact_ref.in_(due.conversations), when.conversations)
    tx.execute(delete(conversations).where(over))
    opens = and_(return_codes.c.contact_ref.in_(due.return_codes), when.return_codes)
    tx.execute(delete(return_codes).where(opens))
    tx.execute(delete(contacts).where(contacts.c.ref.in_(due.contacts), when.contacts))
    tx.execute(update(feedback).where(feedback.c.id.in_(due.votes), when.votes).values(voter=None))
    tx.execute(delete(writes).where(writes.c.key.in_(due.writes), when.writes))
    # Without consent it goes to nobody: the whole dialogue begins anew.
    tx.execute(delete(conversations).where(conversations.c.contact_ref.in_(due.consents), when.consents))
    tx.execute(delete(data_codes).where(data_codes.c.contact_ref.in_(due.codes), when.codes))
    return len(settled)


def _blank_questions(tx: Transaction, ids: list[int], still: ColumnElement[bool]) -> list[int]:
    """Questions' words, what was said about them, and answers that the public can't read anyway."""
    changed = update(questions).where(questions.c.id.in_(ids), still).values(**NO_WORDS)
    done = list(tx.execute(changed.returning(questions.c.id)).scalars())
    if not done:
        return []
    blank_beside(tx, done)
    public = exists().where(questions.c.id == answers.c.question_id, questions.c.disposition == Disposition.OWN_PAGE)
    blank_answers(tx, and_(answers.c.question_id.in_(done), ~public))
    erased_wording_store.forget_unpublished(tx, done)
    return done


def blank_beside(tx: Transaction, ids: Sequence[int]) -> None:
    """All that was said or kept about questions beside their own words and their answers."""
    said = question_messages.c.question_id.in_(ids)
    tx.execute(update(question_messages).where(said).values(text="", media_ref=None))
    tx.execute(update(question_notes).where(question_notes.c.question_id.in_(ids)).values(text=""))
    proposals = update(proposed_phrasings).where(proposed_phrasings.c.question_id.in_(ids))
    # What nobody has decided about can't be any more: without words there is nothing to take.
    tx.execute(proposals.where(proposed_phrasings.c.verdict.is_(None)).values(verdict="refused", decided_at=tx.now))
    tx.execute(proposals.values(texts=[], note=None))
    tx.execute(update(asked_for).where(asked_for.c.question_id.in_(ids)).values(sealed_name=None))
    for beside in (drafts, question_sketches, question_presence):
        tx.execute(delete(beside).where(beside.c.question_id.in_(ids)))
    event_store.forget_words(tx, events.c.question_id.in_(ids))


def blank_answers(tx: Transaction, which: ColumnElement[bool]) -> None:
    """What officers wrote to askers. With a revision it is an entry's text, which anybody may read."""
    own = and_(which, answers.c.revision_id.is_(None))
    for row in tx.execute(select(answers.c.id, answers.c.content).where(own)).all():
        bare = {**row.content, "short_answer": "", "details": ""}
        tx.execute(update(answers).where(answers.c.id == row.id).values(content=bare))


def sweep(tx: Transaction, months: int, payload_days: int = 7) -> int:
    """Find and blank in one go; returns how many questions lost their words."""
    rules = Rules(months, payload_days)
    return blank(tx, rules, find_due(tx, rules))
