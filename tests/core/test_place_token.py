"""Tokens of places: short, checked, and no other thing that a link may carry."""

from bot.conversation import intent
from knowledge_base.questions.place_token import LONGEST_START, new_token, read_token, start_parameter
from knowledge_base.questions.reference import ALPHABET, read_reference


def test_one_wrong_or_two_swapped_signs_lead_nowhere() -> None:
    for _number in range(50):
        token = new_token()
        assert read_token(token.lower()) == token
        for at in range(7):
            others = [token[:at] + sign + token[at + 1 :] for sign in ALPHABET if sign != token[at]]
            assert not any(map(read_token, others))
        for at in range(5):
            swapped = token[:at] + token[at + 1] + token[at] + token[at + 2 :]
            assert swapped == token or read_token(swapped) is None


def test_start_parameters_are_short_and_nothing_else() -> None:
    for _number in range(50):
        parameter = start_parameter(new_token())
        assert len(parameter) <= LONGEST_START
        assert intent.place_token(f"/start {parameter}") == parameter[2:]
        assert intent.wanted_reference(f"/start {parameter}") is None
        assert read_reference(parameter) is None
