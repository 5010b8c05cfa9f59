"""XEM: what a code tells its asker, and what it tells others."""

import pytest

from bot.conversation.message import Incoming
from bot.inbox import Inbox
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import CloseReason, QuestionState
from knowledge_base.storage import question_store, staff_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.staff_store import ensure_unit

CODE = "K7MP-42QX"
ANSWER = {
    "kind": "answer",
    "short_answer": "Trả lời của cán bộ, gọi lại số 0900000001; xã trực ở số 0900000002.",
    "details": "",
    "topic": "thu",
    "legal_basis": [],
}


def answered(tx: Transaction, close_reason: str | None) -> None:
    ensure_unit(tx, "0", "Đơn vị thử nghiệm")
    staff_store.add_member(tx, "officer", Role.OFFICER, "0", "no hash", must_change=False)
    officer = staff_store.member_by_username(tx, "officer")
    assert officer
    asked = {
        "reference": CODE,
        "contact_ref": tx.keys.contact_ref("terminal", "asker"),
        "channel": "terminal",
        "unit_code": "0",
        "text": "Tôi hỏi, số của tôi 0900000001",
        "state": QuestionState.CLOSED,
        "close_reason": close_reason,
    }
    question_id = question_store.add_questions(tx, [asked])[CODE]
    question_store.add_answer(tx, question_id, officer.id, ANSWER, None)


async def told(inbox: Inbox, who: str) -> str:
    accepted = await inbox.receive(Incoming("terminal", who, f"{who} 1", "text", f"XEM {CODE}"))
    return accepted.replies[0].text


async def test_the_askers_own_numbers_are_for_the_asker_only(inbox: Inbox, database: Database) -> None:
    database.write_now(answered, None)
    assert "0900000001" in await told(inbox, "asker")
    others = await told(inbox, "somebody else")
    assert "Trả lời của cán bộ" in others
    assert "0900000002" in others
    assert "0900000001" not in others


@pytest.mark.parametrize(("who", "reads"), [("asker", True), ("somebody else", False)])
async def test_a_personal_case_is_for_the_asker_only(inbox: Inbox, database: Database, who: str, reads: bool) -> None:
    database.write_now(answered, CloseReason.PERSONAL_CASE)
    assert ("Trả lời của cán bộ" in await told(inbox, who)) == reads
