"""The way back into a web chat's conversation from another device: a reference and secret digits, kept as a hash."""

import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import select

from knowledge_base.questions.return_code import new_return_code, read_return_code
from knowledge_base.storage.chat_store import CHANNEL
from knowledge_base.storage.contact_store import contact
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import Outgoing, enqueue_all
from knowledge_base.storage.tables import questions, return_codes


@dataclass(frozen=True, slots=True)
class ReturnCode:
    """What the resident writes down: the reference of his newest question, and digits nobody else is told."""

    reference: str
    code: str


def _hash(tx: Transaction, contact_ref: str, digits: str) -> str:
    return tx.keys.session_hash(f"return code {contact_ref} {digits}")


def make_return_code(tx: Transaction, session: str) -> ReturnCode | None:
    """A new code for a session's conversation; the one before it no longer opens anything.

    None when nothing was asked yet: without a reference there is nothing to come back to.
    """
    ref = tx.keys.contact_ref(CHANNEL, session)
    asked = select(questions.c.reference).where(questions.c.contact_ref == ref)
    reference = tx.execute(asked.order_by(questions.c.id.desc()).limit(1)).scalar()
    if reference is None:
        return None
    code = new_return_code()
    values = {"code_hash": _hash(tx, ref, read_return_code(code) or ""), "made_at": tx.now}
    statement = tx.insert(return_codes).values(contact_ref=ref, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["contact_ref"], set_=values))
    return ReturnCode(reference, code)


def session_behind(tx: Transaction, reference: str, digits: str) -> str | None:
    """The session whose conversation a reference and its digits open; None when they don't belong together."""
    query = (
        select(return_codes.c.contact_ref, return_codes.c.code_hash)
        .join(questions, questions.c.contact_ref == return_codes.c.contact_ref)
        .where(questions.c.reference == reference)
    )
    row = tx.execute(query).first()
    if row is None or not hmac.compare_digest(row.code_hash, _hash(tx, row.contact_ref, digits)):
        return None
    found = contact(tx, row.contact_ref)
    return found.address if found else None


def tell_of_opening(tx: Transaction, session: str, reference: str) -> None:
    """Say in the conversation that it was opened elsewhere, so that its owner knows: also when he wants no notices."""
    ref = tx.keys.contact_ref(CHANNEL, session)
    if contact(tx, ref) is not None:
        words = {"notice": "opened_elsewhere", "reference": reference}
        enqueue_all(tx, [Outgoing(f"opened:{secrets.token_hex(16)}", ref, CHANNEL, words)])
