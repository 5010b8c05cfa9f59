"""No table is forgotten: every column that could hold a resident's words, or lead to him, is erased or says why not.

A new column fails here until somebody has decided which of the two it is; that it is erased is then shown, not said.
"""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Column, LargeBinary, String, Text, insert, select

import knowledge_base.kinds
import knowledge_base.neighbours
from knowledge_base import erasing
from knowledge_base.entry_list import EntryList
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.publication import RevisionState
from knowledge_base.kinds import Kinds
from knowledge_base.matching.bank import QuestionBank
from knowledge_base.matching.sketch import sketches
from knowledge_base.neighbours import Neighbours
from knowledge_base.storage import contact_store, faq_store, gap_store, question_store, sketch_store, staff_store
from knowledge_base.storage import tables as t
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.outbox_store import OutboxState
from knowledge_base.storage.retention_store import sweep
from knowledge_base.trials import AskedSoFar
from tests.conftest import NOON, FixedClock

MARK, PHONE, ADDRESS = "kanarix", "0912345678", "dia-chi-cua-nguoi-thu"
LONG = 64  # a column of so many characters holds a name, a code or a hash, not words

# What an erasure takes, and (with a star) the retention of words as well.
ERASED = {
    "contacts": {"sealed_address"},
    "conversations": {"contact_ref", "data*"},
    "return_codes": {"contact_ref*"},
    "data_codes": {"contact_ref*"},
    "staff_links": {"contact_ref"},
    "helpers": {"contact_ref"},
    "asked_for": {"sealed_name*"},
    "entry_translations": {"content", "source"},
    "inbox": {"external_id", "contact_ref", "body*"},
    "outbox": {"idempotency_key", "contact_ref", "body*", "platform_message_id", "error*"},
    "questions": {"contact_ref", "text*", "folded*", "commune*", "kin*", "candidates"},
    "question_messages": {"text*", "media_ref*"},
    "question_notes": {"text*"},
    "question_presence": {"question_id*"},
    "question_sketches": {"question_id*", "sketch*", "kin*"},
    "drafts": {"question_id*", "content*"},
    "answers": {"content*"},
    "events": {"data*"},
    "phrasings": {"text", "question_id"},
    "proposed_phrasings": {"texts*", "note*"},
    "entries": {"slug*"},
    "revisions": {"content*", "note*", "scheduled*", "bypass_reason*", "correction*", "phrasings*"},
}
_COUNTED = "it says only that there was a question, which is counted"
_OURS = "written about the office, not about a resident"
STAYS = {
    "audit.data": "choices of forms; the trail holds no words of residents, and is sealed row over row",
    "answers.question_id": _COUNTED,
    "events.question_id": "who did what and when stays; its words go",
    "feedback.question_id": _COUNTED,
    "outbox.question_id": _COUNTED,
    "proposed_phrasings.question_id": _COUNTED,
    "question_messages.question_id": _COUNTED,
    "question_notes.question_id": _COUNTED,
    "question_units.question_id": _COUNTED,
    "unlike_questions.question_id": "that somebody took two questions apart",
    "unlike_questions.other_id": "that somebody took two questions apart",
    "questions.pauses": "days on which the clock stood still",
    "entries.origin_question_id": "that a page came of a question, which is counted",
    "erasures.question_hashes": "keyed hashes: the list of erasures itself",
    "confirmations.remark": "about a shipped text, before anybody asked",
    "feedback_handled.reason": "about an entry; of no one question",
    "answer_templates.name": _OURS,
    "answer_templates.text": _OURS,
    "calendar_days.name": _OURS,
    "consents.sealed_tokens": _OURS,
    "consents.begun_with": _OURS,
    "legal_documents.number": _OURS,
    "legal_documents.content": _OURS,
    "staff.password_hash": _OURS,
    "staff.sealed_totp": _OURS,
    "topics.name": _OURS,
    "topics.name_en": _OURS,
    "topics.hint": _OURS,
    "units.name": _OURS,
    "units.path": _OURS,
    "distress_words.words": _OURS,
    "asked_for.question_id": _COUNTED,
    "question_places.question_id": _COUNTED,
    "slips.question_id": _COUNTED,
    "entry_translations.note": _OURS,
    "helpers.name": "of a community team: the office's register of whom it sent",
    "helpers.sealed_phone": "of a community team: the office's register of whom it sent",
    "meetings.chair": _OURS,
    "meetings.hamlet": _OURS,
    "places.label": _OURS,
    "sheet_rows.content": "an editor's sheet of public texts; gone after a day",
    "sheet_uploads.faults": "an editor's sheet of public texts; gone after a day",
    "sheet_uploads.file_name": "an editor's sheet of public texts; gone after a day",
    "teams.hamlet": _OURS,
    "teams.name": _OURS,
}  # fmt: skip
_LEADS = {"contact_ref", "question_id", "other_id", "origin_question_id", "kin"}


