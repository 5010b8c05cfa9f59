"""Many at once for one thing: each update is kept once, each question has one owner, each message one sender."""

import asyncio
import random
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from bot.conversation.message import Incoming
from bot.inbox import Inbox
from knowledge_base import officer_queue
from knowledge_base.errors import Conflict
from knowledge_base.keys import Keys
from knowledge_base.questions.lifecycle import Role
from knowledge_base.storage import contact_store, outbox_store, sending_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.outbox_store import OutboxState, Outgoing
from knowledge_base.storage.sending_store import Sender, Settlement
from knowledge_base.storage.staff_store import StaffMember
from tests.conftest import FixedClock, _open
from tests.faults.counts import PROFILE
from tests.faults.in_process import add_staff, one, open_inbox, open_question, url_of
from tests.faults.questions import strange
from tests.faults.record import rows

OFFICERS = 64
WORKERS = 8
CONNECTIONS = 64
EACH = 3  # messages of one resident: as many as may go to him in one breath


# --- the inbox ------------------------------------------------------------------------------------


@pytest.mark.timeout(3600)
async def test_deliveries_of_the_same_updates(
    both_databases: Database, clock: FixedClock, tmp_path_factory: pytest.TempPathFactory, figures: dict[str, Any]
) -> None:
    inbox = await open_inbox(both_databases, clock, tmp_path_factory.getbasetemp())
    chance = random.Random(1)
    updates = [*range(PROFILE.updates), *chance.choices(range(PROFILE.updates), k=PROFILE.deliveries - PROFILE.updates)]
    chance.shuffle(updates)
    waiting = iter(updates)
    told: dict[int, set[int]] = {}

    async def connection() -> None:
        for number in waiting:
            message = Incoming("telegram", str(number // EACH), f"1:{number}:0", "text", text=strange(number))
            clock.advance(timedelta(seconds=0.1))  # nobody is too fast
            accepted = await inbox.receive(message, patience=120)
            told.setdefault(number, set()).add(accepted.inbox_id)

    began = time.monotonic()
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    figures.update(deliveries=len(updates), per_s=round(len(updates) / (time.monotonic() - began)))
    assert one(both_databases, "SELECT count(*) FROM inbox") == PROFILE.updates
    assert one(both_databases, "SELECT count(*) FROM questions") == PROFILE.updates
    assert all(len(ids) == 1 for ids in told.values())  # everybody was told of the same row
    assert one(both_databases, "SELECT count(*) FROM inbox WHERE state <> 'accepted'") == 0
    figures["rows"] = PROFILE.updates


async def test_one_resident_through_two_processes(
    postgresql_url: str, clock: FixedClock, keys: Keys, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same words twice at once, each time to another process: the second sees what the first has begun."""
    ours, theirs = _open(postgresql_url, clock, keys), open_database(postgresql_url, clock, keys)
    folder = tmp_path_factory.getbasetemp()
    inbox = await open_inbox(ours, clock, folder)
    other = await open_inbox(theirs, clock, folder, furnish=False)
    residents = 20

    async def write(into: Inbox, resident: int, number: int, text: str) -> None:
        await into.receive(Incoming("telegram", str(resident), f"1:{resident}-{number}:0", "text", text=text), 120)

    for resident in range(residents):
        first, same = strange(2 * resident), strange(2 * resident + 1)
        await asyncio.gather(write(inbox, resident, 0, first), write(other, resident, 1, first))
        await asyncio.gather(write(inbox, resident, 2, same), write(other, resident, 3, same))
    notices = "SELECT count(*) FROM outbox WHERE idempotency_key LIKE :second GROUP BY contact_ref"
    greeted = [row[0] for row in rows(postgresql_url, notices, second="reply:%:1")]
    assert greeted == [1] * residents  # nobody is met as a stranger twice
    assert one(ours, "SELECT count(*) FROM questions") == 2 * residents
    assert one(ours, "SELECT count(*) FROM inbox") == 4 * residents
    for database in (ours, theirs):
        database.close()


# --- the officers' queue --------------------------------------------------------------------------


def _queued(tx: Transaction, count: int) -> None:
    for number in range(count):
        open_question(tx, number, strange(number))


@pytest.mark.timeout(3600)
async def test_officers_reach_for_one_question(both_databases: Database, figures: dict[str, Any]) -> None:
    officers = both_databases.write_now(add_staff, Role.OFFICER, OFFICERS)
    both_databases.write_now(_queued, PROFILE.claims)
    questions = [row.id for row in rows(url_of(both_databases), "SELECT id FROM questions ORDER BY id")]

    async def reach(member: StaffMember, question_id: int) -> int | None:
        try:
            await both_databases.write(officer_queue.claim, member, question_id)
        except Conflict as refused:
            losers_were_told.add(refused.data["by"])
            return None
        return member.id

    for question_id in questions:
        losers_were_told: set[int | None] = set()
        reached = await asyncio.gather(*(reach(member, question_id) for member in officers))
        (winner,) = [member_id for member_id in reached if member_id is not None]
        assert one(both_databases, f"SELECT assigned_to FROM questions WHERE id = {question_id}") == winner  # noqa: S608
        assert losers_were_told == {winner}
    claims = "SELECT count(*) FROM events WHERE action = 'claim'"
    assert one(both_databases, claims) == len(questions)
    figures.update(rounds=len(questions), officers=len(officers), winners=len(questions))


# --- the outbox -----------------------------------------------------------------------------------


def _some_waiting(tx: Transaction, first: int, count: int) -> None:
    numbers = range(first, first + count)
    refs = contact_store.ensure_contacts(tx, [("telegram", str(number // EACH)) for number in numbers])
    messages = [
        Outgoing(f"race:{number}", ref, "telegram", {"text": str(number)})
        for number, ref in zip(numbers, refs, strict=True)
    ]
    outbox_store.enqueue_all(tx, messages)


@pytest.mark.timeout(3600)
async def test_workers_claim_from_one_outbox(both_databases: Database, figures: dict[str, Any]) -> None:
    for first in range(0, PROFILE.outbox_messages, 1_000):
        both_databases.write_now(_some_waiting, first, min(1_000, PROFILE.outbox_messages - first))
    workers = 1 if both_databases.engine.dialect.name == "sqlite" else WORKERS  # a SQLite file has one sender
    claimed: Counter[int] = Counter()
    in_order: dict[str, list[int]] = {}
    most_at_once = 0
    under_way: Counter[str] = Counter()

    async def worker(number: int) -> None:
        nonlocal most_at_once
        sender = Sender(f"worker-{number}", "telegram", in_flight=4 * WORKERS, rate_per_s=1e9)
        finished: list[Settlement] = []
        while True:
            taken = await both_databases.write(sending_store.turn_over, sender, finished, 4)
            under_way.subtract(ended.message.contact_ref for ended in finished)
            if not taken and sum(claimed.values()) >= PROFILE.outbox_messages:
                return
            for message, _to in taken:
                claimed[message.id] += 1
                under_way[message.contact_ref] += 1
                in_order.setdefault(message.contact_ref, []).append(message.id)
            most_at_once = max(most_at_once, *under_way.values(), 0)
            await asyncio.sleep(0 if taken else 0.01)  # the others may have the rest
            finished = [Settlement(message, OutboxState.SENT, platform_message_id="1") for message, _to in taken]

    began = time.monotonic()
    await asyncio.gather(*(worker(number) for number in range(workers)))
    figures.update(messages=len(claimed), workers=workers, per_s=round(len(claimed) / (time.monotonic() - began)))
    assert len(claimed) == PROFILE.outbox_messages
    assert set(claimed.values()) == {1}  # none twice
    assert most_at_once == 1  # of one resident
    assert all(ids == sorted(ids) for ids in in_order.values())
    assert one(both_databases, "SELECT count(*) FROM outbox WHERE state <> 'sent'") == 0
