"""What follows an erasure: the confirmation's address goes, each step may be repeated, silence ends."""

import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.conversation.message import Reply
from knowledge_base import erasing
from knowledge_base.clock import Clock
from knowledge_base.erasure_list import read_list
from knowledge_base.keys import Keys
from knowledge_base.officer_queue import open_all
from knowledge_base.questions.change import Opening
from knowledge_base.settings import Settings
from knowledge_base.storage import contact_store, erasure_store, outbox_store, sending_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.outbox_store import OutboxState, Outgoing
from knowledge_base.storage.sending_store import Sender, Settlement
from knowledge_base.storage.tables import contacts, outbox, questions
from processes.erasures import Erasures, replay_list
from processes.retention import part_all

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
