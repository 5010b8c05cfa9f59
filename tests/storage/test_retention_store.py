"""Words are blanked when their time is over; counts, and open questions, stay."""

from datetime import timedelta

from sqlalchemy import select

from knowledge_base.questions.question import QuestionState
from knowledge_base.storage import contact_store, conversation_store, question_store
from knowledge_base.storage.conversation_store import Received
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.retention_store import sweep
from knowledge_base.storage.tables import inbox, questions


def fill(tx: Transaction) -> None:
    for number, state in enumerate((QuestionState.ANSWERED_BY_BOT, QuestionState.QUEUED)):
        values = {"reference": f"AAAA-000{number}", "contact_ref": "c", "channel": "terminal", "unit_code": "0"}
        question_store.add_questions(tx, [{**values, "text": f"lời {number}", "state": state}])
    ref = contact_store.ensure_contact(tx, "terminal", "r")
    conversation_store.put_conversations(tx, {ref: ("idle", {"commune": "xã Thử Nghiệm"})})
    conversation_store.add_incoming(tx, [Received("terminal", "1", "c", "text", {"text": "lời"})])


def test_old_words_go_open_questions_stay(both_databases: Database, clock) -> None:
    both_databases.write_now(fill)
    assert both_databases.write_now(sweep, 12) == 0
    clock.advance(timedelta(days=31 * 12 + 1))
    assert both_databases.write_now(sweep, 12) == 1
    assert both_databases.write_now(sweep, 12) == 0

    def left(tx: Transaction) -> tuple[list[str], list[dict[str, str]]]:
        texts = tx.execute(select(questions.c.text).order_by(questions.c.id)).scalars()
        return list(texts), list(tx.execute(select(inbox.c.body)).scalars())

    assert both_databases.read_now(left) == (["", "lời 1"], [{}])
    ref = both_databases.write_now(contact_store.ensure_contact, "terminal", "r")
    assert both_databases.read_now(conversation_store.conversations_of, [ref]) == {}
