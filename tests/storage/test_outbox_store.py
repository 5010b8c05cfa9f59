"""Claiming, settling, rescuing: a sender's turns, held on both databases."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from knowledge_base.storage import contact_store, sending_store
from knowledge_base.storage import outbox_store as outbox
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.outbox_store import OutboxMessage, OutboxState
from knowledge_base.storage.sending_store import Sender, Settlement, turn_over
from knowledge_base.storage.tables import contacts
from knowledge_base.storage.tables import outbox as table

ME = Sender("me", "telegram", in_flight=1000, rate_per_s=1000)
OTHER = replace(ME, name="other")


def put(tx: Transaction, resident: str, key: str) -> None:
    ref = contact_store.ensure_contact(tx, "telegram", resident)
    to = contact_store.contact(tx, ref)
    assert to
    outbox.enqueue(tx, key, to, {"text": key})


def turn(database: Database, *finished: Settlement, sender: Sender = ME, slots: int = 10) -> list[OutboxMessage]:
    """One turn of a sender that knows what it claimed before."""
    ended = {settlement.message.id for settlement in finished}
    holding = set(database.read_now(claimed_by, sender.name)) - ended
    return [message for message, _to in database.write_now(turn_over, sender, finished, slots, holding)]


def claimed_by(tx: Transaction, name: str) -> list[int]:
    query = select(table.c.id).where(table.c.sender == name, table.c.state == OutboxState.SENDING)
    return list(tx.execute(query).scalars())


def texts(messages: list[OutboxMessage]) -> list[str]:
    return [message.body["text"] for message in messages]


def beside(database: Database, sender: Sender, name: str = "other") -> Sender:
    """Another living sender. On SQLite there is only one."""
    return sender if database.engine.dialect.name == "sqlite" else replace(sender, name=name)


def states(database: Database) -> dict[str, str]:
    def work(tx: Transaction) -> dict[str, str]:
        return dict(tx.execute(select(table.c.idempotency_key, table.c.state)).all())

    return database.read_now(work)


def die(database: Database) -> None:
    """What `me` was sending is left behind; on PostgreSQL its lease must run out first."""
    if database.engine.dialect.name == "postgresql":
        time.sleep(sending_store.LEASE_SECONDS + 0.1)


@pytest.fixture
def filled(both_databases: Database) -> Database:
    for resident, key in (("1", "a"), ("1", "b"), ("2", "c"), ("1", "a")):
        both_databases.write_now(put, resident, key)
    return both_databases


def sent(message: OutboxMessage) -> Settlement:
    return Settlement(message, OutboxState.SENT)


def test_one_in_flight_a_resident_in_order(filled: Database) -> None:
    assert texts(turn(filled)) == ["a", "c"]
    assert turn(filled) == []


def test_a_settled_message_makes_room_for_the_next(filled: Database) -> None:
    first, *_rest = turn(filled)
    assert texts(turn(filled, sent(first))) == ["b"]
    assert states(filled) == {"a": "sent", "b": "sending", "c": "sending"}


def test_no_more_in_flight_than_may_be_by_all_senders_together(filled: Database) -> None:
    few = replace(ME, in_flight=1)
    assert len(turn(filled, sender=few)) == 1
    assert turn(filled, sender=beside(filled, few)) == []


def test_no_faster_than_the_rate_by_all_senders_together(both_databases: Database, clock) -> None:
    for number in range(10):
        both_databases.write_now(put, str(number), f"m{number}")
    slow = replace(ME, rate_per_s=3)
    assert len(turn(both_databases, sender=slow)) == 3
    assert turn(both_databases, sender=beside(both_databases, slow)) == []
    clock.advance(timedelta(seconds=0.7))
    assert len(turn(both_databases, sender=slow)) == 2
    clock.advance(-timedelta(days=365))  # a clock that was put back gives nothing, and takes nothing for long
    assert turn(both_databases, sender=slow) == []
    clock.advance(timedelta(seconds=1))
    assert len(turn(both_databases, sender=slow)) == 3


def test_no_more_than_a_short_burst_to_one_resident(both_databases: Database, clock) -> None:
    for number in range(5):
        both_databases.write_now(put, "1", f"m{number}")
    went: list[str] = []
    last: list[Settlement] = []
    for _turn in range(5):
        now = turn(both_databases, *last)
        went += texts(now)
        last = [sent(message) for message in now]
    assert went == ["m0", "m1", "m2"]
    clock.advance(timedelta(seconds=4))
    assert texts(turn(both_databases)) == ["m3"]


def test_the_newest_conversation_goes_first_its_messages_in_order(both_databases: Database, clock) -> None:
    for resident, key in (("old", "old 1"), ("middle", "middle 1"), ("old", "old 2")):
        both_databases.write_now(put, resident, key)
        clock.advance(timedelta(minutes=1))
    one = replace(ME, in_flight=100)
    assert texts(turn(both_databases, sender=one, slots=1)) == ["old 1"]
    assert texts(turn(both_databases, sender=one, slots=1)) == ["middle 1"]


def test_a_wait_that_was_asked_for_holds_up_nobody_else_and_counts_as_no_try(filled: Database, clock) -> None:
    first, other = turn(filled)
    later = clock.now() + timedelta(seconds=7)
    asked = Settlement(first, OutboxState.RETRY_AT, not_before=later, counts=False)
    assert turn(filled, asked, sent(other)) == []
    clock.advance(timedelta(seconds=8))
    (again,) = turn(filled)
    assert (again.id, again.attempt) == (first.id, 1)


def test_nothing_waits_for_ever_for_a_clock_that_was_put_back(filled: Database, clock) -> None:
    clock.advance(-timedelta(days=365))
    assert texts(turn(filled)) == ["a", "c"]


def test_what_a_dead_sender_left_goes_again_marked_and_counted(filled: Database) -> None:
    first, second = turn(filled)
    die(filled)
    again = turn(filled, sender=OTHER)
    assert [message.id for message in again] == [first.id, second.id]
    assert all(message.body["repeat"] for message in again)
    assert filled.read_now(outbox.repeats) == 2
    for woken in (first, second):  # the dead one was only asleep: it holds nothing any more
        assert not filled.write_now(sending_store.settle, ME, sent(woken))
    assert not filled.read_now(sending_store.holds, first)
    assert states(filled)["a"] == "sending"
    turn(filled, *(sent(message) for message in again), sender=OTHER)
    assert states(filled) == {"a": "sent", "b": "sending", "c": "sent"}


def test_under_quarantine_a_human_decides_what_may_have_arrived(filled: Database) -> None:
    careful = replace(OTHER, quarantine=True)
    turn(filled)
    die(filled)
    assert texts(turn(filled, sender=careful)) == ["b"]  # the resident's next words don't wait for the human
    assert states(filled) == {"a": "in_doubt", "b": "sending", "c": "in_doubt"}
    assert filled.read_now(outbox.repeats) == 2


def test_a_living_senders_claims_are_left_alone(filled: Database) -> None:
    if filled.engine.dialect.name == "sqlite":
        pytest.skip("one server may use a SQLite file, so another sender's claims are a dead one's")
    held = turn(filled)
    for _second in range(6):
        time.sleep(1)
        assert turn(filled) == []
        assert turn(filled, sender=OTHER) == []
    assert all(filled.read_now(sending_store.holds, message) for message in held)


def test_what_was_claimed_unheard_was_never_sent_and_goes_back(filled: Database) -> None:
    """The answer to the claim's COMMIT was lost: the sender holds nothing, and nothing is in doubt."""
    claimed = turn(filled)
    again = [message for message, _to in filled.write_now(turn_over, ME, [], 10, [])]
    assert [message.id for message in again] == [message.id for message in claimed]
    assert [message.attempt for message in again] == [1, 1]
    assert filled.read_now(outbox.repeats) == 0


