import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.text.fold import fold, has_marks, nfc, place_tones, surface

ANY_TEXT = st.text(st.characters(codec=None), max_size=60)
VIETNAMESE = st.text(
    "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđbcghklmnpqrstvx ", max_size=40
)


def accent_less_twin(text: str) -> str:
    """What a phone without a Vietnamese keyboard would have typed."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).replace("đ", "d").replace("Đ", "D")


def test_fold_golden():
    assert fold("Đường HỘ Nghèo ở đâu?") == "duong ho ngheo o dau?"
    assert fold(unicodedata.normalize("NFD", "cận nghèo")) == fold("cận nghèo") == "can ngheo"
    assert fold("ＨỘ\u200b ngh\u00e8o") == "ho ngheo"


def test_old_and_new_tone_places_are_one():
    assert surface("Hòa, thủy, khỏe, qúy") == surface("Hoà, thuỷ, khoẻ, quý") == "hoà, thuỷ, khoẻ, quý"
    assert place_tones("của mùa hóan") == "của mùa hoán"


def test_lone_surrogates_and_invisible_characters_go():
    assert nfc("a\ud800b\u200dc") == "a bc"


def test_marks_are_seen_in_either_form():
    assert all(map(has_marks, ["hộ", unicodedata.normalize("NFD", "hộ"), "đi"]))
    assert not has_marks("ho ngheo 2026")


@given(ANY_TEXT)
def test_fold_is_idempotent(text: str):
    assert fold(fold(text)) == fold(text)


@given(VIETNAMESE)
def test_accent_less_twin_folds_to_the_same(text: str):
    assert fold(accent_less_twin(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(ANY_TEXT)
def test_surface_never_raises_and_keeps_the_fold(text: str):
    assert fold(surface(text)) == fold(text)
