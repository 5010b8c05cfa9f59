"""Officers link their messengers; the status page calls for a human; the question page knows the reply window."""

import re
from datetime import timedelta
from typing import Any

from knowledge_base import officer_queue
from knowledge_base.questions.change import BOT, Opening
from knowledge_base.questions.reference import new_reference
from knowledge_base.storage import consent_store, contact_store, conversation_store, staff_link_store
from knowledge_base.storage.conversation_store import Received
from knowledge_base.storage.database import Transaction


async def test_a_code_is_shown_and_a_link_can_be_taken_back(desk: Any) -> None:
    browser = desk.signed_in("can-bo")
    assert "Chưa liên kết ứng dụng nào" in (await browser.get("/admin/messengers")).text
    shown = await browser.post("/admin/messengers")
    code = re.search(r"/lienket ([0-9A-Z]{4}-[0-9A-Z]{4})", shown.text)
    assert code
    assert desk.database.write_now(staff_link_store.link, code.group(1), "telegram", "5001")
    page = await browser.get("/admin/messengers")
    link = re.search(r"/admin/messengers/(\d+)/unlink", page.text)
    assert link
    other = desk.signed_in("can-bo-2")
    await other.post(link.group(0))  # somebody else's link stays
    assert desk.database.read_now(staff_link_store.linked_member, "telegram", "5001")
    assert (await browser.post(link.group(0))).status == 303
    assert desk.database.read_now(staff_link_store.linked_member, "telegram", "5001") is None


async def test_a_lost_consent_is_an_alert_that_says_what_to_do(desk: Any) -> None:
    def lose(tx: Transaction) -> None:
        consent_store.lose(tx, "zalo_oa", consent_store.take(tx, "zalo_oa", "first", "me").refresh)

    browser = desk.signed_in("quan-tri")
    assert 'role="alert"' not in (await browser.get("/admin/status")).text
    desk.database.write_now(lose)
    page = (await browser.get("/admin/status")).text
    assert 'role="alert"' in page
    assert "refresh token mới" in page


async def test_the_officer_sees_how_long_a_reply_is_possible(desk: Any, clock: Any) -> None:
    def ask(tx: Transaction) -> int:
        ref = contact_store.ensure_contact(tx, "zalo_oa", "71")
        conversation_store.add_incoming(tx, [Received("zalo_oa", "m1", ref, "text", {"text": "?"})])
        question = officer_queue.ask(tx, Opening(new_reference(), ref, "zalo_oa", "0", "câu hỏi thử"))
        officer_queue.queue(tx, question, BOT, 5, "unmatched")
        return question.id

    number = desk.database.write_now(ask)
    for days, words in ((0, "Trả lời miễn phí đến"), (3, "phải trả phí"), (8, "trước khi họ nhắn lại")):
        clock.advance(timedelta(days=days))
        browser = desk.signed_in("can-bo")
        assert words in (await browser.get(f"/admin/questions/{number}")).text
        clock.advance(timedelta(days=-days))
