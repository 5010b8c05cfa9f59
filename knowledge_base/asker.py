"""Saying something to the asker of a question that is no direct reply to his words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from knowledge_base.questions.change import BOT
from knowledge_base.questions.question import Question
from knowledge_base.storage import asked_for_store, contact_store, event_store, outbox_store
from knowledge_base.storage.asked_for_store import ON_PAPER
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import Outgoing


@dataclass(frozen=True, slots=True)
class Words:
    """Something to be said about a question to its asker, once a `key`."""

    question_id: int
    contact_ref: str
    key: str
    body: dict[str, Any]


def tell(tx: Transaction, question: Question, key: str, body: dict[str, Any], revision_id: int | None = None) -> None:
    """Put it in the outbox, once a `key`; withheld, with an event, where he asked for silence."""
    to = contact_store.contact(tx, question.contact_ref)
    if to is not None and to.channel == ON_PAPER:
        _to_be_told(tx, [(question.id, key)])
    elif to is None or not outbox_store.enqueue(tx, key, to, body, question_id=question.id, revision_id=revision_id):
        event_store.record(tx, BOT.name, "delivery_withheld", question_id=question.id, message=key)


def tell_all(tx: Transaction, words: Sequence[Words]) -> None:
    """The same for many questions, with a few statements."""
    to = contact_store.contacts_by_ref(tx, [one.contact_ref for one in words])
    paper = {ref for ref, one in to.items() if one.channel == ON_PAPER}
    _to_be_told(tx, [(one.question_id, one.key) for one in words if one.contact_ref in paper])
    words = [one for one in words if one.contact_ref not in paper]
    heard = [one for one in words if one.contact_ref in to and to[one.contact_ref].stopped_at is None]
    outbox_store.enqueue_all(
        tx,
        [Outgoing(one.key, one.contact_ref, to[one.contact_ref].channel, one.body, one.question_id) for one in heard],
    )
    said = {one.key for one in heard}
    withheld = [one for one in words if one.key not in said]
    event_store.record_all(
        tx, [(one.question_id, BOT.name, "delivery_withheld", {"message": one.key}) for one in withheld]
    )


def _to_be_told(tx: Transaction, said: Sequence[tuple[int, str]]) -> None:
    """Nothing but people carries it to this asker: it stands in the list of what is to be read out, as not told yet."""
    event_store.record_all(tx, [(question_id, BOT.name, "to_be_told", {"message": key}) for question_id, key in said])
    asked_for_store.set_untold(tx, [question_id for question_id, _key in said])
