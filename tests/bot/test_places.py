"""Where the resident lives: asked once, resolved, offered where several places are meant, and the question follows."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import acts, places
from bot.conversation.acts import SetCommune
from bot.conversation.dialogue import Turn, step
from bot.conversation.message import Incoming, is_option_id
from bot.conversation.state import Phase, State
from bot.inbox import Inbox
from knowledge_base import unit_register
from knowledge_base.live_faq import LiveFaq
from knowledge_base.live_units import LiveUnits
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import Question, QuestionState
from knowledge_base.settings import Settings
from knowledge_base.storage import question_store, staff_store
from knowledge_base.storage.database import Database
from knowledge_base.units.gazetteer import Gazetteer
from knowledge_base.units.seed import read_seed
from tests.bot.test_dialogue import CODES, GREETED, UNKNOWN, question, view

FOLDER = Path(__file__).parents[2] / "content" / "units"
DANGER = "cứu tôi với nước lũ dâng cao lắm rồi"
ABOUT = question(QuestionState.QUEUED)
ASKED = GREETED.to(Phase.WITH_OFFICER, ABOUT.reference, asked_commune=True)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    seed = read_seed(FOLDER)
    return Gazetteer(seed.units, seed.successors, date(2026, 11, 23))


class Talk:
    """A resident with an officer's question open, asked where he lives."""

    def __init__(self, gazetteer: Gazetteer, state: State = ASKED) -> None:
        self.state = state
        self.seen = view(UNKNOWN, about=ABOUT, gazetteer=gazetteer)

    def say(self, text: str, kind: Any = "text", **values: Any) -> Turn:
        turn = step(self.state, Incoming("web_chat", "a", "1", kind, text, **values), self.seen)
        self.state = State.from_json(turn.state.phase, turn.state.as_json())
        return turn


def communes(turn: Turn) -> list[tuple[str, str | None]]:
    return [(act.commune, act.unit) for act in turn.acts if isinstance(act, SetCommune)]


def test_one_place_is_noted_by_its_whole_name(gazetteer: Gazetteer) -> None:
    talk = Talk(gazetteer)
    turn = talk.say("dạ em ở xã Đồng Hỷ ạ")
    assert communes(turn) == [("Xã Đồng Hỷ, tỉnh Thái Nguyên", talk.state.unit)]
    assert "Xã Đồng Hỷ, tỉnh Thái Nguyên" in turn.replies[0].text
    assert not talk.state.asked_commune
    again = talk.say("thế còn việc khác thì sao ạ")  # another question goes to the same unit, and nothing is asked
    assert communes(again) == [("Xã Đồng Hỷ, tỉnh Thái Nguyên", talk.state.unit)]
    assert "Which commune" not in again.replies[0].text


def test_a_former_name_is_told_as_it_is_called_today(gazetteer: Gazetteer) -> None:
    turn = Talk(gazetteer).say("phường Sao Đỏ")
    assert communes(turn)[0][0] == "Phường Chu Văn An, thành phố Hải Phòng"
    assert "before: Phường Sao Đỏ" in turn.replies[0].text


@pytest.mark.parametrize("answer", ["2", "số hai", "press"])
def test_a_few_places_are_offered(gazetteer: Gazetteer, answer: str) -> None:
    talk = Talk(gazetteer)
    turn = talk.say("huyện Đồng Hỷ")
    assert communes(turn) == [("huyện Đồng Hỷ", None)]  # kept as typed, whatever follows
    offered = turn.replies[0].options
    assert len(offered) == 6 + 1
    assert all(is_option_id(option.id) and len(option.id) <= 64 for option in offered)
    assert f"2. {offered[1].label}" in turn.replies[0].text
    chosen = talk.say("", "option", option=offered[1].id) if answer == "press" else talk.say(answer)
    assert communes(chosen) == [(offered[1].label, offered[1].id.rpartition(":")[2])]
    assert talk.state.unit == offered[1].id.rpartition(":")[2]


def test_many_places_are_asked_about_once(gazetteer: Gazetteer) -> None:
    talk = Talk(gazetteer)
    turn = talk.say("xã Tân Lập")
    assert "province" in turn.replies[0].text
    assert [option.id[:5] for option in turn.replies[0].options] == ["skip:"]
    assert communes(talk.say("tây ninh")) != []
    assert talk.state.unit is not None or talk.state.options


def test_a_place_with_its_province_may_be_certain_then(gazetteer: Gazetteer) -> None:
    talk = Talk(gazetteer)
    talk.say("xã Tân Lập")
    assert communes(talk.say("huyện Mộc Hóa, Long An")) == [("Xã Mộc Hóa, tỉnh Tây Ninh", talk.state.unit)]
    talk = Talk(gazetteer)
    assert "commune or ward" in talk.say("TP Thái Nguyên").replies[0].text
    assert communes(talk.say("Tân Cương")) == [("Xã Tân Cương, tỉnh Thái Nguyên", talk.state.unit)]


def test_nobody_is_asked_a_third_time(gazetteer: Gazetteer) -> None:
    talk = Talk(gazetteer)
    talk.say("xã Tân Lập")
    turn = talk.say("Miền Núi")
    assert communes(turn) == [("xã Tân Lập, Miền Núi", None)]
    assert turn.replies[0].options == ()
    assert (talk.state.asked_commune, talk.state.place, talk.state.unit) == (False, None, None)


