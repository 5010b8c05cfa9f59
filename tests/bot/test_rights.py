"""Residents' rights in the dialogue: all erased after one more question, a copy, consent."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.conversation import acts, dialogue, intent
from bot.conversation.message import Incoming
from bot.conversation.state import Phase, State
from bot.conversation.turn import Copy, Turn
from knowledge_base.distress.hear import hear
from knowledge_base.questions.question import QuestionState
from tests.bot.test_dialogue import CODES, GREETED, question, view

WISHES = (
    "/xoa", "/xoá", "xoa het di", "xoá hết đi", "Xoá hết dữ liệu của tôi", "xoa thong tin cua em",
    "cho em xoá hết đi ạ",
    "xoá giúp tôi các câu hỏi đã gửi", "toi muon xoa het", "delete my data",
)  # fmt: skip
NONE = (
    "xoá nợ cho hộ nghèo thế nào",
    "xoá đói giảm nghèo là gì",
    "khoanh nợ xoá nợ",
    "xóa tên khỏi sổ hộ nghèo",
    "xem",
)


def said(state: State, text: str, kind: Any = "text", **changes: Any) -> Turn:
    heard = Incoming("sms", "a", "1", kind, "" if kind == "option" else text, text if kind == "option" else "")
    return dialogue.step(state, heard, view(**{"today": date(2026, 11, 23), "distress": hear(heard.text), **changes}))


@pytest.mark.parametrize("words", WISHES)
def test_erasing_is_understood_and_asked_about_once(words: str) -> None:
    assert intent.right(words) == "erase"
    asked = said(GREETED, words)
    assert asked.state.phase == Phase.ERASING
    assert asked.acts == []
    for sure in ("xoá hết", "dong y", "1", "ok", words):
        gone = said(asked.state, sure)
        assert gone.acts == [acts.Erase()]
        assert gone.state == State()
        assert gone.replies[0].decision == "erased"


@pytest.mark.parametrize("words", NONE)
def test_questions_about_erasing_are_questions(words: str) -> None:
    assert intent.right(words) is None


@pytest.mark.parametrize("words", ["không", "ko", "thôi", "2", "giữ lại", "khong xoa"])
def test_who_is_not_sure_keeps_everything(words: str) -> None:
    before = replace(GREETED, phase=Phase.WITH_OFFICER, reference="ZZZZ-9999")
    asked = said(before, "/xoa")
    kept = said(asked.state, words)
    assert kept.acts == []
    assert kept.state == before


def test_another_question_erases_nothing() -> None:
    asked = said(GREETED, "/xoa")
    turn = said(asked.state, "đăng ký kết hôn ở xã nào cũng được phải không")
    assert acts.Erase() not in turn.acts
    assert turn.state.phase == Phase.WITH_OFFICER


def test_an_old_button_asks_again() -> None:
    assert said(GREETED, "erase:ERASE", "option").state.phase == Phase.ERASING
    asked = said(GREETED, "/xoa").state
    assert said(asked, "erase:ERASE", "option").acts == [acts.Erase()]
    assert said(asked, "erase:KEEP", "option").state == GREETED


def test_a_copy_and_what_is_kept() -> None:
    turn = said(GREETED, "/dulieu", copy=Copy(2, 9, "482 173 509 164 207", "13:00"))
    assert turn.acts == [acts.GiveCopy("482 173 509 164 207")]
    assert "482 173 509 164 207" in turn.replies[0].text
    assert "/rieng-tu" in said(GREETED, "/riengtu").replies[0].text


# --- consent --------------------------------------------------------------------------------------

ODD = "làm sao để đăng ký kết hôn với người ở xã bên cạnh"


def _held() -> Turn:
    return said(GREETED, ODD, asks_consent=True)


def test_nothing_goes_to_officers_before_consent() -> None:
    turn = _held()
    assert turn.acts == []
    assert turn.state.phase == Phase.CONSENTING
    stored = State.from_json(turn.state.phase, turn.state.as_json())
    for words in ("dong y", "đồng ý gửi", "gui di", "1", "Đồng ý gửi", "ok"):
        sent = said(stored, words, asks_consent=True)
        assert [type(act).__name__ for act in sent.acts] == ["Ask", "Queue"]
        assert sent.acts[0].text == ODD
        assert sent.state.phase == Phase.WITH_OFFICER
        assert CODES[0] in sent.replies[0].text
        assert sent.state.pending is None


@pytest.mark.parametrize("words", ["ko", "không gửi", "thôi", "2"])
def test_who_refuses_sends_nothing(words: str) -> None:
    turn = said(_held().state, words, asks_consent=True)
    assert turn.acts == []
    assert turn.state == GREETED


def test_more_words_wait_with_it() -> None:
    more = said(_held().state, "người đó ở xã Tân Thử, hộ nghèo", asks_consent=True)
    assert more.acts == []
    sent = said(more.state, "agree:" + CODES[0], "option", asks_consent=True)
    assert [type(act).__name__ for act in sent.acts] == ["Ask", "Queue", "AddWords"]


def test_danger_does_not_wait() -> None:
    turn = said(GREETED, "nhà em bị lũ cuốn, cứu với", asks_consent=True)
    assert any(isinstance(act, acts.Queue) and act.reason == "danger" for act in turn.acts)
    assert turn.state.phase == Phase.WITH_OFFICER


def test_a_question_answered_by_the_bot_waits_too() -> None:
    about = question(QuestionState.ANSWERED_BY_BOT)
    before = replace(GREETED, phase=Phase.CONFIRMING, reference=about.reference)
    turn = said(before, f"notmine:{about.reference}", "option", asks_consent=True, about=about)
    assert not any(isinstance(act, acts.Queue) for act in turn.acts)
    assert any(isinstance(act, acts.Queue) for act in said(turn.state, "đồng ý", asks_consent=True, about=about).acts)
    closed = question(QuestionState.CLOSED)
    assert said(turn.state, "đồng ý", asks_consent=True, about=closed).acts == []
