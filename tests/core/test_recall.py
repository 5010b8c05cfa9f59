"""Who was sent a former text is sent the one that holds now: all of them, once."""

import pytest
from sqlalchemy import update

from knowledge_base import editorial, recall
from knowledge_base.errors import Forbidden, InvalidInput
from knowledge_base.storage import contact_store, faq_store, outbox_store
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.outbox_store import Outgoing
from knowledge_base.storage.tables import outbox
from tests.core.conftest import House, an_entry

CHANNELS = ("telegram", "zalo_oa", "zalo_bot", "web_chat", "sms")


def _told(tx: Transaction, revision_id: int, who: range) -> None:
    """The bot sent these residents the entry's words."""
    for number in who:
        channel = CHANNELS[number % len(CHANNELS)]
        ref = contact_store.ensure_contact(tx, channel, f"r{number}")
        key = f"told:{revision_id}:{number}"
        outbox_store.enqueue_all(tx, [Outgoing(key, ref, channel, {"text": "…"}, revision_id=revision_id)])
    tx.execute(update(outbox).values(state="sent"))


def _recalls(tx: Transaction) -> list[tuple[str, dict]]:
    rows = tx.execute(outbox.select().where(outbox.c.idempotency_key.startswith("recall:")))
    return [(row.contact_ref, row.body) for row in rows]


def changed(house: House, words: str) -> int:
    """A new live text of E1; returns its id."""
    text = an_entry("E1", short_answer=words)
    revision_id = house.do(editorial.propose, house.who("officer"), text)
    return house.do(editorial.approve_and_publish, house.who("editor"), revision_id, text)


def test_a_corrected_answer_reaches_all_twenty_five_once(house: House) -> None:
    first = house.see(faq_store.published_of, "E1").id
    house.do(_told, first, range(25))
    changed(house, "Câu đã sửa.")
    assert house.see(recall.reached, "E1") == recall.Reached({first: 25}, 25)
    assert house.do(recall.send_recall, house.who("editor"), "E1", "Mức hưởng đã đổi.") == 25
    assert house.do(recall.send_recall, house.who("editor"), "E1", "Mức hưởng đã đổi.") == 0
    sent = house.see(_recalls)
    assert len({ref for ref, _body in sent}) == len(sent) == 25
    assert {body["answer"]["short_answer"] for _ref, body in sent} == {"Câu đã sửa."}
    assert {body["note"] for _ref, body in sent} == {"Mức hưởng đã đổi."}
    assert house.see(recall.reached, "E1").behind == 0


def test_nobody_is_sent_what_he_has_or_does_not_want(house: House) -> None:
    first = house.see(faq_store.published_of, "E1").id
    house.do(_told, first, range(4))
    live = changed(house, "Câu đã sửa.")
    house.do(_told, live, range(1))  # asked again, and was told the new one
    ref = house.see(lambda tx: tx.keys.contact_ref(CHANNELS[1], "r1"))
    house.do(contact_store.set_stopped, ref, stopped=True)
    other = house.see(faq_store.published_of, "E2").id
    house.do(_told, other, range(10, 12))
    assert house.do(recall.send_recall, house.who("editor"), "E1", "Đã đổi.") == 2


def test_after_a_second_change_all_hear_the_last(house: House) -> None:
    first = house.see(faq_store.published_of, "E1").id
    house.do(_told, first, range(3))
    changed(house, "Câu thứ hai.")
    house.do(recall.send_recall, house.who("editor"), "E1", "Đã đổi.")
    house.do(lambda tx: tx.execute(update(outbox).values(state="sent")))
    changed(house, "Câu thứ ba.")
    assert house.do(recall.send_recall, house.who("editor"), "E1", "Lại đổi.") == 3


def test_only_editors_recall_and_say_why(house: House) -> None:
    with pytest.raises(Forbidden):
        house.do(recall.send_recall, house.who("officer"), "E1", "vì sao")
    with pytest.raises(InvalidInput):
        house.do(recall.send_recall, house.who("editor"), "E1", " ")
