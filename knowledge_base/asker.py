"""Saying something to the asker of a question that is no direct reply to his words."""

from typing import Any

from knowledge_base.questions.change import BOT
from knowledge_base.questions.question import Question
from knowledge_base.storage import contact_store, event_store, outbox_store
from knowledge_base.storage.database import Transaction


def tell(tx: Transaction, question: Question, key: str, body: dict[str, Any], revision_id: int | None = None) -> None:
    """Put it in the outbox, once a `key`; withheld, with an event, where he asked for silence."""
    to = contact_store.contact(tx, question.contact_ref)
    if to is None or not outbox_store.enqueue(tx, key, to, body, question_id=question.id, revision_id=revision_id):
        event_store.record(tx, BOT.name, "delivery_withheld", question_id=question.id, message=key)
