"""“Nói dễ hiểu hơn”: the answer's plain words, word for word as approved, by button or typed; it opens nothing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.channels.terminal import Terminal, shown
from bot.conversation.message import Incoming, Reply, is_option_id
from bot.inbox import Inbox
from bot.intake import Accepted
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.translation import source_of
from knowledge_base.live_faq import LiveFaq
from knowledge_base.storage import faq_store, question_store, translation_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.tables import feedback, outbox, questions
from tests.bot.conftest import renew

SURE = "hộ nghèo có được phát thẻ bảo hiểm y tế không"
OTHER = "hỗ trợ tiền điện"
EASY = "Nhà nghèo thì có thẻ. Không mất tiền.\n- Hỏi xã."
SAID = "Nhà nghèo thì có thẻ. Không mất tiền.\n• Hỏi xã."


class _Resident:
    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.said = 0

    async def say(self, text: str = "", **more: Any) -> Accepted:
        self.said += 1
        kind = "option" if more.get("option") else "text"
        return await self.inbox.receive(Incoming("telegram", "7", str(self.said), kind, text, **more))

    async def asks(self, text: str = SURE) -> Reply:
        return (await self.say(text)).replies[0]


@pytest.fixture
async def eased(database: Database, faq: LiveFaq) -> int:
    made = database.write_now(renew, "T25", easy_read=EASY)
    await faq.refresh()
    return made


def _count(tx: Transaction, table: Any) -> int:
    return len(tx.execute(table.select()).all())


async def test_no_plain_words_no_button(inbox: Inbox) -> None:
    answer = await _Resident(inbox).asks()
    assert [option.id.partition(":")[0] for option in answer.options] == ["clear", "unclear", "notmine"]


@pytest.mark.parametrize("way", ["button", "Nói dễ hiểu hơn", "khó hiểu quá, nói dễ hiểu hơn đi", "4"])
async def test_said_word_for_word_and_the_buttons_stay(inbox: Inbox, database: Database, eased: int, way: str) -> None:
    resident = _Resident(inbox)
    answer = await resident.asks()
    button = answer.options[-1]
    assert (button.id, button.label) == (f"easier:{answer.reference}:{eased}", "Nói dễ hiểu hơn")
    assert is_option_id(button.id)
    told = await (resident.say(option=button.id) if way == "button" else resident.say(way))
    (easy,) = told.replies
    blocks = easy.text.split("\n\n")
    assert blocks[:3] == [f"Về câu hỏi: {_question(database)}", "Nói cho dễ hiểu:", SAID]
    assert "188/2025/NĐ-CP" in easy.text
    assert [option.id for option in easy.options] == [option.id for option in answer.options[:3]]
    assert database.read_now(_count, questions) == 1
    assert database.read_now(_count, feedback) == 0
    sent = database.read_now(lambda tx: tx.execute(outbox.select().order_by(outbox.c.id)).all()[-1])
    assert sent.revision_id == eased
    # What was under the answer still means what it did, also by its number.
    settled = await resident.say("1")
    assert "rõ" in settled.replies[0].text.lower() or settled.replies[0].decision == "chat"
    found = database.read_now(question_store.question_by_reference, answer.reference)
    assert (found.state, found.close_reason) == ("closed", "settled")
    again = await resident.say(option=button.id)
    assert SAID in again.replies[0].text
    assert again.replies[0].options == ()


def _question(database: Database) -> str:
    live = database.read_now(faq_store.published_of, "T25")
    assert live
    return live.entry.question


@pytest.mark.parametrize("easy", [EASY, ""])
async def test_plain_words_that_are_not_enough_or_not_there_bring_an_officer(
    inbox: Inbox, database: Database, faq: LiveFaq, easy: str
) -> None:
    if easy:
        database.write_now(renew, "T25", easy_read=easy)
        await faq.refresh()
    resident = _Resident(inbox)
    answer = await resident.asks()
    if easy:
        await resident.say("nói dễ hiểu hơn")
    told = await resident.say("nói dễ hiểu hơn")
    assert told.replies[0].decision == "receipt"
    found = database.read_now(question_store.question_by_reference, answer.reference)
    assert found.state == "queued"


async def test_the_dialogue_goes_on_where_it_was(inbox: Inbox, eased: int) -> None:
    resident = _Resident(inbox)
    first = await resident.asks()
    second = await resident.asks(OTHER)
    told = await resident.say(option=first.options[-1].id)
    assert SAID in told.replies[0].text
    closed = await resident.say("rõ rồi")  # that is of what was said last
    assert closed.replies[0].decision == "chat"
    assert second.reference != first.reference


async def test_an_answer_that_was_renewed_says_so(inbox: Inbox, database: Database, faq: LiveFaq, eased: int) -> None:
    resident = _Resident(inbox)
    button = (await resident.asks()).options[-1].id
    renewed = database.write_now(renew, "T25", easy_read="Nhà nghèo có thẻ. Hỏi xã trước.")
    await faq.refresh()
    told = (await resident.say(option=button)).replies[0]
    assert "Câu trả lời đã được thay mới" in told.text
    assert "Nhà nghèo có thẻ. Hỏi xã trước." in told.text
    assert EASY not in told.text
    assert told.revision_id == renewed
    database.write_now(renew, "T25", easy_read="")
    await faq.refresh()
    gone = (await resident.say(option=button)).replies[0]
    assert gone.decision == "notice"
    assert "đã thay đổi hoặc không còn" in gone.text


async def test_an_answer_whose_window_is_over_is_not_said(
    inbox: Inbox, database: Database, faq: LiveFaq, eased: int, clock
) -> None:
    resident = _Resident(inbox)
    live = database.read_now(faq_store.published_of, "T25")
    assert live
    last = replace(live.entry.in_force, to_day=date(2020, 1, 1))
    button = (await resident.asks()).options[-1].id
    database.write_now(renew, "T25", in_force=last)
    await faq.refresh()
    assert "đã thay đổi hoặc không còn" in (await resident.say(option=button)).replies[0].text


async def test_in_another_language_it_is_said_which_it_is(
    inbox: Inbox, database: Database, faq: LiveFaq, eased: int
) -> None:
    resident = _Resident(inbox)
    await resident.say("/en")
    answer = await resident.asks()
    assert answer.options[-1].label == "Say it more simply"
    told = (await resident.say("Say it more simply")).replies[0]
    blocks = told.text.split("\n\n")
    assert blocks[1:3] == ["In plain words:", "The answer is in Vietnamese, as it was written:"]
    assert told.vietnamese == (3, 4)
    assert blocks[3] == SAID

    def translate(tx: Transaction) -> None:
        live = faq_store.published_of(tx, "T25")
        assert live
        words = {"question": "Do poor households get cards?", "short_answer": "Yes.", "details": ""}
        made = translation_store.add(tx, "T25", "en", source_of(live.entry), words, "dich-gia")
        translation_store.set_state(tx, [made], RevisionState.PUBLISHED, approved_by="bien-tap")
        faq_store.record_publication(tx, "bien-tap", "translation_approved", "T25")

    database.write_now(translate)
    await faq.refresh()
    # The plain words are Vietnamese: beside an answer in English they would be harder, not easier.
    assert [option.id.partition(":")[0] for option in (await resident.asks()).options] == [
        "clear",
        "unclear",
        "notmine",
    ]


async def test_at_the_terminal_by_its_number(inbox: Inbox, eased: int) -> None:
    terminal = Terminal(inbox)
    (answer, _notice) = await terminal.hear(SURE)
    assert "[4] Nói dễ hiểu hơn" in shown(answer)
    (easy,) = await terminal.hear("4")
    assert SAID in easy.text
    (settled,) = await terminal.hear("1")
    assert settled.decision == "chat"