def _could_hold(column: Column[Any]) -> bool:
    kind = column.type
    wordy = isinstance(kind, Text | JSON | LargeBinary) or (isinstance(kind, String) and (kind.length or 0) > LONG)
    return wordy or column.name in _LEADS


def test_every_column_is_erased_or_says_why_not() -> None:
    found = {str(column) for table in t.metadata.tables.values() for column in table.c if _could_hold(column)}
    erased = {f"{table}.{name.rstrip('*')}" for table, names in ERASED.items() for name in names}
    assert found - erased - STAYS.keys() == set()
    assert not erased & STAYS.keys()
    assert {column for column in {*erased, *STAYS} if column not in found} == set()  # nothing is named that isn't there


def _entry(key: str, words: str) -> FaqEntry:
    return FaqEntry(
        key=key, kind="answer", status="draft", approved_by="", topic="thu",
        question=f"{words} hỏi gì", short_answer=f"{words} đáp", details=words,
    )  # fmt: skip


def fill(tx: Transaction) -> str:
    """One resident of whom everything is kept that can be; returns his reference."""
    ref = contact_store.ensure_contact(tx, "sms", ADDRESS)
    words = {"words": MARK, "note": MARK, "reason": f"{MARK} ơi"}

    def put(table: Any, **values: Any) -> None:
        tx.execute(insert(table).values(**values))

    tx.execute(
        insert(t.staff).values(
            username="can-bo", role="officer", unit_code="0", password_hash="none", created_at=tx.now
        )
    )
    staff = staff_store.member_by_username(tx, "can-bo").id
    number = question_store.add_questions(
        tx,
        [
            {
                "reference": "K7MP-42QX", "contact_ref": ref, "channel": "sms", "unit_code": "0", "state": "answered",
                "text": f"{MARK} gọi {PHONE}", "commune": MARK, "kin": 1,
                "candidates": [{"id": "T1", "phrasing": f"{MARK} ghi lại"}],
            }
        ],
    )["K7MP-42QX"]  # fmt: skip
    put(t.conversations, contact_ref=ref, state="idle", data={"commune": MARK}, updated_at=tx.now)
    put(t.return_codes, contact_ref=ref, code_hash="r" * 64, made_at=tx.now)
    put(t.data_codes, contact_ref=ref, code_hash="d" * 64, expires_at=tx.now)
    put(t.staff_links, staff_id=staff, channel="sms", contact_ref=ref, created_at=tx.now)
    put(t.teams, id=1, unit_code="0", name="Tổ thử", hamlet="Thôn thử", created_at=tx.now)
    put(t.helpers, id=1, team_id=1, name="Thành viên thử", channel="sms", contact_ref=ref, created_at=tx.now)
    put(t.asked_for, question_id=number, sealed_name=b"name", consent="oral", consent_at=tx.now)
    put(
        t.inbox,
        channel="sms",
        external_id=f"{ADDRESS}:1",
        contact_ref=ref,
        kind="text",
        body={"text": MARK},
        state="accepted",
        received_at=tx.now,
    )
    put(
        t.outbox, idempotency_key=f"remind:{ref}", contact_ref=ref, channel="sms", state=OutboxState.SENT,
        question_id=number, body={"text": MARK}, not_before=tx.now, platform_message_id=MARK, error=MARK,
        created_at=tx.now,
    )  # fmt: skip
    put(
        t.question_messages,
        question_id=number,
        sender="resident",
        text=MARK,
        media_ref=MARK,
        media_kind="photo",
        at=tx.now,
    )
    put(t.question_notes, question_id=number, author_id=staff, text=MARK, at=tx.now)
    put(t.question_presence, question_id=number, staff_id=staff, at=tx.now)
    sketch_store.put(tx, [(number, sketches([f"{MARK} gọi"])[0])])
    tx.execute(t.question_sketches.update().values(kin=number))
    put(t.drafts, question_id=number, author_id=staff, content={"short_answer": MARK}, version=1, updated_at=tx.now)
    put(
        t.answers,
        question_id=number,
        author_id=staff,
        content={"short_answer": MARK, "details": MARK},
        signed_off_at=tx.now,
    )
    put(t.events, question_id=number, actor="can-bo", action="close", data=words, at=tx.now)
    _faq(tx, number, words)
    return ref


