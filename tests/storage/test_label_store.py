"""Labels are what people made of questions in the end; the newest ones, without personal data. On both databases."""

from typing import Any

import pytest

from knowledge_base.matching.labels import Label
from knowledge_base.questions.question import CloseReason, QuestionState
from knowledge_base.questions.reference import new_reference
from knowledge_base.storage import contact_store, faq_store, label_store, question_store
from knowledge_base.storage.database import Database, Transaction

ANSWERED, CLOSED, QUEUED = QuestionState.ANSWERED, QuestionState.CLOSED, QuestionState.QUEUED


def asked(tx: Transaction, text: str, state: str, *, by: str = "", back: str = "", **values: Any) -> None:
    """A question that stands somewhere; `back` is the verdict with which its asker sent entry E1 back."""
    ref = contact_store.ensure_contact(tx, "telegram", by or text)
    row = {"reference": new_reference(), "contact_ref": ref, "channel": "telegram", "unit_code": "0", "text": text}
    (question_id,) = question_store.add_questions(tx, [{**row, "state": state, **values}]).values()
    if back:
        question_store.add_feedback(tx, "E1", back, question_id=question_id)


def entries(tx: Transaction) -> None:
    for key in ("E1", "E2"):
        faq_store.ensure_entry(tx, key, f"Mục {key}?")


@pytest.fixture
def store(both_databases: Database) -> Database:
    both_databases.write_now(entries)
    return both_databases


def test_what_people_did_is_the_label(store: Database) -> None:
    def fill(tx: Transaction) -> None:
        asked(tx, "cán bộ chọn mục", ANSWERED, entry_key="E2")
        asked(tx, "cán bộ tự viết", ANSWERED)
        asked(tx, "người dân hài lòng", CLOSED, entry_key="E1", close_reason=CloseReason.SETTLED)
        asked(tx, "ngoài phạm vi", CLOSED, entry_key="E1", close_reason=CloseReason.OUT_OF_SCOPE, back="notmine")
        asked(tx, "việc riêng", CLOSED, entry_key="E1", close_reason=CloseReason.PERSONAL_CASE)
        asked(tx, "không phải việc của tôi", QUEUED, entry_key="E1", back="notmine")
        asked(tx, "chưa rõ", QUEUED, entry_key="E1", back="unclear")
        asked(tx, "chưa rõ nhưng đúng mục", ANSWERED, entry_key="E1", back="unclear")
        asked(tx, "có ích", QuestionState.ANSWERED_BY_BOT, entry_key="E1", back="useful")
        asked(tx, "", CLOSED, entry_key="E1", close_reason=CloseReason.SETTLED)  # blanked by retention
        question_store.add_feedback(tx, "E1", "notmine")  # a reader of the information page, about no question

    store.write_now(fill)
    assert store.read_now(label_store.labels) == [
        Label("chưa rõ nhưng đúng mục", settled_by="E1"),
        Label("chưa rõ", not_by="E1"),
        Label("không phải việc của tôi", not_by="E1"),
        Label("ngoài phạm vi"),
        Label("người dân hài lòng", settled_by="E1"),
        Label("cán bộ chọn mục", settled_by="E2"),
    ]


def test_one_resident_has_few_labels_and_every_wording_one(store: Database) -> None:
    def fill(tx: Transaction) -> None:
        for number in range(6):
            asked(tx, f"câu số {number}", QUEUED, by="một người", entry_key="E1", back="notmine")
        asked(tx, "Vay vốn?", ANSWERED, entry_key="E2")
        asked(tx, "VAY VON?", ANSWERED, entry_key="E1")

    store.write_now(fill)
    found = store.read_now(label_store.labels)
    assert found[0] == Label("VAY VON?", settled_by="E1")
    assert [label.text for label in found[1:]] == ["câu số 5", "câu số 4", "câu số 3"]


def test_the_newest_come_first_and_no_more_than_most(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_store, "MOST", 2)

    def fill(tx: Transaction) -> None:
        for number in range(4):
            asked(tx, f"câu số {number}", ANSWERED, entry_key="E2")

    store.write_now(fill)
    assert [label.text for label in store.read_now(label_store.labels)] == ["câu số 3", "câu số 2"]


def test_personal_data_stays_in_the_store(store: Database) -> None:
    store.write_now(lambda tx: asked(tx, "gọi tôi số 0900000000, tôi tên là Nguyễn A", ANSWERED, entry_key="E1"))
    (label,) = store.read_now(label_store.labels)
    assert "0900000000" not in label.text
    assert "Nguyễn" not in label.text
