"""The status page: figures, and the acts of an administrator."""

from typing import Any

from sqlalchemy import update

from knowledge_base.storage import contact_store, outbox_store
from knowledge_base.storage.conversation_store import quarantine
from knowledge_base.storage.database import Transaction
from knowledge_base.storage.event_store import events_of
from knowledge_base.storage.tables import outbox


def put(tx: Transaction, key: str, state: str) -> int:
    ref = contact_store.ensure_contact(tx, "telegram", "r1")
    to = contact_store.contact(tx, ref)
    assert to
    outbox_store.enqueue(tx, key, to, {"text": "lời riêng"})
    changed = update(outbox).where(outbox.c.idempotency_key == key).values(state=state, error="hết giờ", doubts=2)
    return tx.execute(changed.returning(outbox.c.id)).scalar_one()


async def test_messages_in_doubt_and_failed_can_be_dealt_with(desk: Any) -> None:
    again, arrived, failed = (
        desk.database.write_now(put, key, state)
        for key, state in (("a", "in_doubt"), ("b", "in_doubt"), ("c", "failed"))
    )
    browser = desk.signed_in("quan-tri")
    page = await browser.get("/admin/status")
    assert page.status == 200
    for words in ("Gửi lại", "Coi như đã tới", "Thử lại", "hết giờ", "có thể đã tới hai lần"):
        assert words in page.text
    assert "lời riêng" not in page.text
    for path in (f"{again}/again", f"{arrived}/arrived", f"{failed}/retry"):
        done = await browser.post(f"/admin/status/messages/{path}")
        assert done.status == 303
    assert desk.database.read_now(outbox_store.counts_by_state) == {"retry_at": 2, "sent": 1}
    late = await browser.post(f"/admin/status/messages/{again}/again")
    assert late.status == 409
    assert "không còn ở trạng thái cũ" in late.text


async def test_an_unreadable_message_is_opened_by_a_click_that_is_written_down(desk: Any) -> None:
    desk.database.write_now(quarantine, "telegram", "7", "<b>lời kín</b>")
    browser = desk.signed_in("quan-tri")
    page = await browser.get("/admin/status")
    assert "không đọc được" in page.text
    assert "lời kín" not in page.text
    opened = await browser.post("/admin/status/quarantine/1")
    assert opened.status == 200
    assert "&lt;b&gt;lời kín&lt;/b&gt;" in opened.text
    assert desk.database.read_now(events_of, limit=1)[0].action == "quarantine_opened"
    assert (await browser.post("/admin/status/quarantine/99")).status == 404


async def test_the_officer_is_told_that_a_resident_cannot_be_reached(desk: Any) -> None:
    question = desk.ask()
    browser = desk.signed_in("can-bo")
    page = await browser.get(f"/admin/questions/{question.id}")
    assert "Không còn liên lạc được" not in page.text
    desk.database.write_now(contact_store.set_unreachable, question.contact_ref, unreachable=True)
    page = await browser.get(f"/admin/questions/{question.id}")
    assert "Không còn liên lạc được với người hỏi" in page.text
    assert question.reference in page.text
