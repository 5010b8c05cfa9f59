"""What follows an erasure: the confirmation's address goes, each step may be repeated, silence ends."""

import asyncio
import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.conversation.message import Reply
from knowledge_base import erasing, live_faq
from knowledge_base.backup import make_backup
from knowledge_base.clock import Clock
from knowledge_base.erasure_list import read_list
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.publication import RevisionState
from knowledge_base.keys import Keys
from knowledge_base.live_faq import LiveFaq
from knowledge_base.matching.index import MatchIndex
from knowledge_base.officer_queue import open_all
from knowledge_base.questions.change import Opening
from knowledge_base.redaction.find import MASK
from knowledge_base.retention import CODE_HOURS, CONSENT_DAYS
from knowledge_base.rotation import Keep
from knowledge_base.settings import Settings
from knowledge_base.storage import (
    contact_store,
    conversation_store,
    copy_store,
    erasure_store,
    faq_store,
    outbox_store,
    sending_store,
)
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.outbox_store import OutboxState, Outgoing
from knowledge_base.storage.retention_store import Rules, find_due, sweep
from knowledge_base.storage.sending_store import Sender, Settlement
from knowledge_base.storage.tables import contacts, outbox, questions
from processes.erasures import Erasures, replay_list
from processes.retention import blank_all, part_all
from tests.bot.conftest import fill
from tests.conftest import NOON

ADDRESS = "may-cua-nguoi-thu"


def _known(tx: Transaction) -> str:
    ref = contact_store.ensure_contact(tx, "sms", ADDRESS)
    open_all(tx, [Opening("K7MP-42QX", ref, "sms", "0", "chuyện của người thử")])
    return ref


def _erased(tx: Transaction, ref: str) -> str:
    parting = erasing.erase(tx, ref, farewell=True)
    assert parting
    outbox_store.enqueue_all(tx, [Outgoing("bye", parting, "sms", Reply("Đã xoá.", "erased").as_json())])
    return parting


def _contacts(tx: Transaction) -> list[str]:
    return list(tx.execute(select(contacts.c.ref)).scalars())


def _state(tx: Transaction) -> str:
    return tx.execute(select(outbox.c.state)).scalar_one()


SENDER = Sender("s", "sms", quarantine=True)


@pytest.mark.parametrize("how", ["sent", "in_doubt", "failed", "held"])
def test_the_address_goes_however_the_confirmation_ends(both_databases: Database, how: str) -> None:
    write = both_databases.write_now
    parting = write(_erased, write(_known))
    ((message, to),) = write(sending_store.turn_over, SENDER, [], 4)
    assert (to.ref, to.address) == (parting, ADDRESS)
    state = OutboxState.RETRY_AT if how == "in_doubt" else OutboxState(how)
    ended = Settlement(message, state, in_doubt=how == "in_doubt")
    write(sending_store.turn_over, SENDER, [ended], 0)
    assert both_databases.read_now(_contacts) == [erasure_store.NOBODY]
    assert both_databases.read_now(_state) == ("sent" if how == "sent" else "cancelled")


async def test_a_confirmation_that_never_gets_through_keeps_the_address_for_a_day(
    both_databases: Database, clock: Clock
) -> None:
    both_databases.write_now(_erased, both_databases.write_now(_known))
    assert await part_all(both_databases, 24) == 0
    clock.advance(timedelta(days=1))  # type: ignore[attr-defined]
    assert await part_all(both_databases, 24) == 1
    assert both_databases.read_now(_contacts) == [erasure_store.NOBODY]
    assert both_databases.read_now(_state) == "cancelled"


async def test_who_is_silent_for_very_long_is_erased(both_databases: Database, clock: Clock) -> None:
    both_databases.write_now(_known)
    clock.advance(timedelta(days=31 * 24 + 1))  # type: ignore[attr-defined]
    assert await part_all(both_databases, 24) == 0  # somebody still owes him an answer
    both_databases.write_now(lambda tx: tx.execute(questions.update().values(state="closed")))
    assert await part_all(both_databases, 24) == 1
    assert ADDRESS not in str(both_databases.read_now(_contacts))
    assert both_databases.read_now(lambda tx: tx.execute(select(func.count(questions.c.id))).scalar_one()) == 1


