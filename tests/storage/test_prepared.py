"""Statements given to the driver as they are, on both databases."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from knowledge_base.storage import contact_store, event_store, outbox_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.outbox_store import Outgoing
from knowledge_base.storage.prepared import ManyRows
from knowledge_base.storage.tables import units

WORDS = "điều người dân viết, không ai được đọc trong nhật ký"
MANY = 600  # more than go into one statement


def test_many_rows_keep_their_order(both_databases: Database) -> None:
    def put(tx: Transaction) -> list[str]:
        ref = contact_store.ensure_contact(tx, "web_chat", "một phiên")
        body = {"text": "Xin chào “bà con” \\ 100 %", "empty": None, "count": [1, 2.5, True]}
        outbox_store.enqueue_all(tx, [Outgoing(f"k{number}", ref, "web_chat", body) for number in range(MANY)])
        event_store.record_all(tx, [])
        return [message.body for message in outbox_store.messages_for(tx, ref, limit=MANY)]

    bodies = both_databases.write_now(put)
    assert len(bodies) == MANY
    assert bodies[0] == bodies[-1] == {"text": "Xin chào “bà con” \\ 100 %", "empty": None, "count": [1, 2.5, True]}
    keys = both_databases.read_now(
        lambda tx: list(
            tx.execute(select(outbox_store.outbox.c.idempotency_key).order_by(outbox_store.outbox.c.id)).scalars()
        )
    )
    assert keys == [f"k{number}" for number in range(MANY)]


def test_a_fault_is_told_as_everywhere_and_names_nobodys_words(both_databases: Database) -> None:
    insert = ManyRows(units, "code name")

    def twice(tx: Transaction) -> None:
        insert.insert(tx, [("u1", WORDS), ("u1", WORDS)])

    with pytest.raises(IntegrityError) as caught:
        both_databases.write_now(twice)
    assert WORDS not in str(caught.value)
    assert both_databases.read_now(lambda tx: tx.execute(select(units.c.code).where(units.c.code == "u1")).all()) == []
