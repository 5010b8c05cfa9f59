"""A resident's data destroyed: every row that holds his words or leads to him. What is counted stays, nobody's.

All of it in the transaction of his word, so that there is no half of it. The bytes that a database leaves behind are
overwritten afterwards (`scrubbing.py`, `processes/erasures.py`); the row of `erasures` says what is still to be done.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import bindparam, delete, func, or_, select, update

from knowledge_base.questions.question import UNFINISHED_STATES, CloseReason, Disposition, QuestionState
from knowledge_base.retention import PARTING_DAYS
from knowledge_base.storage import event_store, repair_store
from knowledge_base.storage.conversation_store import hashed_id
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import OutboxState
from knowledge_base.storage.retention_store import BLANK_REPLY, NO_WORDS, blank_answers, blank_beside
from knowledge_base.storage.tables import (
    answers,
    asked_for,
    contacts,
    conversations,
    data_codes,
    erasures,
    helpers,
    inbox,
    outbox,
    questions,
    return_codes,
    staff_links,
)

NOBODY = "erased"  # the contact that erased residents' messages were sent to; it has no address
_PARTING = timedelta(days=PARTING_DAYS)  # how long the confirmation is tried
_AT_ONCE = 500
_WHILE_ASKING = timedelta(minutes=30)  # between a helper's message and the question that it became
_WAITING = (OutboxState.PENDING, OutboxState.RETRY_AT, OutboxState.SENDING, OutboxState.HELD)
# Where a question stays as it is: its answer was given, and counts.
_ANSWERED = (QuestionState.ANSWERED_BY_BOT, QuestionState.ANSWERED, QuestionState.CLOSED)


def part_from(tx: Transaction, ref: str) -> str:
    """What the confirmation is sent to: a contact of its own with the address and nothing else; returns its reference.

    Call before `erase_contact`, which destroys the address. `part` destroys this one.
    """
    parting = secrets.token_hex(16)
    row = tx.execute(select(contacts.c.channel, contacts.c.sealed_address).where(contacts.c.ref == ref)).one()
    values = {"channel": row.channel, "sealed_address": row.sealed_address, "created_at": tx.now}
    tx.execute(contacts.insert().values(ref=parting, **values, parting_until=tx.now + _PARTING))
    return parting


def part(tx: Transaction, refs: Sequence[str]) -> None:
    """Destroy addresses that a confirmation went to, unless one is still to be sent."""
    waiting = select(outbox.c.contact_ref).where(outbox.c.state.in_(_WAITING))
    settled = (contacts.c.ref.in_(refs), contacts.c.parting_until.is_not(None), contacts.c.ref.not_in(waiting))
    _destroy(tx, list(tx.execute(select(contacts.c.ref).where(*settled)).scalars()))


def part_late(tx: Transaction) -> int:
    """Destroy addresses that a confirmation could not be sent to for a day; returns how many."""
    late = contacts.c.parting_until <= tx.now
    refs = list(tx.execute(select(contacts.c.ref).where(late).limit(_AT_ONCE)).scalars())
    _destroy(tx, refs)
    return len(refs)


def _destroy(tx: Transaction, refs: Sequence[str]) -> None:
    if refs:
        _forget_messages(tx, outbox.c.contact_ref.in_(refs))
        tx.execute(delete(contacts).where(contacts.c.ref.in_(refs)))


def record(tx: Transaction, identity: str, ref: str, codes: Sequence[str]) -> None:
    """Write what is being erased, as hashes."""
    asked = [tx.keys.erasure_hash("question", code) for code in codes]
    record_hashes(tx, identity, tx.now, tx.keys.erasure_hash("contact", ref), asked)


def record_hashes(tx: Transaction, identity: str, at: datetime, contact: str, asked: Sequence[str]) -> None:
    """The same as a list of erasures knows it; the same identity twice is one erasure."""
    values = {"id": identity, "at": at, "contact_hash": contact, "question_hashes": list(asked)}
    tx.execute(tx.insert(erasures).values(**values).on_conflict_do_nothing())


def codes_of(tx: Transaction, ref: str) -> dict[int, str]:
    """The references of a resident's questions, by id."""
    query = select(questions.c.id, questions.c.reference).where(questions.c.contact_ref == ref)
    return {row.id: row.reference for row in tx.execute(query)}


