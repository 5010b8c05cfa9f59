"""`CONSENT=ask`: what the bot answers by itself is counted, and no officer reads it before its asker has agreed."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.conversation.message import Incoming
from bot.inbox import Inbox
from knowledge_base import erasing, officer_queue, promises
from knowledge_base.errors import NotFound
from knowledge_base.live_faq import LiveFaq
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import Question
from knowledge_base.settings import Settings
from knowledge_base.storage import asked_store, feedback_store, question_store, queue_store, staff_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.queue_store import QueueFilter
from knowledge_base.storage.tables import questions
from tests.conftest import FixedClock

SURE = "tiền điện hộ nghèo nhận ở đâu"
Said = Callable[..., Any]


@pytest.fixture
def asking(database: Database, faq: LiveFaq, clock: FixedClock, tmp_path: Path) -> Inbox:
    return Inbox(database, faq, Settings(data_dir=tmp_path, consent="ask"), clock)


async def say(inbox: Inbox, key: str, words: str, kind: str = "text") -> Any:
    option = {"option": words} if kind == "option" else {}
    return await inbox.receive(Incoming("sms", "may-1", key, kind, "" if option else words, **option))


def _only(tx: Transaction) -> Question:
    [found] = question_store.listed(tx, questions.select())
    return found


def _shown(database: Database, number: int, day: Any) -> bool:
    """Whether any door of the console shows its words; all or none."""
    read = database.read_now
    every = QueueFilter("0/", tab="all")
    words = QueueFilter("0/", tab="all", words="tiền điện")
    seen = {
        bool(read(queue_store.page, every, day)[0]),
        read(queue_store.page, every, day)[1] == 1,
        bool(read(queue_store.page, words, day)[0]),
        bool(list(read(lambda tx: list(queue_store.everything(tx, every, day, 10))))),
        bool(read(question_store.these_within, "0/", [number])),
        bool(read(question_store.those_within, "0/", [number])),
        bool(read(asked_store.asked_after, 0, 10)),
        bool(read(feedback_store.wordings, "0/", "T49")),
    }
    try:
        read(question_store.question_within, "0/", number, read=True)
        seen.add(True)
    except NotFound:
        seen.add(False)
    [shown] = seen
    return shown


async def test_what_the_bot_answered_is_shown_only_after_consent(
    asking: Inbox, database: Database, clock: FixedClock
) -> None:
    day = clock.now().date()
    told = await say(asking, "1", SURE)
    question = database.read_now(_only)
    assert question.state == "answered_by_bot"
    back = next(one.id for reply in told.replies for one in reply.options if one.id.startswith("notmine:"))
    await say(asking, "2", back, "option")
    assert not _shown(database, question.id, day)
    counted = database.read_now(feedback_store.answers, "0/", ["T49"])
    assert counted == {"T49": 1}
    assert database.read_now(question_store.counts_by_state) == {"answered_by_bot": 1}
    await say(asking, "3", "đồng ý gửi")
    assert database.read_now(_only).state == "queued"
    assert _shown(database, question.id, day)


async def test_danger_is_shown_at_once_and_without_asking_all_is(
    asking: Inbox, inbox: Inbox, database: Database
) -> None:
    await say(asking, "1", "nhà em bị lũ cuốn mất rồi cứu với, sắp chết đói")
    danger = database.read_now(_only)
    assert (danger.state, danger.unshared) == ("queued", False)
    await inbox.receive(Incoming("sms", "may-2", "1", "text", SURE))
    assert not any(one.unshared for one in database.read_now(lambda tx: question_store.listed(tx, questions.select())))


async def test_choices_nobody_took_are_forgotten_whole(asking: Inbox, database: Database, clock: FixedClock) -> None:
    await say(asking, "1", "hộ nghèo thẻ bảo hiểm tiền điện")
    assert database.read_now(_only).state == "offered"
    clock.advance(timedelta(days=1, hours=1))
    assert database.write_now(promises.drop_forgotten_offers) == 1
    assert (database.read_now(_only).text, database.read_now(_only).state) == ("", "closed")


async def test_who_held_it_is_told_that_it_was_erased(inbox: Inbox, database: Database, clock: FixedClock) -> None:
    await inbox.receive(Incoming("sms", "may-1", "1", "text", "làm sao để đăng ký kết hôn với người xã bên"))
    question = database.read_now(_only)
    database.write_now(staff_store.add_member, "can-bo", Role.OFFICER, "0", "no hash", must_change=False)
    officer = database.read_now(staff_store.member_by_username, "can-bo")
    database.write_now(officer_queue.claim, officer, question.id)
    assert database.read_now(queue_store.erased_from, officer.id) == []
    database.write_now(erasing.erase, question.contact_ref)
    assert database.read_now(queue_store.erased_from, officer.id) == [question.reference]
    assert database.read_now(queue_store.erased_from, officer.id + 1) == []
    clock.advance(timedelta(days=8))
    assert database.read_now(queue_store.erased_from, officer.id) == []
