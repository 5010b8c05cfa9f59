"""Decisions are bound to words; what is public follows from them."""

from datetime import UTC, datetime

import pytest

from knowledge_base.errors import InvalidInput
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.public_text import guard_decided, passages_of, public_entry
from knowledge_base.redaction.decisions import (
    Decision,
    Verdict,
    all_marks,
    is_decided,
    passages,
    public_text,
    put_back,
    undecided,
)
from knowledge_base.redaction.find import MASK

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TEXT = "Gọi 0900000000 hoặc 0900000000, thư thu@vi-du.example"


def said(*pairs: tuple[str, str]) -> dict[str, Decision]:
    return {mark: Decision(Verdict(verdict), "bien-tap", NOW) for mark, verdict in pairs}


def test_each_hit_is_undecided_until_somebody_says() -> None:
    found = passages([("details", TEXT)])
    first, second, mail = all_marks(found)
    assert undecided(found, {}) == [first, second, mail]
    assert (first.words, first.number, second.number) == ("0900000000", 0, 1)
    assert first.id != second.id
    some = said((first.id, "masked"), (second.id, "kept"))
    assert undecided(found, some) == [mail]
    assert is_decided(found, {**some, **said((mail.id, "kept"))})


def test_what_nobody_kept_is_masked() -> None:
    (passage,) = passages([("details", TEXT)])
    first = passage.marks[0]
    assert public_text(passage, {}) == f"Gọi {MASK} hoặc {MASK}, thư {MASK}"
    assert public_text(passage, said((first.id, "kept"))) == f"Gọi 0900000000 hoặc {MASK}, thư {MASK}"


def test_decisions_stay_where_the_words_around_change_and_fall_where_they_do() -> None:
    decided = said(*((mark.id, "kept") for mark in all_marks(passages([("details", TEXT)]))))
    around = passages([("details", f"Xin {TEXT} nhé")])
    assert is_decided(around, decided)
    assert not is_decided(passages([("details", TEXT.replace("0900000000 hoặc", "0900000001 hoặc"))]), decided)
    assert not is_decided(passages([("question", TEXT)]), decided)
    (third,) = undecided(passages([("details", f"{TEXT} 0900000000")]), decided)
    assert third.number == 2


def test_masked_places_of_a_residents_question_are_looked_at() -> None:
    text = f"Tôi tên {MASK}, số {MASK}, hỏi"
    assert all_marks(passages([("question", text)])) == []
    found = passages([("question", text), ("details", MASK)], hidden_in="question")
    assert [(mark.kind, mark.field, mark.number) for mark in all_marks(found)] == [
        ("hidden", "question", 0),
        ("hidden", "question", 1),
    ]


def test_a_masked_place_is_put_back_as_it_was_written() -> None:
    original = "Tôi tên Người Thử Đầu, số 0900000000, hỏi"
    (passage,) = passages([("question", f"Tôi tên {MASK}, số {MASK}, hỏi")], hidden_in="question")
    name, phone = passage.marks
    back = put_back(passage, original, phone)
    assert back == f"Tôi tên {MASK}, số 0900000000, hỏi"
    (now,) = passages([("question", back)], hidden_in="question")
    assert now.marks[0].id == name.id
    assert put_back(now, original, now.marks[0]) == original
    assert put_back(passage, "", name) is None
    (fewer,) = passages([("question", f"số {MASK}")], hidden_in="question")
    assert put_back(fewer, original, fewer.marks[0]) is None


def test_an_entry_is_public_when_every_field_is_decided() -> None:
    entry = FaqEntry("T1", "answer", "draft", "", "t", "Hỏi?", "Gọi 0900000000", "", (), ("của thu@vi-du.example", "b"))
    found = passages_of(entry)
    with pytest.raises(InvalidInput) as refused:
        guard_decided(found, {})
    assert refused.value.data == {
        "field": "short_answer",
        "words": ["0900000000", "thu@vi-du.example"],
        "count": 2,
    }
    phone, mail = all_marks(found)
    decisions = said((phone.id, "kept"), (mail.id, "masked"))
    guard_decided(found, decisions)
    public = public_entry(entry, found, decisions)
    assert (public.short_answer, public.phrasings) == ("Gọi 0900000000", (f"của {MASK}", "b"))
