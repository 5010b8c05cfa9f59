import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.text.normalise import MAX_FOLDED, Option, normalise, spell_out
from knowledge_base.text.shorthand import shorthands

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)
PLAIN = "ho ngheo duoc bao hiem y te khong"


@pytest.mark.parametrize(
    "text",
    [
        "Hộ nghèo được bảo hiểm y tế không?",
        "ho ngheo duoc bao hiem y te khong",
        "hộ ngheo duoc bảo hiem y te khong",
        "hooj ngheof dduwowcj baor hieemr y tees khoong",
        "ho65 ngheo2 d9u7o7c5 ba3o hie63m y te61 kho6ng",
        "ho ngheo dc bhyt ko ad",
        "hộ ngèo đc BHYT khôg z",
        unicodedata.normalize("NFD", "Hộ nghèo được bảo hiểm y tế không ạ"),
        "Dạ cho em hỏi hộ nghèo được bảo hiểm y tế không ạ, em cảm ơn",
        "hộ nghèo được bảo hiểm y tế hông dzậy",
        "hộ nghèo được bảo hiểm y tế khônggg???",
        "ＨỘ ＮＧＨÈＯ được bảo hiểm y tế không",
    ],
)
def test_one_question_in_many_wordings(text: str):
    assert spell_out(text).text == PLAIN


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nộp đơn ở mô rứa", "nop don o dau"),
        ("răng lại bị cắt", "sao lai bi cat"),
        ("được chi", "duoc gi"),
        ("hỗ trợ chi phí học tập", "ho tro chi phi hoc tap"),
        ("xin mô hình nuôi bò", "xin mo hinh nuoi bo"),
        ("chừ lãnh tiền nhiêu", "gio nhan tien bao nhieu"),
        ("cán bộ lãnh đạo", "can bo lanh dao"),
        ("vay 200k với 1tr5", "vay 200000 voi 1500000"),
        ("chuẩn nghèo hai triệu hai", "chuan ngheo 2200000"),
        ("2,2 triệu, ngày 15.8", "2200000 ngay 15 8"),
        ("1.500.000đ, 50%", "1500000 d 50 phan tram"),
        ("bao nhieu vay", "bao nhieu"),
        ("muon vay von", "muon vay von"),
        ("cận nge", "can ngheo"),
    ],
)
def test_dialect_shorthand_and_numbers(text: str, words: str):
    assert spell_out(text).text == words


def test_ambiguous_shorthand_keeps_a_second_reading():
    message = normalise("ho ngheo dc bn")
    assert message.words.text == "ho ngheo duoc bao nhieu"
    assert message.options == (Option(3, 5, (("bạn",),)),)


def test_clauses_lie_in_the_words():
    message = normalise("Nhà em có năm người. Mẹ em ốm, cho em hỏi xin hộ nghèo ở đâu?")
    assert [" ".join(message.words.folded[start:end]) for start, end in message.clauses] == [
        "nha em co nam nguoi",
        "me em om",
        "xin ho ngheo o dau",
    ]


def test_marks_typed_or_not():
    assert normalise("hộ ngheo").marked
    assert normalise("hooj ngheof").marked
    assert not normalise("ho ngheo").marked


@pytest.mark.parametrize("text", ["", "   ", "\n", "😂😂", "\x00\ud800", "???", "ạ", "dạ vâng ạ"])
def test_nothing_asked(text: str):
    assert len(normalise(text).words) <= 1


def test_a_long_story_keeps_its_end():
    message = normalise("tôi kể chuyện nhà tôi. " * 500 + "Xin hộ nghèo ở đâu?")
    assert len(message.words.text) <= MAX_FOLDED
    assert message.words.text.endswith("xin ho ngheo o dau")


@given(ANY_TEXT)
def test_normalise_never_raises_and_is_bounded(text: str):
    message = normalise(text)
    assert len(message.words.written) == len(message.words.folded)
    assert all(0 <= start < end <= len(message.words) for start, end in message.clauses)
    assert all(0 <= option.start <= option.end <= len(message.words) for option in message.options)


@pytest.mark.parametrize("piece", ["a", "ạ", "hộ nghèo ", "e\u0301", "\ud800", "1.", "w", "đ9", ",", "ﷺ"])
def test_a_megabyte_is_cut(piece: str):
    message = normalise(piece * (1_000_000 // len(piece)))
    assert len(message.words.text) <= 4 * MAX_FOLDED


def test_every_row_of_the_shorthand_table_is_sound():
    for rows in shorthands().values():
        for row in rows:
            assert row.readings
            assert row.form == row.form.lower().strip()