def test_what_is_unknown_is_kept_as_typed(gazetteer: Gazetteer) -> None:
    talk = Talk(gazetteer)
    assert communes(talk.say("xã Mây Trắng")) == [("xã Mây Trắng", None)]
    assert not talk.state.asked_commune
    assert talk.state.commune == "xã Mây Trắng"


def test_the_choice_may_be_skipped(gazetteer: Gazetteer) -> None:
    for skip in ("bỏ qua", "7"):
        talk = Talk(gazetteer)
        talk.say("huyện Đồng Hỷ")
        assert talk.say(skip).acts == []
        assert (talk.state.asked_commune, talk.state.place, talk.state.commune) == (False, None, "huyện Đồng Hỷ")


def test_another_place_named_later_takes_its_place(gazetteer: Gazetteer) -> None:
    talk = Talk(gazetteer)
    talk.say("xã Đồng Hỷ")
    assert communes(talk.say("xã A Mú Sung")) == [("Xã A Mú Sung, tỉnh Lào Cai", talk.state.unit)]
    assert communes(talk.say("xã A Mú Sung")) == []  # known already: it joins the question


def test_a_button_pressed_late_still_holds_and_an_unknown_one_does_nothing(gazetteer: Gazetteer) -> None:
    talk = Talk(gazetteer, GREETED)
    code = gazetteer.resolve("xã Đồng Hỷ").places[0].code
    assert communes(talk.say("", "option", option=f"place:{ABOUT.reference}:{code}")) != []
    assert talk.say("", "option", option=f"place:{ABOUT.reference}:99999").acts == []


@pytest.mark.parametrize("link", ["x{}", "xold-{}"])
def test_a_link_names_the_unit(gazetteer: Gazetteer, link: str) -> None:
    code = gazetteer.resolve("xã A Mú Sung").places[0].code
    talk = Talk(gazetteer, GREETED)
    turn = talk.say(f"/start {link.format(code)}")
    assert talk.state.unit == code
    assert "Xã A Mú Sung, tỉnh Lào Cai" in turn.replies[-1].text
    talk.seen = replace(talk.seen, about=None)
    asked = talk.say("hộ nghèo ở chung cư tính thế nào")
    assert communes(asked) == [("Xã A Mú Sung, tỉnh Lào Cai", code)]
    assert "Which commune" not in asked.replies[0].text
    assert communes(talk.say(DANGER)) == [("Xã A Mú Sung, tỉnh Lào Cai", code)]


@pytest.mark.parametrize("link", ["x", "x0", "x99999", "xold-318-", "cuc-thu"])
def test_other_links_only_greet(gazetteer: Gazetteer, link: str) -> None:
    talk = Talk(gazetteer, GREETED)
    turn = talk.say(f"/start {link}")
    assert len(turn.replies) == 1
    assert talk.state.unit is None


def test_without_a_register_everything_is_kept_as_typed() -> None:
    talk = Talk(places.Gazetteer((), {}, date.min))
    assert communes(talk.say("xã Đồng Hỷ")) == [("xã Đồng Hỷ", None)]


# --- from the message to the store ----------------------------------------------------------------


@pytest.fixture
async def line(database: Database, faq: LiveFaq, settings: Settings, clock: Any) -> Inbox:
    unit_register.load_units(database, FOLDER)
    for name, unit in (("tinh", "19"), ("xa", "02467")):  # Thái Nguyên; nobody yet in most communes
        if unit in {found.code for found in database.read_now(unit_register.unit_store.register).units}:
            database.write_now(staff_store.add_member, f"cb-{name}", Role.OFFICER, unit, "x", must_change=False)
    units = LiveUnits(database, clock)
    await units.current()
    return Inbox(database, faq, settings, clock, units)


async def said(line: Inbox, number: int, text: str, kind: Any = "text", **values: Any) -> Any:
    return await line.receive(Incoming("telegram", "77", f"m{number}", kind, text, **values))


def the_question(database: Database, reference: str) -> Question:
    found = database.read_now(question_store.question_by_reference, reference)
    assert found
    return found


async def test_a_question_follows_its_resident(database: Database, line: Inbox) -> None:
    first = await said(line, 1, "xe ba bánh cũ có phải đóng lệ phí trước bạ không")
    reference = next(reply.reference for reply in first.replies if reply.reference)
    assert the_question(database, reference).unit_code == "0"
    await said(line, 2, "xã Đồng Hỷ")
    asked = the_question(database, reference)
    assert (asked.unit_code, asked.commune) == ("19", "Xã Đồng Hỷ, tỉnh Thái Nguyên")
    second = await said(line, 3, "còn xe bốn bánh thì nộp lệ phí gì ở đâu nhỉ, ai biết không ạ")
    other = next((reply.reference for reply in second.replies if reply.reference), reference)
    assert the_question(database, other).unit_code == "19"


async def test_a_link_routes_the_first_question(database: Database, line: Inbox, gazetteer: Gazetteer) -> None:
    code = gazetteer.resolve("xã Đồng Hỷ").places[0].code
    await said(line, 1, f"/start x{code}")
    asked = await said(line, 2, "xe ba bánh cũ có phải đóng lệ phí trước bạ không")
    reference = next(reply.reference for reply in asked.replies if reply.reference)
    found = the_question(database, reference)
    assert (found.unit_code, found.commune) == ("19", "Xã Đồng Hỷ, tỉnh Thái Nguyên")
    assert acts.SetCommune("A", "b").unit is None
    assert CODES
