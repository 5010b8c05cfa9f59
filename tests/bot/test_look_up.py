"""XEM: what a code tells its asker, and what it tells others."""

from datetime import date

import pytest

from bot.conversation.message import Incoming
from bot.inbox import Inbox
from knowledge_base.questions.deadline import ChangedDay
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import CloseReason, QuestionState
from knowledge_base.storage import calendar_store, question_store, staff_store
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


def promised(tx: Transaction, **values: object) -> None:
    ensure_unit(tx, "0", "Đơn vị thử nghiệm")
    asked = {
        "reference": CODE,
        "contact_ref": tx.keys.contact_ref("terminal", "asker"),
        "channel": "terminal",
        "unit_code": "0",
        "text": "Tôi hỏi",
        "state": QuestionState.ASSIGNED,
        "clock_from": date(2026, 11, 20),
        "clock_days": 5,
        "due_on": date(2026, 11, 30),
        **values,
    }
    question_store.add_questions(tx, [asked])


async def test_a_waiting_question_says_how_its_day_came_about(inbox: Inbox, database: Database) -> None:
    database.write_now(promised)
    words = await told(inbox, "asker")
    assert "thứ Hai, 30/11/2026" in words
    assert "từ hôm sau ngày 20/11/2026, đếm đủ 5 ngày làm việc." in words
    assert "Không tính: thứ Bảy và Chủ nhật; 24/11/2026 (Ngày Văn hóa Việt Nam)." in words


async def test_the_offices_own_days_have_their_names(inbox: Inbox, database: Database) -> None:
    storm = ChangedDay(date(2026, 11, 26), works=False, name="Nghỉ tránh bão")
    database.write_now(calendar_store.put_days, [storm], "administrator")
    database.write_now(promised, due_on=date(2026, 12, 1))
    assert "26/11/2026 (Nghỉ tránh bão)." in await told(inbox, "asker")


async def test_a_question_that_waits_for_its_resident_says_so(inbox: Inbox, database: Database) -> None:
    waiting = {"state": QuestionState.WAITING_FOR_RESIDENT, "pauses": [["2026-11-23", None]]}
    database.write_now(promised, **waiting)
    words = await told(inbox, "asker")
    assert "đang chờ trả lời từ thứ Hai, 23/11/2026" in words
    assert "30/11/2026" not in words
