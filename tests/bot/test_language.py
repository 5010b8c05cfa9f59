"""The resident's own language: chosen by command or button, kept, and honest where only the Vietnamese is approved."""

from typing import Any

import pytest

from bot.conversation.message import Incoming, is_option_id
from bot.conversation.replies import from_core
from bot.conversation.translated import alike
from bot.inbox import Inbox
from bot.intake import Accepted
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.translation import source_of
from knowledge_base.live_faq import LiveFaq
from knowledge_base.storage import contact_store, faq_store, translation_store
from knowledge_base.storage.database import Database, Transaction

SURE = "hộ nghèo có được phát thẻ bảo hiểm y tế không"
EN = {"question": "Do poor households get free health insurance cards?", "short_answer": "Yes.", "details": ""}


def _translate(tx: Transaction, key: str) -> None:
    live = faq_store.published_of(tx, key)
    assert live
    made = translation_store.add(tx, key, "en", source_of(live.entry), EN, "dich-gia")
    translation_store.set_state(tx, [made], RevisionState.PUBLISHED, approved_by="bien-tap")
    faq_store.record_publication(tx, "bien-tap", "translation_approved", key)


class _Resident:
    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.said = 0

    async def say(self, text: str = "", **more: Any) -> Accepted:
        self.said += 1
        kind = "option" if more.get("option") else "text"
        return await self.inbox.receive(Incoming("telegram", "7", str(self.said), kind, text, **more))


@pytest.mark.parametrize("words", ["/en", "English", "tiếng Anh"])
async def test_chosen_by_words_and_kept(inbox: Inbox, database: Database, words: str) -> None:
    resident = _Resident(inbox)
    assert "/en" in (await resident.say("/start")).replies[0].text
    chosen = await resident.say(words)
    assert chosen.replies[0].text.startswith("From now on I reply in English.")
    assert chosen.replies[0].language == "en"
    assert database.read_now(contact_store.languages_of, [chosen.contact_ref]) == {chosen.contact_ref: "en"}
    assert "Hello!" in (await resident.say("chào bạn")).replies[0].text
    assert (await resident.say("/vi")).replies[0].language == ""
    assert "Xin chào" in (await resident.say("chào bạn")).replies[0].text


@pytest.mark.parametrize("command", ["/ngonngu", "/language", "đổi ngôn ngữ"])
async def test_chosen_by_button(inbox: Inbox, command: str) -> None:
    resident = _Resident(inbox)
    asked = (await resident.say(command)).replies[0]
    assert [option.id for option in asked.options] == ["lang:vi", "lang:en"]
    assert all(is_option_id(option.id) for option in asked.options)
    assert "English" in (await resident.say(option="lang:en")).replies[0].text
    assert (await resident.say(option="lang:xx")).replies[0].text.startswith("Which language")


async def test_the_vietnamese_is_said_to_be_so_until_somebody_vouches(
    inbox: Inbox, database: Database, faq: LiveFaq
) -> None:
    resident = _Resident(inbox)
    await resident.say("/en")
    answer = (await resident.say(SURE)).replies[0]
    blocks = answer.text.split("\n\n")
    assert answer.vietnamese == (2, 3)
    assert blocks[1].startswith("No approved translation of this answer exists")
    assert blocks[2] == "Trả lời thử của T25."
    database.write_now(_translate, "T25")
    await faq.refresh()
    await resident.say(option=answer.options[0].id)
    translated = (await resident.say(SURE)).replies[0]
    assert translated.vietnamese is None
    assert translated.text.split("\n\n")[:2] == [f"About: {EN['question']}", "Yes."]


async def test_a_translated_question_is_met_by_its_own_words(inbox: Inbox, database: Database, faq: LiveFaq) -> None:
    database.write_now(_translate, "T25")
    await faq.refresh()
    resident = _Resident(inbox)
    await resident.say("/en")
    offered = (await resident.say("Is there a free health insurance card for poor households?")).replies[0]
    assert offered.options[0].label == EN["question"]
    assert "Yes." in (await resident.say("1")).replies[0].text
    handed = (await resident.say("Where can I register a marriage?")).replies[0]
    assert "with an officer" in handed.text
    assert handed.reference
    assert "promised by the end of" in (await resident.say(f"XEM {handed.reference}")).replies[0].text


async def test_an_officers_words_come_with_a_sentence_that_names_their_language(inbox: Inbox) -> None:
    content = {"short_answer": "Mời đến phòng một cửa.", "details": "", "legal_basis": [], "in_force": {}}
    body = {"notice": "officer_answer", "reference": "AAAA-2222", "answer": content}
    english = from_core(inbox._voices["en"], body, {})
    assert english.text.split("\n\n")[1:3] == [
        "The answer is in Vietnamese, as it was written:",
        "Mời đến phòng một cửa.",
    ]
    assert "tiếng Việt" not in from_core(inbox._voices["vi"], body, {}).text


def test_only_questions_that_share_most_of_their_weight_are_alike() -> None:
    questions = {"A": EN["question"], "B": "Do poor households get help with electricity?", "C": "Who may borrow?"}
    assert alike("health insurance for poor households free?", questions)[0] == "A"
    assert alike("help with electricity", questions)[0] == "B"
    assert alike("how do I register a marriage", questions) == []
    assert alike("", questions) == []
