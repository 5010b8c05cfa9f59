"""What administrators do about messages that went astray; each act leaves an event, on both databases."""

from typing import Any

import pytest
from sqlalchemy import select, update

from knowledge_base import repair
from knowledge_base.errors import Conflict, Forbidden, NotFound
from knowledge_base.storage import contact_store, event_store, outbox_store, repair_store
from knowledge_base.storage.conversation_store import quarantine
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import OutboxState
from knowledge_base.storage.tables import inbox, outbox
from tests.core.conftest import House


def put(tx: Transaction, state: str, key: str = "k") -> int:
    ref = contact_store.ensure_contact(tx, "telegram", "r1")
    to = contact_store.contact(tx, ref)
    assert to
    outbox_store.enqueue(tx, key, to, {"text": "lời"})
    mine = outbox.c.idempotency_key == key
    changed = (
        update(outbox).where(mine).values(state=state, attempt=40, token="t", error="timed out", settled_at=tx.now)
    )
    return tx.execute(changed.returning(outbox.c.id)).scalar_one()


def row(tx: Transaction, message_id: int) -> Any:
    return tx.execute(select(outbox).where(outbox.c.id == message_id)).one()


def last_event(tx: Transaction) -> tuple[str, str, int]:
    event = event_store.events_of(tx, limit=1)[0]
    return event.actor, event.action, event.data["message"]


def test_a_message_in_doubt_goes_again_as_a_repeat(house: House) -> None:
    message = house.do(put, "in_doubt")
    house.do(repair.send_again, house.who("administrator"), message)
    found = house.see(row, message)
    assert (found.state, found.attempt, found.body["repeat"], found.settled_at) == ("retry_at", 0, True, None)
    assert house.see(last_event) == ("administrator", "message_again", message)


def test_a_message_in_doubt_counts_as_arrived(house: House) -> None:
    message = house.do(put, "in_doubt")
    house.do(repair.count_as_arrived, house.who("administrator"), message)
    assert house.see(row, message).state == "sent"
    assert house.see(last_event) == ("administrator", "message_arrived", message)


def test_a_failed_message_gets_its_tries_again(house: House) -> None:
    message = house.do(put, "failed")
    house.do(repair.try_again, house.who("administrator"), message)
    found = house.see(row, message)
    assert (found.state, found.attempt, found.body) == ("retry_at", 0, {"text": "lời"})
    assert house.see(last_event) == ("administrator", "message_retry", message)


@pytest.mark.parametrize("act", [repair.send_again, repair.count_as_arrived, repair.try_again])
def test_nothing_else_is_touched(house: House, act: Any) -> None:
    administrator = house.who("administrator")
    for state in ("pending", "sending", "sent"):
        message = house.do(put, state, key=state)
        with pytest.raises(Conflict, match="message_moved"):
            house.do(act, administrator, message)
        assert house.see(row, message).state == state
    with pytest.raises(NotFound):
        house.do(act, administrator, 10**9)
    for name in ("officer", "editor"):
        with pytest.raises(Forbidden):
            house.do(act, house.who(name), house.do(put, "in_doubt", key=name))


def test_lists_hold_no_words(house: House) -> None:
    message = house.do(put, "in_doubt")
    (found,) = house.see(repair_store.stuck, OutboxState.IN_DOUBT, 10)
    assert (found.id, found.channel, found.error, found.attempt) == (message, "telegram", "timed out", 40)
    assert "lời" not in repr(found)


def test_an_unreadable_message_is_opened_on_record(house: House) -> None:
    house.do(quarantine, "telegram", "7", '{"strange": "lời kín"}')
    (found,) = house.see(repair_store.quarantined, 10)
    assert found.sealed
    assert "lời kín" not in repr(found)
    assert house.do(repair.open_quarantined, house.who("administrator"), found.id) == '{"strange": "lời kín"}'
    assert house.see(last_event) == ("administrator", "quarantine_opened", found.id)
    with pytest.raises(Forbidden):
        house.do(repair.open_quarantined, house.who("editor"), found.id)

    def blank(tx: Transaction) -> None:
        tx.execute(update(inbox).values(body={}))

    house.do(blank)
    with pytest.raises(NotFound):
        house.do(repair.open_quarantined, house.who("administrator"), found.id)
