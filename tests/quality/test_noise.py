import re
import unicodedata

import pytest

from knowledge_base.text.fold import fold
from quality import peer_normaliser
from quality.noise import WORDINGS, vary

QUESTION = "Hộ nghèo ở xã Khánh Hoà được vay tối đa bao nhiêu tiền, lãi suất thế nào?"


def test_the_same_seed_words_alike_and_another_differently():
    for wording in WORDINGS:
        assert vary(QUESTION, wording, 3) == vary(QUESTION, wording, 3)
    for wording in ("half_diacritics", "typos", "dropped_letters", "rambling", "mixed"):
        assert len({vary(QUESTION, wording, seed) for seed in range(10)}) > 3


def test_every_wording_but_the_clean_one_changes_something():
    changed = {wording for wording in WORDINGS if any(vary(QUESTION, wording, seed) != QUESTION for seed in range(5))}
    assert changed == set(WORDINGS) - {"clean"}


def test_keys_are_those_that_type_the_words():
    assert vary("Hộ nghèo", "vni", 2) in {"Ho65 ngheo2", "Ho56 nghe2o"}
    for seed in range(20):
        assert re.fullmatch(r"dd(uwow|uow)(cj|jc)", vary("được", "telex", seed))
        assert re.fullmatch(r"d9(u7o7|uo7)(c5|5c)", vary("được", "vni", seed))


@pytest.mark.parametrize("wording", ["no_diacritics", "half_diacritics", "telex", "vni", "nfd_old_marks"])
def test_the_frozen_normaliser_takes_typing_habits_back(wording: str):
    wanted = " ".join(re.findall(r"\w+", fold(QUESTION)))
    assert {peer_normaliser.normalise(vary(QUESTION, wording, seed)) for seed in range(20)} == {wanted}


def test_old_marks_are_decomposed_and_in_the_old_place():
    found = vary("Hoà khoẻ, quý thuỷ sản, hoàn", "nfd_old_marks")
    assert found == unicodedata.normalize("NFD", found)
    assert unicodedata.normalize("NFC", found) == "Hòa khỏe, quý thủy sản, hoàn"


def test_a_story_holds_the_whole_question():
    for seed in range(20):
        words = re.findall(r"\w+", vary(QUESTION, "rambling", seed).lower())
        assert " ".join(re.findall(r"\w+", QUESTION.lower())) in " ".join(words)
        assert len(words) > len(QUESTION.split()) + 3
