"""A member of a community team asks for a neighbour; a resident comes by a place's code."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from bot.conversation.message import Incoming
from bot.inbox import Inbox
from knowledge_base import community, erasing, officer_queue, on_behalf
from knowledge_base.errors import Conflict, Forbidden, InvalidInput, NotFound
from knowledge_base.live_faq import LiveFaq
from knowledge_base.live_units import LiveUnits
from knowledge_base.questions.lifecycle import Role
from knowledge_base.settings import Settings
from knowledge_base.storage import (
    asked_for_store,
    contact_store,
    outbox_store,
    place_store,
    question_store,
    slip_store,
    staff_store,
)
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.tables import (
    asked_for,
    conversations,
    erasures,
    inbox,
    metadata,
    question_places,
    questions,
    units,
)
from tests.bot.conftest import fill

SMS = {"sms_api_url": "http://127.0.0.1:9", "sms_api_key": "k", "sms_webhook_secret": "s"}


def _furnish(tx: Transaction) -> None:
    fill(tx)
    for code, name, parent, path in (("77", "Tỉnh Thử", "0", "0/77/"), ("7701", "Xã Một", "77", "0/77/7701/")):
        kind = "province" if parent == "0" else "commune"
        tx.execute(units.insert().values(code=code, name=name, kind=kind, parent_code=parent, path=path))
    staff_store.add_member(tx, "canbo", Role.OFFICER, "7701", "no hash", must_change=False)


class Village:
    """A store with one commune, its officer, a team of one, and the way in."""

    def __init__(self, database: Database, faq: LiveFaq, live: LiveUnits, settings: Settings, clock: Any) -> None:
        self.database = database
        self.officer: Any = database.read_now(staff_store.member_by_username, "canbo")
        self._inbox = Inbox(database, faq, settings, clock, live)
        self._said = 0

    async def say(self, *texts: str, who: str = "5", channel: str = "telegram") -> str:
        for text in texts:
            self._said += 1
            option = text if text.startswith("agree:") else ""
            kind: Any = "option" if option else "text"
            said = Incoming(channel, who, str(self._said), kind, "" if option else text, option)
            accepted = await self._inbox.receive(said)
        return "\n".join(reply.text for reply in accepted.replies)

    def invited(self) -> str:
        team = self.database.write_now(
            community.add_team, self.officer, "7701", "Tổ công nghệ số thôn Đông", "Thôn Đông"
        )
        self.database.write_now(community.add_helper, self.officer, team, "Thành viên thử", "")
        [(_helper, code)] = self.database.write_now(community.invite_team, self.officer, team)
        return code

    def asked(self) -> Any:
        row = self.database.read_now(
            lambda tx: tx.execute(select(asked_for).order_by(asked_for.c.question_id.desc())).first()
        )
        return self.database.read_now(question_store.question, row.question_id)


@pytest.fixture
async def village(both_databases: Database, clock: Any, tmp_path_factory: pytest.TempPathFactory) -> Village:
    both_databases.write_now(_furnish)
    faq, live = (
        LiveFaq(both_databases, clock, tmp_path_factory.getbasetemp() / "index"),
        LiveUnits(both_databases, clock),
    )
    await faq.refresh()
    await live.current()
    return Village(both_databases, faq, live, Settings(**SMS), clock)


async def test_a_neighbour_is_asked_for_and_the_helper_never_sees_the_answer(village: Village) -> None:
    assert "thành viên tổ" in await village.say("/hoiho", who="9")
    assert "không dùng được" in await village.say("THAM GIA K7MP-42QX")
    assert "Tổ công nghệ số thôn Đông" in await village.say(f"/start h_{village.invited().replace('-', '')}")
    [slip] = village.database.write_now(on_behalf.print_pad, village.officer, 1)
    assert "đọc" in await village.say("/hoiho")
    await village.say("agree:ORAL", "Người được hỏi hộ", slip.reference)
    said = await village.say("chuyện lạ chưa ai từng hỏi thì làm thế nào?")
    assert slip.reference in said
    question = village.asked()
    assert (question.reference, question.unit_code, question.channel) == (slip.reference, "7701", "paper")
    came: Any = village.database.read_now(asked_for_store.of_question, question.id)
    assert (came.name, came.consent, came.helper) == ("Người được hỏi hộ", "oral", "Thành viên thử")
    kept = village.database.read_now(lambda tx: str(tx.execute(select(inbox.c.body)).all()))
    kept += village.database.read_now(lambda tx: str(tx.execute(select(conversations.c.data)).all()))
    assert "Người được hỏi hộ" not in kept

    village.database.write_now(officer_queue.claim, village.officer, question.id)
    words = officer_queue.AnswerText("referral", "Câu trả lời riêng.", "", "thu")
    village.database.write_now(officer_queue.answer, village.officer, question.id, words)
    helper = village.database.write_now(contact_store.ensure_contact, "telegram", "5")
    heard = village.database.read_now(outbox_store.messages_for, helper, after=0)
    assert "Câu trả lời riêng." not in str([message.body for message in heard])
    assert "Câu trả lời riêng." not in await village.say(f"XEM {question.reference}")
    assert [one.id for one in village.database.read_now(asked_for_store.to_tell, "0/77/7701/")] == [question.id]

    found: Any = village.database.read_now(slip_store.slip, question.reference)
    assert village.database.read_now(slip_store.opens, found, slip.number)
    fresh = village.database.write_now(on_behalf.receipt, village.officer, question.id)
    found = village.database.read_now(slip_store.slip, question.reference)
    assert fresh.answer is not None
    assert village.database.read_now(slip_store.opens, found, fresh.number.replace(" ", ""))
    assert not village.database.read_now(slip_store.opens, found, slip.number)
    village.database.write_now(on_behalf.record_told, village.officer, question.id, "read_out")
    assert village.database.read_now(asked_for_store.to_tell, "0/") == []


async def test_an_answer_for_everybody_is_said_on_the_spot(village: Village) -> None:
    await village.say(f"THAM GIA {village.invited()}", "/hoiho", "1", "Một người", "không")
    said = await village.say("hộ nghèo có được phát thẻ bảo hiểm y tế không")
    assert "T25" in said or "Trả lời" in said or "thẻ" in said
    assert village.asked().state == "answered_by_bot"
    assert "cán bộ" in await village.say("chưa rõ")
    assert village.asked().state == "queued"
    assert village.asked().unit_code == "7701"


async def test_a_telephone_is_kept_sealed_and_told_by_sms(village: Village) -> None:
    await village.say(f"THAM GIA {village.invited()}", "/hoiho", "2", "Một người", "090 000 00 00")
    await village.say("chuyện lạ chưa ai từng hỏi thì làm thế nào?")
    question = village.asked()
    assert question.channel == "sms"
    told = village.database.read_now(outbox_store.messages_for, question.contact_ref, after=0)
    assert [message.body["notice"] for message in told] == ["asked_for_you"]
    kept = village.database.read_now(lambda tx: str(tx.execute(select(inbox.c.body)).all()))
    assert "090 000" not in kept


async def test_a_slip_is_used_once_and_refusing_keeps_nothing(village: Village) -> None:
    await village.say(f"THAM GIA {village.invited()}")
    assert "Không lưu gì" in await village.say("/hoiho", "agree:NEVER")
    [slip] = village.database.write_now(on_behalf.print_pad, village.officer, 1)
    for _again in range(2):
        said = await village.say("/hoiho", "1", "Một người", slip.reference)
        await village.say("chuyện lạ chưa ai từng hỏi thì làm thế nào?")
    assert "đã dùng" in said


async def test_danger_comes_first(village: Village) -> None:
    await village.say(f"THAM GIA {village.invited()}", "/hoiho", "1")
    await village.say("cứu với nhà tôi bị lũ cuốn")
    listed = village.database.read_now(lambda tx: question_store.listed(tx, select(question_store.questions)))
    assert [one.urgent for one in listed] == [True]


async def test_a_places_code_presets_where_questions_go(village: Village) -> None:
    village.database.write_now(place_store.add, "7701", "hamlet", ["Thôn Tây"], "canbo")
    [place] = village.database.read_now(place_store.places_within, "0/")
    assert "Thôn Tây" in await village.say(f"/start q_{place.token}", who="8")
    await village.say("chuyện lạ chưa ai từng hỏi thì làm thế nào?", who="8")
    assert "Thôn Tây" in await village.say(f"Xin chào (q_{place.token.lower()})", who="7", channel="zalo_oa")
    [seen] = village.database.read_now(place_store.places_within, "0/77/")
    assert (seen.visits, seen.questions) == (2, 1)
    asked = village.database.read_now(lambda tx: tx.execute(select(question_places.c.question_id)).scalar_one())
    assert village.database.read_now(question_store.question, asked).unit_code == "7701"


async def test_a_places_code_is_typed_from_the_poster_wherever_the_talk_stands(village: Village) -> None:
    """Zalo's links carry nothing, so what stands on the poster is typed, on a telephone's keyboard."""
    village.database.write_now(place_store.add, "7701", "hamlet", ["Thôn Tây"], "canbo")
    [place] = village.database.read_now(place_store.places_within, "0/")
    token = place.token
    forms = (f"q_{token}", f"Q_{token.lower()}", f" q _ {token}.", f"Xin chao, q_{token}", f"xin chào (q_{token})!")
    forms += (f"hoi-dap.example.vn/q/{token}", f"https://hoi-dap.example.vn/q/{token.lower()}/")
    for number, form in enumerate(forms):
        channel = ("zalo_oa", "zalo_bot")[number % 2]
        assert "Thôn Tây" in await village.say(form, who=f"first{number}", channel=channel), form
        await village.say("chuyện lạ chưa ai từng hỏi thì làm thế nào?", who=f"later{number}", channel=channel)
        assert "Thôn Tây" in await village.say(form, who=f"later{number}", channel=channel), form
    asked = village.database.read_now(lambda tx: question_store.listed(tx, select(question_store.questions)))
    assert len(asked) == len(forms)  # no form of the code was taken for a question
    assert not any(one.urgent for one in asked)
    wrong = token[:-1] + ("2" if token[-1] != "2" else "3")
    assert "Thôn Tây" not in await village.say(f"q_{wrong}", who="wrong", channel="zalo_oa")


def _everything(tx: Transaction) -> str:
    """All that the store holds, as words."""
    return "\n".join(str(row) for table in metadata.sorted_tables for row in tx.execute(select(table)))


async def test_an_office_erases_for_who_has_only_a_code(village: Village) -> None:
    await village.say(f"/start h_{village.invited().replace('-', '')}")
    [first, second] = village.database.write_now(on_behalf.print_pad, village.officer, 2)
    words = ("Nhà CANARYMOT ở vùng cao có được hỗ trợ pin mặt trời không", "Xe lăn CANARYHAI xin ở đâu")
    codes = []
    for slip, text in zip((first, second), words, strict=True):
        await village.say("/hoiho", "agree:ORAL", "Người được hỏi hộ", slip.reference, text)
        codes.append(village.asked())
    one, other = codes
    erase = erasing.erase_for_asker
    with pytest.raises(InvalidInput):
        village.database.write_now(erase, village.officer, one.id, "because CANARY")
    collaborator = replace(village.officer, role=Role.COLLABORATOR)
    with pytest.raises(Forbidden):
        village.database.write_now(erase, collaborator, one.id, "in_person")
    stranger = replace(village.officer, unit_path="0/78/")
    with pytest.raises(NotFound):
        village.database.write_now(erase, stranger, one.id, "in_person")
    assert village.database.write_now(erase, village.officer, one.id, "in_person") == 1
    left = village.database.read_now(_everything)
    assert "CANARYMOT" not in left
    assert "CANARYHAI" in left
    assert village.database.read_now(question_store.question, other.id).erased_at is None
    listed = village.database.read_now(erasing.unlisted, set())
    assert len(listed) == 1
    with pytest.raises(Conflict):
        village.database.write_now(erase, village.officer, one.id, "in_person")
    # A restore brings it back; the list erases it again, and nothing of the other one.
    village.database.write_now(
        lambda tx: (
            tx.execute(delete(erasures)),
            tx.execute(update(questions).where(questions.c.id == one.id).values(erased_at=None, text=words[0])),
        )
    )
    assert village.database.write_now(erasing.replay, listed) == 1
    left = village.database.read_now(_everything)
    assert "CANARYMOT" not in left
    assert "CANARYHAI" in left


async def test_an_office_erases_one_question_or_all_of_an_asker_with_a_telephone(village: Village) -> None:
    await village.say(f"/start h_{village.invited().replace('-', '')}")
    asked = []
    for text in ("Nhà CANARYBA ở vùng cao có được hỗ trợ pin mặt trời không", "Xe lăn CANARYBON xin ở đâu"):
        await village.say("/hoiho", "agree:ORAL", "Người được hỏi hộ", "0900000000", text)
        asked.append(village.asked())
    one, other = asked
    assert one.contact_ref == other.contact_ref
    assert village.database.write_now(erasing.erase_for_asker, village.officer, one.id, "in_writing") == 1
    again = village.database.read_now(question_store.question, other.id)
    assert again.contact_ref == other.contact_ref
    assert again.state == other.state
    contact = village.database.read_now(contact_store.contact, other.contact_ref)
    assert contact is not None
    done = village.database.write_now(erasing.erase_for_asker, village.officer, other.id, "by_proxy", all_of_his=True)
    assert done == 1
    left = village.database.read_now(_everything)
    assert "CANARY" not in left
    assert village.database.read_now(contact_store.contact, other.contact_ref) is None