def test_racing_senders_never_share_a_message(both_databases: Database) -> None:
    for number in range(60):
        both_databases.write_now(put, str(number), f"m{number}")

    def drain(name: int) -> list[str]:
        sender = beside(both_databases, ME, str(name))
        taken: list[str] = []
        while batch := turn(both_databases, sender=sender, slots=3):
            taken += texts(batch)
        return taken

    racing = 1 if both_databases.engine.dialect.name == "sqlite" else 6
    with ThreadPoolExecutor(racing) as threads:
        results = [text for taken in threads.map(drain, range(racing)) for text in taken]
    # A claim may meet only locked rows and stop early; what matters is that nothing is taken twice.
    results += texts(turn(both_databases, slots=100))
    assert sorted(results) == sorted({f"m{number}" for number in range(60)})


def test_an_address_that_cannot_be_read_holds_nobody_up(filled: Database) -> None:
    def spoil(tx: Transaction) -> None:
        lost = contacts.c.ref == tx.keys.contact_ref("telegram", "1")
        tx.execute(update(contacts).where(lost).values(sealed_address=b"sealed with another key, long ago"))

    filled.write_now(spoil)
    assert texts(turn(filled)) == ["c"]
    assert turn(filled) == []
    assert filled.read_now(outbox.counts_by_state) == {"failed": 2, "sending": 1}


def test_who_cannot_be_reached_is_remembered(filled: Database) -> None:
    first, other = turn(filled)
    turn(filled, Settlement(first, OutboxState.FAILED, error="blocked", unreachable=True), sent(other))
    known = filled.read_now(contact_store.contact, first.contact_ref)
    assert known
    assert known.unreachable_at is not None