def _faq(tx: Transaction, number: int, words: dict[str, str]) -> None:
    """An entry made from his question and never public, one that was, and his wording of a third."""
    ways: dict[str, Any] = {
        "phrasings": [f"{MARK} kèm theo"],
        "note": MARK,
        "bypass_reason": MARK,
        "scheduled": {"phrasings": [MARK]},
    }
    faq_store.ensure_entry(tx, "Q1", MARK, number)
    faq_store.add_revision(
        tx, _entry("Q1", MARK), RevisionState.IN_REVIEW, "can-bo", correction={"parts": [], "note": MARK}, **ways
    )
    faq_store.add_revision(tx, _entry("Q1", MARK), RevisionState.SUPERSEDED, "can-bo")
    faq_store.replace_phrasings(tx, "Q1", [f"{MARK} bản nháp"], keep_questions=False)
    faq_store.ensure_entry(tx, "Q2", "Thử", number)
    public = faq_store.add_revision(
        tx, _entry("Q2", f"Gọi {PHONE}"), RevisionState.PUBLISHED, "can-bo", approved_by="bien-tap", note=f"gọi {PHONE}"
    )
    words_of = {"question": f"Gọi {PHONE}", "short_answer": "", "details": ""}
    made = {"translator": "can-bo", "state": "published", "created_at": tx.now, "source_hash": "h" * 64}
    tx.execute(
        insert(t.entry_translations).values(entry_key="Q2", language="en", content=words_of, source=words_of, **made)
    )
    text = {"notice": "officer_answer", "answer": {"short_answer": f"Gọi {PHONE} đáp"}}
    to = contact_store.ensure_contact(tx, "sms", "hang-xom")  # somebody else was sent it, too
    tx.execute(
        insert(t.outbox).values(
            idempotency_key="answer:2", contact_ref=to, channel="sms", state=OutboxState.SENT, revision_id=public,
            body=text, not_before=tx.now, created_at=tx.now,
        )
    )  # fmt: skip
    faq_store.ensure_entry(tx, "T1", "Thử")
    later = {"publish_on": NOON.date(), "scheduled": {"phrasings": [f"{MARK} ghi lại"], "correct": False, "note": ""}}
    faq_store.add_revision(tx, _entry("T1", "Thử"), RevisionState.PUBLISHED, "import", approved_by="project")
    faq_store.add_revision(tx, _entry("T1", "Thử"), RevisionState.APPROVED, "can-bo", **later)
    faq_store.add_phrasing(tx, "T1", f"{MARK} ghi lại", number)
    tx.execute(insert(t.events).values(entry_key="Q1", actor="can-bo", action="return", data=words, at=tx.now))
    tx.execute(
        insert(t.proposed_phrasings).values(
            question_id=number, entry_key="T1", texts=[MARK], author="can-bo", created_at=tx.now, note=MARK
        )
    )


def _held(tx: Transaction, ref: str) -> set[str]:
    """The columns in which something of his is left."""
    found = set()
    marks = (MARK, ref, ADDRESS, PHONE)
    for table in t.metadata.tables.values():
        if table is t.erasures:
            continue
        for row in tx.execute(select(table)):
            values = {name: json.dumps(value, ensure_ascii=False, default=str) for name, value in row._mapping.items()}
            found |= {f"{table.name}.{name}" for name, value in values.items() if any(one in value for one in marks)}
    return found


