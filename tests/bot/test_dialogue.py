"""The dialogue as a pure function: what is said, what is asked of the store, where it stands then."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bot.conversation import acts, dialogue
from bot.conversation.dialogue import Turn, View
from bot.conversation.message import Incoming
from bot.conversation.state import Phase, State
from bot.conversation.voice import Voice
from knowledge_base.distress.hear import hear
from knowledge_base.faq.entry import FaqEntry, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.revision import Revision
from knowledge_base.matching.decide import Candidate, Decision, Match
from knowledge_base.questions.question import Disposition, Question, QuestionState

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
VOICE = Voice(lambda sentence: sentence, "en", "The commune", "Room 1", "", "you", "", 12)
CODES = ("AAAA-2222", "BBBB-3333", "CCCC-4444", "DDDD-5555")
GREETED = State(greeted=True)


def revision(key: str, question: str) -> Revision:
    entry = FaqEntry(
        key=key,
        kind="answer",
        status="approved",
        approved_by="project",
        topic="t",
        question=question,
        short_answer=f"Short answer of {key}.",
        details="## Ai được hưởng\n- Hộ nghèo",
        legal_basis=(LegalBasis("188/2025/NĐ-CP", "Điều 3"),),
        checked_on=date(2026, 11, 22),
    )
    state = RevisionState.PUBLISHED
    return Revision(7, 1, entry, key.lower(), state, "import", "project", None, None, None, NOW, NOW)


REVISIONS = {key: revision(key, f"Question of {key}?") for key in ("T25", "T26")}
DOCUMENTS = {"188/2025/NĐ-CP": LegalDocument("188/2025/NĐ-CP", kind="Nghị định")}


def match(decision: Decision, *keys: str) -> Match:
    found = tuple(Candidate(key, 0.9, "phrasing") for key in keys)
    return Match("", decision, found, "test", offered=len(found))


UNKNOWN = match(Decision.UNKNOWN)


def view(found: Match | None = UNKNOWN, **changes: Any) -> View:
    base = View(VOICE, REVISIONS, DOCUMENTS, CODES, date(2026, 12, 1), found)
    return replace(base, **changes)


def question(state: QuestionState, **changes: Any) -> Question:
    values: dict[str, Any] = {
        "id": 1, "reference": "ZZZZ-9999", "contact_ref": "c", "channel": "web_chat", "unit_code": "0", "text": "q",
        "commune": None, "urgent": False, "state": state, "entry_key": "T25", "candidates": (), "assigned_to": None,
        "topic": None, "owner_id": None, "cluster_id": None, "split_from": None, "clock_from": None, "clock_days": None,
        "pauses": (), "unit_due_on": None,
        "due_on": date(2026, 11, 30), "promise_renewed_at": None, "close_reason": None,
        "disposition": Disposition.PENDING, "disposition_reason": None, "disposition_entry": None,
        "received_at": NOW, "updated_at": NOW, "version": 1,
    }  # fmt: skip
    return Question(**{**values, **changes})


def say(text: str, state: State = GREETED, seen: View | None = None, **changes: Any) -> Turn:
    heard = Incoming("web_chat", "a", "1", changes.pop("kind", "text"), text, **changes)
    return dialogue.step(state, heard, replace(seen or view(), distress=hear(text)))


def kinds(turn: Turn) -> list[str]:
    return [type(act).__name__ for act in turn.acts]


def decisions(turn: Turn) -> list[str]:
    return [reply.decision for reply in turn.replies]


def test_the_first_message_is_answered_at_once_with_the_notice_under_it() -> None:
    turn = say("hộ nghèo có thẻ không", State(), view(match(Decision.CONFIDENT, "T25")))
    assert decisions(turn) == ["confident", "notice"]
    answer, notice = turn.replies
    assert answer.entry == "T25"
    for part in ("Short answer of T25.", "• Điều 3, Nghị định 188/2025/NĐ-CP", "22/11/2026", "Trial version"):
        assert part in answer.text
    assert "12 months" in notice.text
    assert turn.state.greeted
    assert "notice" not in decisions(say("x y z hộ", turn.state))


def test_a_confident_answer_asks_whether_it_fits() -> None:
    turn = say("hộ nghèo có thẻ không", seen=view(match(Decision.CONFIDENT, "T25")))
    assert kinds(turn) == ["Ask", "AnswerByBot"]
    assert turn.state.phase == Phase.CONFIRMING
    assert [option.id for option in turn.replies[0].options] == [
        f"{v}:{CODES[0]}" for v in ("clear", "unclear", "notmine")
    ]


def test_an_entry_that_is_no_longer_in_force_is_not_answered() -> None:
    turn = say("chuẩn nghèo 2026 là bao nhiêu", seen=view(match(Decision.CONFIDENT, "T01")))
    assert kinds(turn) == ["Ask", "Queue"]


def test_choices_are_numbered_and_end_with_none_of_these() -> None:
    turn = say("thẻ bảo hiểm thế nào", seen=view(match(Decision.SUGGEST, "T25", "T26")))
    assert kinds(turn) == ["Ask", "Offer"]
    assert turn.state.phase == Phase.CHOOSING
    assert [option.id.split(":")[0] for option in turn.replies[0].options] == ["pick", "pick", "none"]
    assert "2. Question of T26?" in turn.replies[0].text


def test_a_choice_by_number_is_answered() -> None:
    offered = say("thẻ bảo hiểm thế nào", seen=view(match(Decision.SUGGEST, "T25", "T26"))).state
    about = question(QuestionState.OFFERED, reference=CODES[0])
    turn = say("2", offered, view(about=about))
    assert kinds(turn) == ["AnswerByBot"]
    assert turn.replies[0].entry == "T26"


def test_after_one_choice_another_is_answered_too() -> None:
    offered = say("thẻ bảo hiểm thế nào", seen=view(match(Decision.SUGGEST, "T25", "T26"))).state
    answered = say("1", offered, view(about=question(QuestionState.OFFERED, reference=CODES[0]))).state
    about = question(QuestionState.ANSWERED_BY_BOT, reference=CODES[0], entry_key="T25")
    turn = say("2", answered, view(about=about))
    assert kinds(turn) == ["Ask", "AnswerByBot"]
    assert turn.replies[0].entry == "T26"
    assert kinds(say("rõ rồi", turn.state, view(about=about))) == ["Feedback", "Close"]
    assert kinds(say("không đúng", turn.state, view(about=about))) == ["Feedback", "Queue"]


def test_what_fits_none_of_the_choices_is_met_with_the_choices() -> None:
    offered = say("thẻ bảo hiểm thế nào", seen=view(match(Decision.SUGGEST, "T25", "T26"))).state
    for text in ("9", "đúng rồi", "nộp ở đâu"):
        turn = say(text, offered, view(about=question(QuestionState.OFFERED)))
        assert kinds(turn) == [], text
        assert turn.replies[0].options == offered.options
        assert turn.state == offered


def test_none_of_these_goes_to_an_officer() -> None:
    offered = say("thẻ bảo hiểm thế nào", seen=view(match(Decision.SUGGEST, "T25", "T26"))).state
    turn = say("không phải", offered, view(about=question(QuestionState.OFFERED)))
    assert kinds(turn) == ["Queue"]
    assert turn.state.phase == Phase.WITH_OFFICER


def test_an_unknown_question_gets_a_code_a_day_and_one_question_about_the_commune() -> None:
    turn = say("hộ nghèo ở chung cư tính thế nào")
    assert kinds(turn) == ["Ask", "Queue"]
    assert decisions(turn) == ["unknown"]
    assert turn.replies[0].reference == CODES[0]
    for part in (CODES[0], "01/12/2026", "Which commune"):
        assert part in turn.replies[0].text
    about = question(QuestionState.QUEUED)
    told = say("xã Tân Lập", turn.state, view(about=about))
    assert kinds(told) == ["SetCommune"]
    again = say("thế còn cái khác thì sao ạ", told.state, view(about=about))
    assert kinds(again) == ["Ask", "Queue", "SetCommune"]
    assert "Which commune" not in again.replies[0].text


def test_while_an_officer_owns_the_matter_more_words_join_it() -> None:
    state = GREETED.to(Phase.WITH_OFFICER, "ZZZZ-9999")
    about = question(QuestionState.ASSIGNED)
    turn = say("nhà em có năm người, hai người già, một đang đi viện tỉnh", state, view(about=about))
    assert kinds(turn) == ["AddWords"]
    assert kinds(say("bao giờ có trả lời vậy", state, view(about=about))) == []


def test_what_belongs_to_the_officers_question_opens_no_other() -> None:
    state = GREETED.to(Phase.WITH_OFFICER, "ZZZZ-9999", asked_commune=True)
    seen = view(match(Decision.SUGGEST, "T25"), about=question(QuestionState.QUEUED))
    assert kinds(say("mẹ tôi 74 tuổi", state, seen)) == ["AddWords"]
    assert kinds(say("nộp ở đâu", state, seen)) == ["AddWords"]
    assert say("dạ em ở xã Tân Lập", state, seen).acts == [acts.SetCommune("ZZZZ-9999", "xã Tân Lập")]
    later = replace(state, asked_commune=False)
    assert kinds(say("phường Sao Đỏ", later, seen)) == ["SetCommune"]
    skipped = say("bỏ qua", state, seen)
    assert kinds(skipped) == []
    assert not skipped.state.asked_commune
    assert kinds(say("không có gì nữa", later, seen)) == []
    taken_back = say("thôi tôi không hỏi nữa", later, seen)
    assert kinds(taken_back) == ["Close"]
    assert "ZZZZ-9999" in taken_back.replies[0].text
    cry = view(about=question(QuestionState.QUEUED, urgent=True))
    assert kinds(say("không ai giúp tôi", later, cry)) == ["AddWords"]


def test_after_an_officers_answer_no_reopens_and_yes_closes() -> None:
    state = GREETED.to(Phase.WITH_OFFICER, "ZZZZ-9999")
    about = question(QuestionState.ANSWERED)
    assert kinds(say("chưa", state, view(about=about))) == ["Reopen", "AddWords"]
    assert "Close" in kinds(say("rõ rồi", state, view(about=about)))
    pressed = say("", state, view(about=about), kind="option", option="unclear:ZZZZ-9999")
    assert kinds(pressed) == ["Reopen"]


def test_an_automatic_answer_that_does_not_fit_goes_to_an_officer_with_the_verdict() -> None:
    state = GREETED.to(Phase.CONFIRMING, "ZZZZ-9999")
    about = question(QuestionState.ANSWERED_BY_BOT)
    turn = say("", state, view(about=about), kind="option", option="notmine:ZZZZ-9999")
    assert turn.acts[0] == acts.Feedback("ZZZZ-9999", "notmine")
    assert kinds(turn) == ["Feedback", "Queue"]


def test_what_is_said_with_the_no_or_asked_further_reaches_the_officer() -> None:
    state = GREETED.to(Phase.CONFIRMING, "ZZZZ-9999")
    about = question(QuestionState.ANSWERED_BY_BOT)
    assert kinds(say("chưa", state, view(about=about))) == ["Feedback", "Queue"]
    assert kinds(say("chưa rõ lắm vì mẹ tôi mới 74", state, view(about=about))) == ["Feedback", "Queue", "AddWords"]
    assert kinds(say("nộp ở đâu", state, view(about=about))) == ["Queue", "AddWords"]
    other = view(match(Decision.CONFIDENT, "T26"), about=about)
    assert say("không phải, tôi hỏi người khuyết tật", state, other).replies[0].entry == "T26"


def test_words_before_a_question_are_met_with_the_wish_to_hear_it() -> None:
    for text in ("cho em hỏi chút ạ", "giúp tôi với", "chưa", "nộp ở đâu", "XEM abc"):
        turn = say(text)
        assert kinds(turn) == [], text
        assert decisions(turn) == ["chat"], text
    assert "Room 1" in say("số điện thoại cán bộ").replies[0].text


def test_the_wish_for_an_officer_takes_the_last_question_along() -> None:
    state = GREETED.to(Phase.CONFIRMING, "ZZZZ-9999")
    turn = say("cho tôi gặp cán bộ", state, view(about=question(QuestionState.ANSWERED_BY_BOT)))
    assert kinds(turn) == ["Queue"]
    assert decisions(turn) == ["receipt"]
    assert kinds(say("gặp cán bộ")) == ["Ask", "Queue"]


def test_a_code_is_looked_up_without_the_questions_words() -> None:
    found = {"reference": "ZZZZ-9999", "answer": None, "due_on": date(2026, 11, 30), "closed": False}
    turn = say("XEM zzzz9999", seen=view(looked_up=found))
    assert "30/11/2026" in turn.replies[0].text
    assert kinds(say("XEM zzzz9999")) == []
    answer = {"short_answer": "At the office.", "details": "", "legal_basis": []}
    again = say("XEM zzzz9999", seen=view(looked_up={**found, "answer": answer, "waiting": True})).replies[0].text
    assert "At the office." in again
    assert "30/11/2026" in again


def test_danger_goes_first_and_is_never_matched() -> None:
    turn = say("nhà tôi đang bị lũ cuốn, cần cứu hộ", seen=view(match(Decision.CONFIDENT, "T25")))
    assert turn.acts[0] == acts.Ask(CODES[0], "nhà tôi đang bị lũ cuốn, cần cứu hộ", urgent=True)
    assert kinds(turn) == ["Ask", "Queue"]
    assert "Room 1" in turn.replies[0].text
    spoken = replace(VOICE, danger_text="Gọi số của xã.")
    assert "Gọi số của xã." in say("cứu với", seen=view(voice=spoken)).replies[0].text


def test_small_talk_noise_and_empty_messages_open_no_question() -> None:
    for text in ("chào ad ạ", "cảm ơn", "😂😂😂", "", "đồ ngu", "thôi tôi không hỏi nữa"):
        turn = say(text)
        assert kinds(turn) == [], text
        assert decisions(turn) == ["chat"], text
    assert decisions(say("", kind="sticker")) == ["chat"]


def test_pictures_and_recordings_go_to_an_officer_with_their_caption() -> None:
    turn = say("giấy này là gì", kind="media", media_kind="photo", media_ref="file-1")
    assert turn.acts[0] == acts.Ask(CODES[0], "giấy này là gì", media_kind="photo", media_ref="file-1")
    assert decisions(turn) == ["notice", "receipt"]
    about = question(QuestionState.QUEUED)
    state = GREETED.to(Phase.WITH_OFFICER, "ZZZZ-9999")
    more = say("", state, view(about=about), kind="media", media_kind="voice", media_ref="file-2")
    assert kinds(more) == ["AddWords"]


def test_several_certain_questions_are_each_answered() -> None:
    parts = [("a?", match(Decision.CONFIDENT, "T25")), ("b?", match(Decision.CONFIDENT, "T26")), ("c?", UNKNOWN)]
    turn = say("a? b? c?", seen=view(parts=parts))
    assert kinds(turn) == ["Ask", "AnswerByBot", "Ask", "AnswerByBot", "Ask", "Queue"]
    assert [reply.entry for reply in turn.replies] == [None, "T25", "T26", None]


def test_several_questions_of_which_one_is_answered_are_noticed() -> None:
    parts = [("a?", match(Decision.SUGGEST, "T25")), ("b?", match(Decision.SUGGEST, "T26"))]
    turn = say("a? b?", seen=view(match(Decision.SUGGEST, "T25"), parts=parts))
    assert kinds(turn) == ["Ask", "Offer"]
    assert decisions(turn) == ["suggest", "notice"]


def test_the_same_open_question_again_is_one_question() -> None:
    turn = say("hộ nghèo ở chung cư tính sao", seen=view(repeated=question(QuestionState.QUEUED)))
    assert kinds(turn) == []
    assert "30/11/2026" in turn.replies[0].text


def test_stop_and_resume() -> None:
    assert say("/dung").acts == [acts.SetStopped(stopped=True)]
    assert say("/tieptuc").acts == [acts.SetStopped(stopped=False)]


def test_old_buttons_do_nothing() -> None:
    turn = say("", kind="option", option="pick:QQQQ-7777:T25")
    assert kinds(turn) == []
    assert kinds(say("", seen=view(about=question(QuestionState.CLOSED)), kind="option", option="none:ZZZZ-9999")) == []


def test_a_huge_message_is_cut_and_says_so() -> None:
    turn = say("nghèo " * 2000)
    assert len(turn.acts[0].text) == 4096
    assert "4096" in turn.replies[-1].text


def test_the_picture_shows_every_step() -> None:
    picture = (Path(dialogue.__file__).parent / "dialogue.mmd").read_text(encoding="utf-8")
    drawn = {(Phase(a), Phase(b)) for a, b in re.findall(r"^ +(\w+) --> (\w+):", picture, re.MULTILINE)}
    assert drawn == dialogue.STEPS
