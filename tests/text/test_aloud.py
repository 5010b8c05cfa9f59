"""Texts as they are said: against a small reader of number words, against what is shipped, against any text."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.faq.sheet_files import read_sheet
from knowledge_base.text.abbreviations import listed_words
from knowledge_base.text.aloud import aloud
from knowledge_base.text.number_words import decimal_in_words, digits_in_words, number_in_words

CONTENT = Path(__file__).parents[2] / "content"
ONES = dict(zip("không một hai ba bốn năm sáu bảy tám chín".split(), range(10), strict=True))
ONES |= {"mốt": 1, "tư": 4, "lăm": 5}


def read_back(words: str) -> int:
    """A number from its words, by other rules than those that made them."""
    total, group, ones = 0, 0, 0
    for word in words.split():
        if word in ONES:
            ones = ONES[word]
        elif word == "mười":
            group, ones = group + 10, 0
        elif word == "mươi":
            group, ones = group + 10 * ones, 0
        elif word == "trăm":
            group, ones = group + 100 * ones, 0
        elif word == "linh":
            ones = 0
        else:
            scale = {"nghìn": 10**3, "triệu": 10**6, "tỷ": 10**9}[word]
            total, group, ones = (
                ((total + group + ones) * scale, 0, 0) if scale == 10**9 else (total + (group + ones) * scale, 0, 0)
            )
    return total + group + ones


@given(st.integers(0, 10**18 - 1) | st.integers(0, 10_000))
def test_a_number_is_read_back(number: int) -> None:
    assert read_back(number_in_words(number)) == number


@given(st.integers(1_000, 10**15))
def test_so_is_one_with_dots(number: int) -> None:
    written = f"{number:,}".replace(",", ".")
    assert read_back(aloud(f"{written} đồng").lower().removesuffix(" đồng.")) == number


@given(st.integers(0, 10**6), st.integers(1, 9), st.integers(0, 9))
def test_a_decimal_is_read_back(whole: int, tenth: int, hundredth: int) -> None:
    said_whole, rest = decimal_in_words(str(whole), f"{tenth}{hundredth}").split(" phẩy ")
    assert (read_back(said_whole), read_back(rest)) == (whole, 10 * tenth + hundredth)


@given(st.integers(1, 28), st.integers(1, 12), st.integers(1900, 2199), st.sampled_from("/-."), st.booleans())
def test_a_day_is_read_back(day: int, month: int, year: int, sign: str, zeros: bool) -> None:
    written = f"{day:02}{sign}{month:02}{sign}{year}" if zeros else f"{day}{sign}{month}{sign}{year}"
    found = re.fullmatch(r"từ ngày (?:mùng )?(.+?) tháng (.+?) năm (.+)\.", aloud(f"từ {written}").replace("Từ", "từ"))
    assert found
    assert [read_back(part) for part in found.groups()] == [day, month, year]


@given(st.text("0123456789", min_size=1, max_size=15))
def test_digits_are_read_back(digits: str) -> None:
    assert "".join(str(ONES[word]) for word in digits_in_words(digits).split()) == digits


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (10, "mười"),
        (15, "mười lăm"),
        (14, "mười bốn"),
        (21, "hai mươi mốt"),
        (24, "hai mươi tư"),
        (55, "năm mươi lăm"),
        (101, "một trăm linh một"),
        (1_005, "một nghìn không trăm linh năm"),
        (2_026, "hai nghìn không trăm hai mươi sáu"),
        (1_500_000, "một triệu năm trăm nghìn"),
        (2_000_000_010, "hai tỷ không trăm mười"),
        (-3, "âm ba"),
    ],
)
def test_how_numbers_are_said(number: int, words: str) -> None:
    assert number_in_words(number) == words


_LAW = "Nghị định số không bảy năm hai nghìn không trăm hai mươi mốt của Chính phủ."


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Nghị định 07/2021/NĐ-CP", _LAW),
        ("Nghị định số 07/2021/NĐ-CP", _LAW),
        ("07/2021/NĐ-CP", _LAW),
        ("Nghị định 07/2021", "Nghị định số không bảy năm hai nghìn không trăm hai mươi mốt."),
        ("Quyết định 90/QĐ-TTg", "Quyết định số chín mươi của Thủ tướng Chính phủ."),
        (
            "Thông tư 07/2021/TT-BLĐTBXH",
            "Thông tư số không bảy năm hai nghìn không trăm hai mươi mốt của Bộ Lao động, Thương binh và Xã hội.",
        ),
        ("406/QĐ-LĐTBXH", "Quyết định số bốn trăm linh sáu của Bộ Lao động, Thương binh và Xã hội."),
        (
            "Nghị quyết 217/2025/QH15",
            "Nghị quyết số hai trăm mười bảy năm hai nghìn không trăm hai mươi lăm của Quốc hội khóa mười lăm.",
        ),
        ("khoản 2 Điều 3", "Khoản hai Điều ba."),
        ("Luật Cư trú 2020", "Luật Cư trú năm hai nghìn không trăm hai mươi."),
        ("1.500.000 đồng/người/tháng", "Một triệu năm trăm nghìn đồng một người một tháng."),
        ("2.000.000đ, 50.000 VNĐ, 2,5 triệu", "Hai triệu đồng, năm mươi nghìn đồng, hai phẩy năm triệu."),
        ("100%; 4,5% mỗi năm", "Một trăm phần trăm; bốn phẩy năm phần trăm mỗi năm."),
        ("01/7/2026", "Ngày mùng một tháng bảy năm hai nghìn không trăm hai mươi sáu."),
        ("ngày 25-11-2026", "Ngày hai mươi lăm tháng mười một năm hai nghìn không trăm hai mươi sáu."),
        ("2026-11-25", "Ngày hai mươi lăm tháng mười một năm hai nghìn không trăm hai mươi sáu."),
        ("ngày 01 tháng 4 năm 2027", "Ngày mùng một tháng tư năm hai nghìn không trăm hai mươi bảy."),
        ("tháng 7/2026", "Tháng bảy năm hai nghìn không trăm hai mươi sáu."),
        ("trước 30/6", "Trước ngày ba mươi tháng sáu."),
        ("2026–2030", "Hai nghìn không trăm hai mươi sáu đến hai nghìn không trăm ba mươi."),
        ("5-10 ngày", "Năm đến mười ngày."),
        ("trong 03 ngày", "Trong ba ngày."),
        ("Mẫu số 01", "Mẫu số không một."),
        ("7h30, 17:00, 8h", "Bảy giờ ba mươi phút, mười bảy giờ, tám giờ."),
        (
            "7h30–11h30; 13:30-17:00",
            "Bảy giờ ba mươi phút đến mười một giờ ba mươi phút; mười ba giờ ba mươi phút đến mười bảy giờ.",
        ),
        ("≥ 75 tuổi, <5 kg", "Từ bảy mươi lăm tuổi, dưới năm ki-lô-gam."),
        ("gọi 0900 000 000", "Gọi không chín không không không không không không không không."),
        ("tổng đài 111", "Tổng đài một một một."),
        ("30 kWh/tháng", "Ba mươi ki-lô-oát giờ một tháng."),
        ("60 m2, 12m², 5 kg, 3 km", "Sáu mươi mét vuông, mười hai mét vuông, năm ki-lô-gam, ba ki-lô-mét."),
        ("Quý IV, Chương II, khu vực I, II và III", "Quý bốn, Chương hai, khu vực một, hai và ba."),
        ("Ủy ban nhân dân (UBND) cấp xã", "Ủy ban nhân dân cấp xã."),
        ("thẻ BHYT (bảo hiểm y tế) và BHXH", "Thẻ bảo hiểm y tế và bảo hiểm xã hội."),
        ("BHYT (bảo hiểm y tế", "Bảo hiểm y tế, bảo hiểm y tế."),
        ("ỦY BAN", "Ủy ban."),
        ("mang CCCD", "Mang căn cước công dân."),
        ("HỘ NGHÈO", "Hộ nghèo."),
        ("mẫu XKLD", "Mẫu ích-xì ca e-lờ dê."),
        ("một nửa (1/2)", "Một nửa, một phần hai."),
        ("thôn/bản", "Thôn, bản."),
        ("xem https://www.vi-du.example/a?b=1", "Xem trang vi gạch ngang du chấm example."),
        ("[Văn bản](https://vi-du.example)", "Văn bản."),
        ("## Giấy tờ\n- **Đơn**\n- Sổ;\n\nHết", "Giấy tờ.\nĐơn.\nSổ.\nHết."),
        ("", ""),
        (" … ", ""),
    ],
)
def test_how_it_is_said(written: str, said: str) -> None:
    assert aloud(written) == said


@given(st.text() | st.text("0123456789./-,:% ()ĐđaAmh²IVX#*\n"))
@settings(max_examples=300)
def test_any_text_is_said_without_a_digit_and_stays_as_it_is_said(text: str) -> None:
    said = aloud(text)
    assert not any(sign.isdigit() for sign in said)
    assert aloud(said) == said


@pytest.mark.parametrize(
    "piece", ["1", "1.", "1/", "0 ", "A", "A-", "(BHYT) ", "- ", "#", "đồng/", "1-", "[a](", "a@a.", "I, "]
)
def test_its_time_grows_with_the_text(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    began = time.perf_counter()
    aloud(text)
    assert time.perf_counter() - began < 2.0


def test_all_that_is_shipped_can_be_said() -> None:
    sheet = read_sheet(CONTENT)
    assert not sheet.faults
    listed = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, listed_words()))})(?!\w)")
    unsaid = re.compile(r"[\d%/#*_|@&+=<>\[\]()]|https?:|(?<!\w)[A-ZĐ]{2,}(?!\w)")
    for entry in (placed.value for placed in sheet.entries):
        basis = ". ".join(f"{one.article}, {one.document}" for one in entry.legal_basis)
        for text in (entry.question, entry.short_answer, entry.details, entry.easy_read, basis, *entry.phrasings):
            said = aloud(text)
            assert not unsaid.search(said), (entry.key, said)
            assert not listed.search(said), (entry.key, said)
            assert aloud(said) == said