async def test_each_step_may_be_repeated_and_a_copy_of_before_is_erased_at_its_start(
    database: Database, clock: Clock, keys: Keys, tmp_path: Path
) -> None:
    ref = database.write_now(_known)
    path = Path(str(database.engine.url.database))
    assert await database.scrub()  # all of it is in the file now
    shutil.copy(path, tmp_path / "before.sqlite3")
    database.write_now(_erased, ref)
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{path}")
    died = Erasures(database, settings, clock)
    await died.list_all()
    await died.list_all()
    again = Erasures(database, settings, clock)
    assert await again.finish() == 1
    assert await again.finish() == 0
    assert len(read_list(settings.erasures)) == 1
    with closing(open_database(f"sqlite:///{tmp_path / 'before.sqlite3'}", clock, keys)) as former:
        assert former.read_now(_contacts) == [ref]
        assert replay_list(former, settings.erasures) == 1
        assert replay_list(former, settings.erasures) == 0
        assert former.read_now(_contacts) == [erasure_store.NOBODY]
        assert len(former.read_now(erasure_store.unscrubbed)) == 1  # its worker overwrites the bytes
    database.write_now(_known_anew)
    assert replay_list(database, settings.erasures) == 0


def _known_anew(tx: Transaction) -> None:
    contact_store.ensure_contact(tx, "sms", ADDRESS)


# --- time ----------------------------------------------------------------------------------------


async def test_what_waits_for_consent_and_numbers_that_open_a_copy_end_in_time(
    both_databases: Database, clock: Clock
) -> None:
    write, read = both_databases.write_now, both_databases.read_now
    ref = write(_known)
    write(conversation_store.put_conversations, {ref: ("consenting", {"pending": {"acts": [{"text": "chuyện"}]}})})
    write(copy_store.put_code, ref, "123 456 789 012 345")
    rules = Rules(12)
    assert await blank_all(both_databases, rules) == 0
    clock.advance(timedelta(hours=CODE_HOURS))  # type: ignore[attr-defined]
    assert await blank_all(both_databases, rules) == 1
    assert write(copy_store.use_code, "123 456 789 012 345") is None
    assert read(conversation_store.conversations_of, [ref])
    clock.advance(timedelta(days=CONSENT_DAYS))  # type: ignore[attr-defined]
    assert read(find_due, rules).consents == [ref]
    assert await blank_all(both_databases, rules) >= 1  # on PostgreSQL keys of writes go as well
    assert not read(conversation_store.conversations_of, [ref])


def test_a_conversation_that_waits_for_nothing_stays(both_databases: Database, clock: Clock) -> None:
    ref = both_databases.write_now(_known)
    both_databases.write_now(conversation_store.put_conversations, {ref: ("erasing", {"commune": "Thử"})})
    clock.advance(timedelta(days=30))  # type: ignore[attr-defined]
    assert both_databases.write_now(sweep, 12) == 0
    assert both_databases.read_now(conversation_store.conversations_of, [ref])


def test_backups_older_than_their_days_go_whatever_is_to_be_kept(tmp_path: Path, database: Database) -> None:
    """A monthly one would stay for a year; it holds what residents have had erased since."""
    url = database.engine.url.render_as_string(hide_password=False)
    made = [NOON - timedelta(days=days) for days in (90, 36, 34, 0)]
    for at in made:
        oldest = at - timedelta(days=35)
        last = make_backup(url, tmp_path / "backups", tmp_path, "k" * 40, "mark", at, Keep(), oldest)
    left = sorted(one.name for one in (tmp_path / "backups").glob("*.backup"))
    assert left == sorted(f"store-{at:%Y%m%dT%H%M%SZ}.backup" for at in made[2:])
    assert last.path.name in left


# --- what was published --------------------------------------------------------------------------

