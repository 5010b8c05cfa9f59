"""Words are blanked when their time is over; counts, and what is still open or public, stay. On both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from knowledge_base.questions.question import QuestionState
from knowledge_base.storage import chat_store, contact_store, conversation_store, outbox_store, question_store
from knowledge_base.storage import retention_store as retention
from knowledge_base.storage.conversation_store import Received, quarantine
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.retention_store import Due, Rules, blank, find_due, sweep
from knowledge_base.storage.staff_store import add_member
from knowledge_base.storage.tables import (
    answers,
    contacts,
    conversations,
    drafts,
    inbox,
    metadata,
    outbox,
    question_messages,
    questions,
    staff,
    writes,
)
from processes.retention import blank_all

RULES = Rules(months=12, payload_days=7)
YEAR = timedelta(days=31 * 12 + 1)
CANARY = "CANARY-7391"


def a_question(tx: Transaction, number: int, state: str, channel: str = "telegram", **values: Any) -> int:
    """A question with all that may belong to it, every word of it a canary."""
    ref = contact_store.ensure_contact(tx, channel, f"r{number}")
    row = {"reference": f"AAAA-{number:04}", "contact_ref": ref, "channel": channel, "unit_code": "0"}
    words = {"text": CANARY, "commune": CANARY, "state": state}
    (question_id,) = question_store.add_questions(tx, [{**row, **words, **values}]).values()
    question_store.add_message(tx, question_id, "resident", CANARY, "photo", CANARY)
    author = tx.execute(select(staff.c.id)).scalars().first()
    assert author
    question_store.put_draft(tx, question_id, author, {"short_answer": CANARY}, 0)
    question_store.add_answer(tx, question_id, author, {"short_answer": CANARY, "details": CANARY, "topic": "t"}, None)
    conversation_store.put_conversations(tx, {ref: ("idle", {"commune": CANARY})})
    conversation_store.add_incoming(tx, [Received(channel, f"m{number}", ref, "text", {"text": CANARY})])
    to = contact_store.contact(tx, ref)
    assert to
    outbox_store.enqueue(tx, f"k{number}", to, {"text": CANARY, "decision": "notice"}, question_id=question_id)
    return question_id


def fill(tx: Transaction) -> None:
    add_member(tx, "canbo", "officer", "0", "no hash", must_change=False)  # type: ignore[arg-type]
    a_question(tx, 1, QuestionState.ANSWERED)
    a_question(tx, 2, QuestionState.QUEUED)
    a_question(tx, 3, QuestionState.ANSWERED, disposition="own_page")
    a_question(tx, 4, QuestionState.CLOSED, channel="web_chat")
    tx.execute(update(outbox).where(outbox.c.channel == "telegram").values(state="sent", error=CANARY))
    quarantine(tx, "telegram", "strange", CANARY)


def column(database: Database, of: Any, order: Any) -> list[Any]:
    return database.read_now(lambda tx: list(tx.execute(select(of).order_by(order)).scalars()))


@pytest.fixture
def filled(both_databases: Database) -> Database:
    both_databases.write_now(fill)
    return both_databases


def test_young_words_stay(filled: Database) -> None:
    assert filled.read_now(find_due, RULES) == Due()


async def test_a_year_later_only_open_questions_and_public_answers_have_words(filled: Database, clock: Any) -> None:
    counts = filled.read_now(question_store.counts_by_state)
    clock.advance(YEAR)
    assert await blank_all(filled, RULES) > 0
    assert column(filled, questions.c.text, questions.c.id) == ["", CANARY, "", ""]
    assert column(filled, questions.c.commune, questions.c.id) == [None, CANARY, None, None]
    assert column(filled, question_messages.c.text, question_messages.c.id) == ["", CANARY, "", ""]
    assert column(filled, question_messages.c.media_ref, question_messages.c.id) == [None, CANARY, None, None]
    assert column(filled, drafts.c.question_id, drafts.c.question_id) == [2]
    kept = [content["short_answer"] for content in column(filled, answers.c.content, answers.c.id)]
    assert kept == ["", CANARY, CANARY, ""]
    assert column(filled, inbox.c.body, inbox.c.id) == [{}] * 5
    assert all(body["text"] == "" for body in column(filled, outbox.c.body, outbox.c.id))
    assert column(filled, conversations.c.contact_ref, conversations.c.contact_ref) == []
    # Counts, and what tells a repetition, are as they were.
    assert filled.read_now(question_store.counts_by_state) == counts
    assert filled.read_now(outbox_store.counts_by_state) == {"sent": 3, "pending": 1}
    assert len(column(filled, inbox.c.external_id, inbox.c.id)) == 5
    assert await blank_all(filled, RULES) == 0
    assert canaries(filled) == {"questions", "question_messages", "drafts", "answers"}  # of those two that stay


def canaries(database: Database) -> set[str]:
    """Tables in which a canary is left."""

    def look(tx: Transaction) -> set[str]:
        return {
            table.name
            for table in metadata.sorted_tables
            for row in tx.execute(select(table))
            if CANARY in repr(tuple(row))
        }

    return database.read_now(look)


def test_what_a_platform_sent_goes_after_a_week_but_the_chat_page_keeps_its_own(filled: Database, clock: Any) -> None:
    clock.advance(timedelta(days=8))
    assert filled.write_now(sweep, 12, 7) == 0
    kinds = filled.read_now(lambda tx: dict(tx.execute(select(inbox.c.external_id, inbox.c.kind)).all()))
    assert kinds == {"m1": "blanked", "m2": "blanked", "m3": "blanked", "m4": "text", "strange": "blanked"}
    states = filled.read_now(
        lambda tx: dict(tx.execute(select(inbox.c.state, func.count()).group_by(inbox.c.state)).all())
    )
    assert states == {"accepted": 4, "quarantined": 1}
    assert column(filled, questions.c.text, questions.c.id) == [CANARY] * 4


def test_a_question_that_was_reopened_meanwhile_keeps_its_words(filled: Database, clock: Any) -> None:
    clock.advance(YEAR)
    due = filled.read_now(find_due, RULES)

    def reopen(tx: Transaction) -> None:
        tx.execute(update(questions).where(questions.c.id == due.questions[0]).values(state=QuestionState.QUEUED))

    filled.write_now(reopen)
    assert filled.write_now(blank, RULES, due) == 2
    assert column(filled, questions.c.text, questions.c.id)[:2] == [CANARY, CANARY]


def test_chat_sessions_that_never_spoke_are_forgotten(filled: Database, clock: Any) -> None:
    filled.write_now(chat_store.issue_session, "never spoke")
    spoke = len(column(filled, contacts.c.ref, contacts.c.ref)) - 1
    clock.advance(timedelta(days=3))
    filled.write_now(chat_store.issue_session, "just opened")
    filled.write_now(sweep, 12)
    assert len(column(filled, contacts.c.ref, contacts.c.ref)) == spoke + 1
    assert filled.read_now(chat_store.is_session, "just opened")
    assert not filled.read_now(chat_store.is_session, "never spoke")


def test_keys_of_writes_go_after_a_day(filled: Database, clock: Any) -> None:
    def put(tx: Transaction, key: str) -> None:
        tx.execute(writes.insert().values(key=key, at=tx.now))

    filled.write_now(put, "old")
    clock.advance(timedelta(hours=25))
    filled.write_now(put, "new")
    filled.write_now(sweep, 12)
    left = column(filled, writes.c.key, writes.c.key)
    assert "old" not in left
    assert "new" in left


async def test_much_is_done_bit_by_bit(filled: Database, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    clock.advance(YEAR)
    due = filled.read_now(find_due, RULES)
    assert max(len(getattr(due, name)) for name in ("questions", "inbox", "outbox")) == 2
    await blank_all(filled, RULES)
    assert filled.read_now(find_due, RULES).number == 0
    assert column(filled, inbox.c.kind, inbox.c.id) == ["blanked"] * 5


def test_months_shorter_than_the_payloads_days_win(filled: Database, clock: Any) -> None:
    clock.advance(timedelta(days=32))
    filled.write_now(sweep, 1, 365)
    assert set(column(filled, inbox.c.kind, inbox.c.id)) == {"blanked"}


async def test_pages_of_the_past_still_open(filled: Database, clock: Any) -> None:
    clock.advance(YEAR)
    await blank_all(filled, RULES)
    assert filled.read_now(chat_store.turns, "r4") == []
    assert filled.read_now(question_store.answers_of, 1) == []
    assert len(filled.read_now(question_store.answers_of, 3)) == 1
