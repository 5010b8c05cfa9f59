"""Claiming and settling, held on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import update

from knowledge_base.storage import contact_store
from knowledge_base.storage import outbox_store as outbox
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.outbox_store import OutboxState
from knowledge_base.storage.tables import contacts


def put(tx: Transaction, resident: str, key: str) -> None:
    ref = contact_store.ensure_contact(tx, "telegram", resident)
    to = contact_store.contact(tx, ref)
    assert to
    outbox.enqueue(tx, key, to, {"text": key})


def claimed(database: Database, slots: int = 10) -> list[str]:
    return [message.body["text"] for message, _to in database.write_now(outbox.claim, "telegram", slots)]


@pytest.fixture
def filled(both_databases: Database) -> Database:
    for resident, key in (("1", "a"), ("1", "b"), ("2", "c"), ("1", "a")):
        both_databases.write_now(put, resident, key)
    return both_databases


def test_one_in_flight_a_resident_in_order(filled: Database) -> None:
    assert claimed(filled) == ["a", "c"]
    assert claimed(filled) == []


def test_a_settled_message_makes_room_for_the_next(filled: Database) -> None:
    (first, _to), *_rest = filled.write_now(outbox.claim, "telegram", 10)
    assert filled.write_now(outbox.settle, first, OutboxState.SENT)
    assert claimed(filled) == ["b"]


def test_a_sender_that_lost_its_lease_cannot_settle(filled: Database, clock) -> None:
    (first, _to), *_rest = filled.write_now(outbox.claim, "telegram", 1)
    clock.advance(outbox.LEASE + timedelta(seconds=1))
    (again, _to), *_rest = filled.write_now(outbox.claim, "telegram", 1)
    assert again.id == first.id
    assert again.body["repeat"] is True
    assert not filled.write_now(outbox.settle, first, OutboxState.SENT)
    assert filled.write_now(outbox.settle, again, OutboxState.SENT)


def test_racing_senders_never_share_a_message(both_databases: Database) -> None:
    for number in range(60):
        both_databases.write_now(put, str(number), f"m{number}")

    def drain() -> list[str]:
        taken: list[str] = []
        while batch := claimed(both_databases, 3):
            taken += batch
        return taken

    with ThreadPoolExecutor(6) as threads:
        results = [text for taken in threads.map(lambda _n: drain(), range(6)) for text in taken]
    # A claim may meet only locked rows and stop early; what matters is that nothing is taken twice.
    results += claimed(both_databases, 100)
    assert sorted(results) == sorted({f"m{number}" for number in range(60)})


def test_an_address_that_cannot_be_read_holds_nobody_up(filled: Database) -> None:
    def spoil(tx: Transaction) -> None:
        lost = contacts.c.ref == tx.keys.contact_ref("telegram", "1")
        tx.execute(update(contacts).where(lost).values(sealed_address=b"sealed with another key, long ago"))

    filled.write_now(spoil)
    assert claimed(filled) == ["c"]
    assert claimed(filled) == []
    assert filled.read_now(outbox.counts_by_state) == {"failed": 2, "sending": 1}