HIS, OFFICE = "0912 345 678", "0203 888 999"


def _page(tx: Transaction, ref: str) -> None:
    """An answer to him that became a page, with his number in it and the office's."""
    tx.execute(questions.update().values(text=f"gọi em số {HIS.replace(' ', '.')} nhé"))
    number = tx.execute(select(questions.c.id).where(questions.c.contact_ref == ref)).scalar_one()
    entry = FaqEntry(
        key="Q1", kind="answer", status="approved", approved_by="bien-tap", topic="thu", question="Hỏi số nào?",
        short_answer=f"Gọi {OFFICE}, đừng gọi {HIS}.", details="", easy_read=f"Gọi {OFFICE}, không gọi {HIS}.",
    )  # fmt: skip
    faq_store.ensure_entry(tx, "Q1", f"gọi {HIS}", number)
    faq_store.add_revision(tx, entry, RevisionState.PUBLISHED, "can-bo", approved_by="bien-tap")
    faq_store.add_phrasing(tx, "Q1", f"hỏi {HIS}", number)


def test_in_a_published_text_his_data_are_masked_and_nobody_elses(both_databases: Database) -> None:
    ref = both_databases.write_now(_known)
    both_databases.write_now(_page, ref)
    before = both_databases.read_now(faq_store.publication_number)
    both_databases.write_now(erasing.erase, ref)
    live = both_databases.read_now(faq_store.published_of, "Q1")
    assert live
    assert live.entry.short_answer == f"Gọi {OFFICE}, đừng gọi {MASK}."
    assert live.entry.easy_read == f"Gọi {OFFICE}, không gọi {MASK}."
    assert live.entry.phrasings == ()
    assert both_databases.read_now(faq_store.publication_number) > before


# --- the index on the disk -----------------------------------------------------------------------


def _worded(tx: Transaction, ref: str) -> None:
    number = tx.execute(select(questions.c.id).where(questions.c.contact_ref == ref)).scalar_one()
    faq_store.add_phrasing(tx, "T25", "kanari hỏi thẻ bảo hiểm", number)
    faq_store.record_publication(tx, "bien-tap", "link", "T25")


def _stored(cache: Path) -> str:
    """The wordings of every index that a start could begin with."""
    found = [MatchIndex.from_bytes(path.read_bytes()) for path in cache.glob("index-*")]
    return str([entry for index in found for entry in index.corpus.entries])


async def test_no_index_with_his_wording_stays_on_the_disk(
    database: Database, clock: Clock, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    database.write_now(fill)
    shared, cache = tmp_path_factory.getbasetemp() / "index", tmp_path / "cache"
    await LiveFaq(database, clock, shared).refresh()  # built once for all tests
    shutil.copytree(shared, cache)
    faq = LiveFaq(database, clock, cache)
    await faq.refresh()
    ref = database.write_now(_known)
    database.write_now(_worded, ref)
    await faq.refresh()
    monkeypatch.setattr(live_faq, "_built_beside", lambda *_: faq.snapshot.index)
    assert await faq.learn()
    assert "kanari" in _stored(cache)

    database.write_now(_worded_again, ref)
    await faq.refresh()
    loop = asyncio.get_running_loop()
    quick = faq.snapshot.index

    def erased_meanwhile(*_: object) -> MatchIndex:
        database.write_now(erasing.erase, ref)
        asyncio.run_coroutine_threadsafe(faq.refresh(), loop).result()
        return quick

    monkeypatch.setattr(live_faq, "_built_beside", erased_meanwhile)
    assert await faq.learn()
    assert "kanari" not in _stored(cache)
    assert "kanari" not in str(faq.snapshot.revisions)


def _worded_again(tx: Transaction, ref: str) -> None:
    number = tx.execute(select(questions.c.id).where(questions.c.contact_ref == ref)).scalar_one()
    faq_store.add_phrasing(tx, "T49", "kanari hỏi tiền điện", number)
    faq_store.record_publication(tx, "bien-tap", "link", "T49")