def erase_contact(tx: Transaction, ref: str, address: str | None) -> None:
    """Destroy all that leads to a resident but his questions: address, dialogue, messages both ways, codes, links."""
    # A member of a community team stays in the office's register; what leads to his messenger goes.
    tx.execute(update(helpers).where(helpers.c.contact_ref == ref).values(contact_ref=None, channel=None))
    for table in (conversations, return_codes, data_codes, staff_links):
        tx.execute(delete(table).where(table.c.contact_ref == ref))
    _forget_incoming(tx, inbox.c.contact_ref == ref)
    if address:
        _forget_unreadable(tx, address)
    # A key may hold the reference (a morning's reminder to an officer does).
    own = update(outbox).where(outbox.c.contact_ref == ref, outbox.c.idempotency_key.contains(ref))
    tx.execute(own.values(idempotency_key=func.replace(outbox.c.idempotency_key, ref, secrets.token_hex(8))))
    _forget_messages(tx, outbox.c.contact_ref == ref)
    tx.execute(delete(contacts).where(contacts.c.ref == ref))


def _forget_incoming(tx: Transaction, mine: Any) -> None:
    """What he wrote. The platform's number stays as a hash, so that a repetition is still told."""
    rows = tx.execute(select(inbox.c.id, inbox.c.channel, inbox.c.external_id).where(mine)).all()
    if not rows:
        return
    hashed = [{"number": row.id, "hashed": hashed_id(tx, row.channel, row.external_id)} for row in rows]
    one = update(inbox).where(inbox.c.id == bindparam("number"))
    tx.execute(one.values(external_id=bindparam("hashed"), contact_ref=None, kind="blanked", body={}), hashed)


def forget_helpers_words(tx: Transaction, question_id: int) -> None:
    """What a helper wrote when he asked for somebody: the messages about that time that the question was made of."""
    query = (
        select(helpers.c.contact_ref, questions.c.received_at, questions.c.text)
        .join_from(asked_for, helpers, asked_for.c.helper_id == helpers.c.id)
        .join(questions, questions.c.id == asked_for.c.question_id)
        .where(asked_for.c.question_id == question_id, helpers.c.contact_ref.is_not(None))
    )
    asked = tx.execute(query).first()
    if asked is None:
        return
    near = inbox.c.received_at.between(asked.received_at - _WHILE_ASKING, asked.received_at + _WHILE_ASKING)
    rows = tx.execute(select(inbox.c.id, inbox.c.body).where(inbox.c.contact_ref == asked.contact_ref, near)).all()
    said = {row.id: str(row.body.get("text") or "").strip() for row in rows}
    mine = [number for number, words in said.items() if words and (words in asked.text or asked.text in words)]
    if mine:
        tx.execute(update(inbox).where(inbox.c.id.in_(mine)).values(kind="blanked", body={}))
    # His dialogue may still hold them; it begins anew with his next word.
    tx.execute(delete(conversations).where(conversations.c.contact_ref == asked.contact_ref))


def _forget_unreadable(tx: Transaction, address: str) -> None:
    """Messages that could not be read, and name him: they are sealed, kept for days only, and few."""
    named = re.compile(rf"(?<!\w){re.escape(address)}(?!\w)")
    for number in repair_store.sealed_ids(tx):
        try:
            words = repair_store.quarantined_words(tx, number)
        except (InvalidTag, ValueError):
            words = None
        if words and named.search(words):
            _forget_incoming(tx, inbox.c.id == number)


def _forget_messages(tx: Transaction, mine: Any) -> None:
    """What was said to him: the words go, also of what was not sent yet; that something was said stays counted."""
    tx.execute(
        tx.insert(contacts)
        .values(ref=NOBODY, channel=NOBODY, sealed_address=tx.keys.seal(""), created_at=tx.now)
        .on_conflict_do_nothing()
    )
    unsent = outbox.c.state != OutboxState.SENT
    tx.execute(update(outbox).where(mine, unsent).values(state=OutboxState.CANCELLED, settled_at=tx.now))
    blank = {
        "body": {**BLANK_REPLY, "blanked": True},
        "contact_ref": NOBODY,
        "token": None,  # whoever is sending it now can't write its words back
        "revision_id": None,  # nobody can be told of a correction
        "platform_message_id": None,
        "error": None,
    }
    tx.execute(update(outbox).where(mine).values(**blank))


def erase_questions(tx: Transaction, ids: Sequence[int]) -> None:
    """Destroy questions' words and everything said about them; close those that officers still have."""
    for first in range(0, len(ids), _AT_ONCE):
        _erase_some(tx, ids[first : first + _AT_ONCE])