def _kept_rows(tx: Transaction) -> set[str]:
    """What is told by there being a row, or a number."""
    gone = {
        f"{table.name}.{name}": tx.execute(select(table)).first() is None
        for table, name in ((t.question_presence, "question_id"), (t.question_sketches, "question_id"),
                            (t.question_sketches, "sketch"), (t.question_sketches, "kin"), (t.drafts, "question_id"))
    }  # fmt: skip
    gone["asked_for.sealed_name"] = tx.execute(select(t.asked_for.c.sealed_name)).scalar_one() is None
    gone["questions.kin"] = tx.execute(select(t.questions.c.kin)).scalar_one() is None
    gone["phrasings.question_id"] = (
        tx.execute(select(t.phrasings).where(t.phrasings.c.question_id == 1)).first() is None
    )
    refs = select(t.contacts.c.ref).where(t.contacts.c.ref != contact_store.refs_of(tx, [("sms", "hang-xom")])[0])
    gone["contacts.sealed_address"] = set(tx.execute(refs).scalars()) <= {"erased"}
    return {name for name, done in gone.items() if not done}


def _columns(only_kept: bool = False) -> set[str]:
    return {
        f"{table}.{name.rstrip('*')}"
        for table, names in ERASED.items()
        for name in names
        if name.endswith("*") or not only_kept
    }


def test_all_that_is_named_is_erased(both_databases: Database) -> None:
    ref = both_databases.write_now(fill)
    before = both_databases.read_now(_held, ref) | both_databases.read_now(_kept_rows)
    assert _columns() <= before  # each of them held something
    both_databases.write_now(erasing.erase, ref)
    after = both_databases.read_now(_held, ref) | both_databases.read_now(_kept_rows)
    assert after & _columns() == set()
    assert after == set()


def test_and_by_retention_when_its_time_is_over(both_databases: Database, clock: FixedClock) -> None:
    ref = both_databases.write_now(fill)
    both_databases.write_now(lambda tx: tx.execute(t.questions.update().values(state="closed")))
    clock.advance(timedelta(days=13 * 31))
    both_databases.write_now(sweep, 12)
    after = both_databases.read_now(_held, ref) | both_databases.read_now(_kept_rows)
    # What stands in public entries is kept, and what waits for its day there.
    public = {"revisions.content", "revisions.note", "revisions.scheduled"}
    assert after & _columns(only_kept=True) <= public
    assert MARK not in str(both_databases.read_now(faq_store.revisions_of, "Q1"))
    assert MARK in str(both_databases.read_now(faq_store.published_of, "T1").entry.phrasings)


def _sketched(tx: Transaction, words: str) -> int:
    ref = contact_store.ensure_contact(tx, "sms", words)
    row = {
        "reference": words[:9],
        "contact_ref": ref,
        "channel": "sms",
        "unit_code": "0",
        "state": "queued",
        "text": words,
    }
    [number] = question_store.add_questions(tx, [{**row, "text": words}]).values()
    sketch_store.put(tx, [(number, sketches([words])[0])])
    return number


def test_nor_is_it_held_in_memory(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (knowledge_base.neighbours, knowledge_base.kinds):
        monkeypatch.setattr(module, "COUNT_SECONDS", 0.0)
    near, kinds, asked, listed = Neighbours(), Kinds(), AskedSoFar(database), EntryList()
    ref = database.write_now(fill)
    other = database.write_now(_sketched, "xin hỏi chuyện khác hẳn")
    database.write_now(gap_store.put_kin, database.read_now(kinds.find))
    question = database.read_now(question_store.question, other)
    database.read_now(near.like, question, "0/")
    while asked.read_more():
        continue
    bank, numbers = asked.catch_up(0.0)
    assert (len(near._shelf), len(kinds._shelf), len(bank)) == (2, 2, 2)
    assert MARK in str(database.read_now(listed.all))
    database.write_now(erasing.erase, ref)
    database.read_now(near.like, question, "0/")
    database.write_now(_sketched, "câu hỏi thứ ba")
    database.read_now(kinds.find)
    assert asked.forget() == 1
    assert list(near._shelf._at) == [other]
    assert set(kinds._shelf._at) == {other, other + 1}
    assert MARK not in str(database.read_now(listed.all))
    bank, numbers = asked.catch_up(0.0)
    assert numbers == [other, other + 1]
    afresh = QuestionBank.of(["xin hỏi chuyện khác hẳn", "câu hỏi thứ ba"])
    assert bank.columns.tolist() == afresh.columns.tolist()
    assert bank.starts.tolist() == afresh.starts.tolist()
    assert bank.documents.tolist() == afresh.documents.tolist()
    assert bank.close_to(["câu hỏi thứ ba"])[1] > bank.close_to(["câu hỏi thứ ba"])[0]
