"""Distress is heard in many wordings and answered at once; a false alarm costs the resident nothing."""

from dataclasses import replace

import pytest

from bot.conversation import acts, dialogue
from bot.conversation.message import Incoming
from bot.conversation.state import Phase, State
from bot.conversation.turn import Turn
from bot.inbox import Inbox
from knowledge_base.distress.hear import hear
from knowledge_base.matching.decide import Decision, Match
from knowledge_base.questions.question import QuestionState
from knowledge_base.storage import distress_store, question_store
from knowledge_base.storage.database import Database
from tests.bot.test_dialogue import CODES, GREETED, VOICE, match, question, say, view

DANGER = [
    "nhà tôi đang bị lũ cuốn, cần cứu hộ",
    "nuoc ngap toi mai roi cuu voi",
    "ca nha dang ket tren mai nha, nuoc len nhanh qua",
    "cứu tôi với chồng tôi đánh tôi suốt đêm",
    "chong em say ruou danh dap em hoai em so lam",
    "con bị bố dượng xâm hại không biết nói với ai",
    "tôi không muốn sống nữa",
    "e chan song roi muon chet quach cho xong",
    "em muốn tự tử",
    "định uống thuốc sâu cho rồi",
    "nhà hết gạo ba ngày nay con khóc vì đói quá",
    "mấy ngày nay chưa được ăn gì",
    "ko co gi an 2 ngay roi",
    "bi ket trong nha nuoc lu dang len",
    "chồng dọa giết hai mẹ con",
    "bố tui xỉu rồi mần chi chừ",
    "con tôi sốt cao co giật",
    "Vợ em vỡ ối giữa đường, trời tối, không có xe",
    "hôm nay lũ về, cả nhà đang trên nóc",
]
ORDINARY = [
    "Nhà bị lũ cuốn trôi thì được hỗ trợ bao nhiêu tiền?",
    "nha sap do bao lu thi lam don xin ho tro o dau",
    "Người hưởng trợ cấp chết thì được mai táng phí bao nhiêu?",
    "từ từ cho tôi hỏi hộ nghèo được vay bao nhiêu",
    "tu tu toi hoi da, ho ngheo co phai dong hoc phi khong",
    "mẹ tôi mất rồi thì hưởng trợ cấp gì",
    "hộ nghèo có được hỗ trợ gạo không",
    "con đánh giá hộ nghèo thế nào",
    "bo danh gia tai san khi xet ho ngheo nhu the nao",
    "cháu mồ côi ở với bà thì được hưởng gì",
    "hết hạn sổ hộ nghèo thì làm sao",
    "nuoc sach nong thon vay bao nhieu",
    "Đăng ký nhà đại đoàn kết ở Mặt trận xã",
    "Gia đình gặp biến cố trong năm được bổ sung vào danh sách hộ nghèo không?",
    "can bo thon can danh sach chi so",
    "Bị đánh trượt mà không ai cho biết lý do thì hỏi ai?",
    "phan anh an danh ve ho ngheo gia duoc khong",
    "Lũ cuốn mất giấy chứng nhận hộ nghèo, xin lại kiểu gì?",
]


@pytest.mark.parametrize("text", DANGER)
def test_danger_is_heard(text: str) -> None:
    assert hear(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_questions_are_not(text: str) -> None:
    assert not hear(text)


CRY = "chồng đánh em chảy máu, cứu em với"


def pressed(found: Match) -> Turn:
    urgent = question(QuestionState.QUEUED, reference=CODES[3], urgent=True, text="bị đánh trượt hộ nghèo")
    state = replace(GREETED, phase=Phase.WITH_OFFICER, reference=CODES[3])
    seen = view(found, about=urgent)
    return dialogue.step(state, Incoming("web_chat", "a", "1", "option", option=f"policy:{CODES[3]}"), seen)


def test_the_administrators_words_come_at_once_and_first() -> None:
    words = {("any", "en"): "Call the number of the commune.", ("violence", "en"): "The women's union has a safe room."}
    reply = say(CRY, seen=view(distress_words=words, asks_consent=True)).replies[0]
    assert reply.text.startswith("Call the number of the commune.\n\nThe women's union has a safe room.\n\n")
    assert [option.id for option in reply.options] == [f"policy:{CODES[0]}"]


def test_words_of_another_language_or_kind_are_not_said() -> None:
    words = {("any", "vi"): "Gọi số của xã.", ("lenders", "en"): "About lenders."}
    text = say(CRY, seen=view(distress_words=words)).replies[0].text
    assert "Contact: Room 1" in text
    assert "xã" not in text
    assert "lenders" not in text


def test_who_asks_about_policy_is_answered_at_once_and_the_officers_are_told() -> None:
    turn = pressed(match(Decision.CONFIDENT, "T25"))
    assert turn.acts == [
        acts.AddWords(CODES[3], "I am asking about policy"),
        acts.Ask(CODES[0], "bị đánh trượt hộ nghèo"),
        acts.AnswerByBot(CODES[0], "T25", 7),
    ]
    assert turn.state.phase == Phase.CONFIRMING


def test_what_only_officers_can_answer_stays_where_it_is() -> None:
    turn = pressed(match(Decision.UNKNOWN))
    assert turn.acts == [acts.AddWords(CODES[3], "I am asking about policy")]
    assert turn.state.reference == CODES[3]


def test_the_button_can_be_typed() -> None:
    after = say(CRY).state
    assert dialogue.means_policy(after, Incoming("sms", "a", "2", "text", "i am asking about policy"))
    assert not dialogue.means_policy(after, Incoming("sms", "a", "2", "text", "help me"))
    assert not dialogue.means_policy(State(), Incoming("sms", "a", "2", "text", "I am asking about policy"))


def test_the_voice_speaks_where_no_words_are_set() -> None:
    spoken = replace(VOICE, danger_text="Gọi số của xã.")
    assert say(CRY, seen=view(voice=spoken)).replies[0].text.startswith("Gọi số của xã.")


async def test_on_a_channel_words_button_and_queue(inbox: Inbox, database: Database) -> None:
    database.write_now(distress_store.put_words, "any", "vi", "Gọi ngay cho xã.", "quan-tri")
    cried = await inbox.receive(Incoming("sms", "may-1", "1", "text", CRY))
    assert cried.replies[0].text.startswith("Gọi ngay cho xã.")
    reference = cried.replies[0].reference
    assert reference
    queued = database.read_now(question_store.question_by_reference, reference)
    assert queued
    assert (queued.urgent, queued.state, queued.entry_key) == (True, QuestionState.QUEUED, None)
    typed = await inbox.receive(Incoming("sms", "may-1", "2", "text", "tôi hỏi về chính sách"))
    assert typed.replies
    still = database.read_now(question_store.question_by_reference, reference)
    assert still
    assert (still.urgent, still.state) == (True, QuestionState.QUEUED)


def test_a_code_is_no_cry_whatever_it_sounds_like() -> None:
    codes = (f"{first}-{second}" for first in ("BEAT", "DANH", "HARM", "CHET") for second in ("2KQ7", "CHEM"))
    cries = [code for code in codes if hear(code) or hear(f"THAM GIA {code}")]
    assert cries  # some sound like one
    for code in cries:
        for text in (code, f"XEM {code}", f"THAM GIA {code}"):
            assert not any(isinstance(act, acts.Queue) and act.reason == "danger" for act in say(text).acts)