def _erase_some(tx: Transaction, ids: Sequence[int]) -> None:
    one = update(questions).where(questions.c.id == bindparam("number"))
    nobody = [{"number": number, "ref": secrets.token_hex(16)} for number in ids]  # nobody's, and no two the same's
    gone = {**NO_WORDS, "erased_at": tx.now, "version": questions.c.version + 1}
    tx.execute(one.values(contact_ref=bindparam("ref"), **gone), nobody)
    mine = questions.c.id.in_(ids)
    open_ = questions.c.state.in_(list(UNFINISHED_STATES)) | questions.c.state.not_in(_ANSWERED)
    closed = {"state": QuestionState.CLOSED, "close_reason": CloseReason.ERASED, "updated_at": tx.now}
    excluded = {"disposition": Disposition.EXCLUDED, "disposition_reason": CloseReason.ERASED}
    tx.execute(update(questions).where(mine, questions.c.disposition == Disposition.PENDING).values(**excluded))
    tx.execute(update(questions).where(mine, open_).values(**closed))
    blank_beside(tx, ids)
    blank_answers(tx, answers.c.question_id.in_(ids))
    _forget_messages(tx, outbox.c.question_id.in_(ids) & (outbox.c.contact_ref != NOBODY))
    event_store.record_all(tx, [(number, "resident", "erase", {}) for number in ids])


# --- what is still to be done, and the list -------------------------------------------------------


def unscrubbed(tx: Transaction) -> list[str]:
    """Erasures whose bytes may still be in the database's files, oldest first."""
    due = select(erasures.c.id).where(erasures.c.scrubbed_at.is_(None)).order_by(erasures.c.at)
    return list(tx.execute(due).scalars())


def mark_scrubbed(tx: Transaction, ids: Sequence[str]) -> None:
    """Nothing is left of these in the database's files."""
    tx.execute(update(erasures).where(erasures.c.id.in_(ids)).values(scrubbed_at=tx.now))


def listed(tx: Transaction) -> list[tuple[str, datetime, str, list[str]]]:
    """All erasures: identity, moment, hash of the contact, hashes of the questions; oldest first."""
    query = select(erasures.c.id, erasures.c.at, erasures.c.contact_hash, erasures.c.question_hashes)
    return [tuple(row) for row in tx.execute(query.order_by(erasures.c.at, erasures.c.id))]


def ids_known(tx: Transaction) -> set[str]:
    """The identities of all erasures."""
    return set(tx.execute(select(erasures.c.id)).scalars())


def contact_hashes(tx: Transaction) -> dict[str, tuple[str, datetime]]:
    """Every resident's reference, and since when he is known, by the hash that a list of erasures knows him by."""
    rows = tx.execute(select(contacts.c.ref, contacts.c.created_at).where(contacts.c.ref != NOBODY))
    return {tx.keys.erasure_hash("contact", row.ref): (row.ref, row.created_at) for row in rows}


def question_hashes(tx: Transaction) -> dict[str, int]:
    """Every question that still has an asker, by the hash that a list of erasures knows it by."""
    rows = tx.execute(select(questions.c.id, questions.c.reference).where(questions.c.erased_at.is_(None)))
    return {tx.keys.erasure_hash("question", row.reference): row.id for row in rows}


def silent(tx: Transaction, before: datetime, limit: int) -> list[str]:
    """Residents from whom, and to whom, nothing was said since a moment, and for whom nothing is open."""
    heard = select(inbox.c.id).where(inbox.c.contact_ref == contacts.c.ref, inbox.c.received_at >= before)
    told = select(outbox.c.id).where(outbox.c.contact_ref == contacts.c.ref, outbox.c.created_at >= before)
    finished = or_(questions.c.state.in_(_ANSWERED), questions.c.erased_at.is_not(None))
    open_ = select(questions.c.id).where(questions.c.contact_ref == contacts.c.ref, ~finished)
    staff = select(staff_links.c.id).where(staff_links.c.contact_ref == contacts.c.ref)
    old = (contacts.c.created_at < before, contacts.c.ref != NOBODY, contacts.c.parting_until.is_(None))
    query = select(contacts.c.ref).where(*old, *(~one.exists() for one in (heard, told, open_, staff)))
    return list(tx.execute(query.limit(limit)).scalars())
