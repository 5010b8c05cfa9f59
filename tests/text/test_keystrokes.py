import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.text.fold import fold
from knowledge_base.text.keystrokes import decode_word
from knowledge_base.text.syllables import is_marked_syllable, is_syllable, respell


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("hooj", "hộ"),
        ("ngheof", "nghèo"),
        ("dduwowcj", "được"),
        ("dduowcj", "được"),
        ("nguwowif", "người"),
        ("nguyeenj", "nguyện"),
        ("khoong", "không"),
        ("quyeets", "quyết"),
        ("giaays", "giấy"),
        ("gif", "gì"),
        ("nuwowcs", "nước"),
        ("hoaf", "hoà"),
        ("ho65", "hộ"),
        ("ngheo2", "nghèo"),
        ("d9u7o7c5", "được"),
        ("hie63m", "hiểm"),
    ],
)
def test_raw_keys_become_words(keys: str, word: str):
    assert decode_word(keys) == word


@pytest.mark.parametrize("word", ["sai", "lai", "dc", "bhyt", "free", "covid", "f0", "lop6", "hssv", "2tr", "", "as4$"])
def test_other_words_stay(word: str):
    assert decode_word(word) == word


def telex(word: str) -> str:
    """The keys of one syllable, tone last: the slow and obvious way."""
    marks = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
    shapes = {"\u0302": None, "\u031b": "w", "\u0306": "w"}
    keys, tone = "", ""
    for letter in unicodedata.normalize("NFD", word.replace("đ", "dd")):
        if letter in marks:
            tone = marks[letter]
        elif letter in shapes:
            keys += shapes[letter] or keys[-1]
        else:
            keys += letter
    return keys + tone


WORDS = (
    "hộ nghèo được người nguyện giấy chứng nhận bảo hiểm y tế trợ cấp xã hội thường xuyên tuổi đường ruộng khuyết "
    "tật quỹ gửi mượn trẻ mồ côi điện thoại tiền thưởng cận thoát lũ"
)


@pytest.mark.parametrize("word", WORDS.split())
def test_telex_round_trip(word: str):
    assert decode_word(telex(word)) == word


@given(st.text("abcdefghijklmnopqrstuvwxyz123456789", max_size=14))
def test_decoding_is_safe(word: str):
    decoded = decode_word(word)
    assert decoded == word or (is_marked_syllable(decoded) and not is_syllable(word))


def test_syllables():
    assert all(is_syllable(fold(word)) for word in WORDS.split())
    assert not any(map(is_syllable, ["ngeo", "hooj", "dc", "ck", "xyz", "kong", "q"]))
    assert is_marked_syllable("một")
    assert not is_marked_syllable("môt")


def test_respelling():
    assert [respell(word) for word in ("ngèo", "thág", "fí", "kông", "mih")] == [
        "nghèo",
        "tháng",
        "phí",
        "công",
        "minh",
    ]
    assert [respell(word) for word in ("covid", "nghèo", "iphone", "")] == ["covid", "nghèo", "iphone", ""]
