from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.text.fold import fold
from knowledge_base.text.numbers import amounts

SAID = [
    ("hai triệu hai", "2200000"),
    ("2 triệu 2", "2200000"),
    ("2.2 triệu", "2200000"),
    ("triệu rưỡi", "1500000"),
    ("một triệu rưỡi", "1500000"),
    ("1 triệu 25", "1250000"),
    ("hai triệu tám", "2800000"),
    ("năm trăm nghìn", "500000"),
    ("200 nghìn", "200000"),
    ("hai trăm năm mươi ngàn", "250000"),
    ("hai tỷ rưỡi", "2500000000"),
    ("chín lăm phần trăm", "95"),
    ("bảy mươi phần trăm", "70"),
    ("ba mươi lăm", "35"),
    ("mười hai", "12"),
]


@pytest.mark.parametrize(("said", "digits"), SAID)
def test_amounts_in_words(said: str, digits: str):
    assert amounts(said.split())[0].digits == digits
    assert amounts(fold(said).split())[0].digits == digits


@pytest.mark.parametrize(
    "text",
    [
        "một tháng", "năm 2026", "ba tôi hai con", "trạm y tế", "làm gì", "sau khi nghỉ", "muối i ốt", "mười", "triệu",
        "ba bốn năm", "từ năm nào",
    ],
)  # fmt: skip
def test_other_words_are_left_alone(text: str):
    assert amounts(text.split()) == []


def test_what_is_counted_is_no_part_of_the_amount():
    assert [(found.start, found.end, found.digits) for found in amounts("hai triệu một người".split())] == [
        (0, 2, "2000000")
    ]
    assert [found.digits for found in amounts("500 nghìn 3 tháng".split())] == ["500000"]


WORDS = "hai ba năm tám một mười mươi trăm nghìn triệu tỷ rưỡi lăm mốt lẻ 2 200 2.5 phần người vay"


@given(st.lists(st.sampled_from(WORDS.split()), max_size=12))
def test_amounts_lie_apart_and_are_digits(words: list[str]):
    found = amounts(words)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(0 <= one.start < one.end <= len(words) for one in found)
    assert all(one.digits.replace(".", "").isdigit() for one in found)
