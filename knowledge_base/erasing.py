"""A resident's right to be forgotten: his data destroyed, and destroyed again when a restore brings them back."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from knowledge_base.erasure_list import Erasure
from knowledge_base.errors import Conflict, Forbidden, InvalidInput
from knowledge_base.questions.lifecycle import STAFF, Role
from knowledge_base.storage import (
    asked_for_store,
    contact_store,
    erased_wording_store,
    erasure_store,
    event_store,
    question_store,
)
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.staff_store import StaffMember

WHY = ("in_person", "in_writing", "by_proxy")  # how an asker without a telephone asked an office to erase
ERASERS = STAFF | {Role.ADMINISTRATOR}
_AT_ONCE = 50


def erase(tx: Transaction, ref: str, *, farewell: bool = False) -> str | None:
    """Destroy a resident's data, whole; returns what a confirmation can be sent to, if one is wanted.

    Written first is what is to be destroyed; a second time there is nothing left to do. His contact must be locked.
    """
    found = contact_store.contact(tx, ref)
    parting = erasure_store.part_from(tx, ref) if farewell else None
    asked = erasure_store.codes_of(tx, ref)
    erasure_store.record(tx, secrets.token_hex(16), ref, list(asked.values()))
    _destroy(tx, ref, list(asked), found.address if found else None)
    return parting


def erase_for_asker(
    tx: Transaction, member: StaffMember, question_id: int, why: str, *, all_of_his: bool = False
) -> int:
    """Destroy, at the office, the question of somebody who has only a code on paper, as `/xoa` would.

    With `all_of_his`, all that is known of him. Returns how many questions that were; the trail keeps who, when, why.

    Raises:
        Forbidden: `role_needed`; NotFound: it is none of the member's units.
        Conflict: `question_erased`; `not_asked_for`: its asker wrote himself, and erases by his own word.
        InvalidInput: `erase_why`.
    """
    if member.role not in ERASERS:
        raise Forbidden("role_needed", role=str(member.role))
    question = question_store.question_within(tx, member.unit_path, question_id, lock=True)
    question_store.refuse_erased(question)
    if why not in WHY:
        raise InvalidInput("erase_why", field="why")
    if asked_for_store.of_question(tx, question_id) is None:
        raise Conflict("not_asked_for", reference=question.reference)
    ref = question.contact_ref
    contact_store.lock_contacts(tx, [ref])
    his = erasure_store.codes_of(tx, ref)
    gone = his if all_of_his else {question_id: question.reference}
    for number in gone:
        erasure_store.forget_helpers_words(tx, number)
    if gone.keys() == his.keys():
        erase(tx, ref)
    else:  # his address stays, for his other questions
        asked = [tx.keys.erasure_hash("question", question.reference)]
        nobody = tx.keys.erasure_hash("contact", secrets.token_hex(16))
        erasure_store.record_hashes(tx, secrets.token_hex(16), tx.now, nobody, asked)
        _destroy(tx, None, [question_id], None)
    for number in gone:
        event_store.record(tx, member.username, "erase_for_asker", question_id=number, why=why)
    return len(gone)


def _destroy(tx: Transaction, ref: str | None, ids: Sequence[int], address: str | None) -> None:
    erased_wording_store.forget_wordings(tx, ids)
    if ref is not None:  # first, while it is told by the reference which messages are his
        erasure_store.erase_contact(tx, ref, address)
    erasure_store.erase_questions(tx, ids)


def missing(tx: Transaction, listed: Sequence[Erasure]) -> list[Erasure]:
    """The erasures of a list that this store knows nothing of: it is older than they are."""
    known = erasure_store.ids_known(tx)
    return [one for one in listed if one.id not in known]


def replay(tx: Transaction, listed: Sequence[Erasure]) -> int:
    """Erase again what a restore brought back; returns how many erasures were unknown here.

    Who came back after his erasure is somebody new, and keeps what he said since.
    """
    new = missing(tx, listed)
    if not new:
        return 0
    residents, asked = erasure_store.contact_hashes(tx), erasure_store.question_hashes(tx)
    for one in new:
        erasure_store.record_hashes(tx, one.id, one.at, one.contact, one.questions)
        ref, since = residents.get(one.contact, (None, one.at))
        ids = {asked[code] for code in one.questions if code in asked}
        address = None
        if ref is not None and since <= one.at:
            contact_store.lock_contacts(tx, [ref])
            found = contact_store.contact(tx, ref)
            address, ids = found.address if found else None, ids | set(erasure_store.codes_of(tx, ref))
        _destroy(tx, ref if since <= one.at else None, sorted(ids), address)
    return len(new)


def unlisted(tx: Transaction, known: set[str]) -> list[Erasure]:
    """The erasures that a list doesn't have yet."""
    return [
        Erasure(identity, at, contact, tuple(asked))
        for identity, at, contact, asked in erasure_store.listed(tx)
        if identity not in known
    ]


def silent(tx: Transaction, age: timedelta) -> list[str]:
    """Residents from and to whom nothing was said for so long, and for whom nothing is open; some of them."""
    return erasure_store.silent(tx, tx.now - age, _AT_ONCE)


def erase_silent(tx: Transaction, refs: Sequence[str], age: timedelta) -> int:
    """Destroy the data of those who still are so; returns how many were looked at."""
    contact_store.lock_contacts(tx, refs)
    still = set(erasure_store.silent(tx, tx.now - age, _AT_ONCE))
    for ref in refs:
        if ref in still:
            erase(tx, ref)
    return len(refs)
