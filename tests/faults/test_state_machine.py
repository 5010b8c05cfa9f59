"""Hypothesis plays residents, platform, staff, clock and fate against the real parts over a real database.

The inbox, the delivery, the verbs and the store are the service's own; the platform, the clock and what may go wrong
between them are played. After every step the database is held against `model.py`.
"""

import asyncio
import contextlib
import itertools
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import create_engine, text

from bot.channels.protocol import DeliveryFailed, Health, Limits
from bot.conversation.message import Incoming, Reply
from bot.delivery import Delivery
from knowledge_base import editorial, officer_queue
from knowledge_base.errors import Conflict, Forbidden, Unavailable
from knowledge_base.keys import Keys
from knowledge_base.live_faq import LiveFaq
from knowledge_base.officer_queue import AnswerText
from knowledge_base.questions.lifecycle import Role
from knowledge_base.settings import Settings
from knowledge_base.storage import faq_store
from knowledge_base.storage.dialect import sqlalchemy_url
from knowledge_base.storage.opening import open_database
from tests.bot.conftest import fill
from tests.conftest import NOON, FixedClock, _open
from tests.faults.counts import PROFILE
from tests.faults.in_process import Faulty, UnmatchedInbox, add_staff
from tests.faults.model import Model, Outcome, Posted
from tests.faults.questions import KNOWN, strange
from tests.faults.record import reading

CHATS = 3
RETRY_AFTER = 7  # seconds, as the platform says
MOST_IN_FLIGHT = 4
STEPS = 30 if PROFILE.name == "short" else 40
ANSWER = AnswerText("answer", "Trả lời thử nghiệm.", "", "thu", (("188/2025/NĐ-CP", "Điều 1"),))


# --- what is played -------------------------------------------------------------------------------


@dataclass
class Call:
    """A message on its way to the platform."""

    message_id: int
    chat: int
    marked: bool
    ended: "asyncio.Future[None]"


class PlayedChannel:
    """A channel whose calls end when, and as, the machine says."""

    name, pulled, health, limits = "telegram", False, Health.UP, Limits(4096, 100)

    def __init__(self) -> None:
        self.calls: list[Call] = []

    async def send(self, address: str, reply: Reply) -> str:
        number, _, mark = reply.text.partition(":")
        call = Call(int(number), int(address), bool(mark), asyncio.get_running_loop().create_future())
        self.calls.append(call)
        await call.ended
        return number


class NumberedDelivery(Delivery):
    """Says which message it is instead of its words."""

    def _words(self, message: Any, _to: Any) -> Reply:
        return Reply(f"{message.id}:{'again' if message.body.get('repeat') else ''}", "notice")


FAILURES: dict[Outcome, DeliveryFailed] = {
    "too_many": DeliveryFailed("rate limited", permanent=False, retry_after=RETRY_AFTER),
    "blocked": DeliveryFailed("blocked by the resident", permanent=True),
    "lost_answer": DeliveryFailed("network", permanent=False, in_doubt=True),
    "lost_message": DeliveryFailed("network", permanent=False, in_doubt=True),
    "unreachable": DeliveryFailed("network", permanent=False),
}


@dataclass
class World:
    """What examples share: where fresh stores come from, and the folder of the index."""

    make_url: Callable[[], str]
    folder: Path
    keys: Keys = field(default_factory=lambda: Keys.from_secret("a secret for tests only, long enough"))


# --- the machine ----------------------------------------------------------------------------------


class Machine(RuleBasedStateMachine):
    """Rules are what may happen; `check` is what must be true whatever happened."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FixedClock(NOON)
        self.url = self.world.make_url()
        self.numbers = itertools.count()
        self.alive = False

    @initialize(quarantine=st.booleans())
    def begin(self, quarantine: bool) -> None:
        self.model = Model(quarantine)
        self.policy = "quarantine" if quarantine else "resend"
        self.start()
        self.officers = self.database.write_now(add_staff, Role.OFFICER, 2)
        self.editors = self.database.write_now(add_staff, Role.EDITOR, 2)

    def run(self, work: Any) -> Any:
        async def and_what_follows() -> Any:
            result = await work
            for _ in range(3):  # what has been woken may take its step
                await asyncio.sleep(0)
            return result

        return self.runner.run(and_what_follows())

    def start(self) -> None:
        """Open the store and put the parts together, as a process does."""
        chosen = Settings(data_dir=self.world.folder, send_in_doubt=self.policy)
        self.database = open_database(self.url, self.clock, self.world.keys)
        self.faulty: Any = Faulty(self.database)
        self.faq = LiveFaq(self.database, self.clock, self.world.folder / "index")
        self.run(self.faq.refresh())
        self.inbox = UnmatchedInbox(self.faulty, self.faq, chosen, self.clock)
        self.channel = PlayedChannel()
        self.delivery = NumberedDelivery(self.faulty, self.channel, self.faq, chosen, self.clock)  # type: ignore[arg-type]
        self.alive = True

    # --- residents and their platform

    @rule(chat=st.integers(1, CHATS), known=st.booleans())
    def write(self, chat: int, known: bool) -> None:
        """A resident writes; the platform holds it until it has been taken."""
        self.model.post(chat, KNOWN if known else strange(next(self.numbers)))

    @precondition(lambda self: self.model.posted)
    @rule(data=st.data(), fault=st.sampled_from(["", "", "", "nothing kept", "answer lost"]))
    def deliver(self, data: st.DataObject, fault: str) -> None:
        """Any update, in any order, for the first time or again; perhaps the write goes wrong."""
        update = data.draw(st.sampled_from(list(self.model.posted.values())))
        self.deliver_one(update, fault)

    def deliver_one(self, update: Posted, fault: str = "") -> None:
        self.model.tried.add(update.number)
        self.faulty.next_fault = fault
        message = Incoming("telegram", str(update.chat), f"1:{update.number}:0", "text", text=update.text)
        self.clock.advance(timedelta(seconds=3))  # nobody is too fast
        with contextlib.suppress(Unavailable):
            self.model.ack(update.number, self.run(self.inbox.receive(message)).inbox_id)
        self.faulty.next_fault = ""

    # --- sending

    @rule(fault=st.sampled_from(["", "", "", "", "nothing kept", "answer lost"]))
    def turn(self, fault: str) -> None:
        """The delivery settles what ended and takes what is free to go."""
        self.faulty.next_fault = fault
        self.run(self.delivery._turn_over(self.delivery._free()))
        self.faulty.next_fault = ""
        chats = [call.chat for call in self.channel.calls]
        assert len(chats) == len(set(chats)), "two messages on their way to one resident"
        assert len(chats) <= MOST_IN_FLIGHT

    @precondition(lambda self: self.channel.calls)
    @rule(data=st.data(), outcome=st.sampled_from(["ok", "ok", "ok", *FAILURES]))
    def end_call(self, data: st.DataObject, outcome: Outcome) -> None:
        """The platform answers, or doesn't."""
        call = data.draw(st.sampled_from(self.channel.calls))
        self.end_one(call, outcome)

    def end_one(self, call: Call, outcome: Outcome) -> None:
        self.channel.calls.remove(call)
        self.model.call(call.message_id, call.chat, marked=call.marked, outcome=outcome)
        failure = FAILURES.get(outcome)

        async def end() -> None:
            call.ended.set_exception(failure) if failure else call.ended.set_result(None)

        self.run(end())

    # --- fate

    @rule(arrived=st.lists(st.booleans(), min_size=MOST_IN_FLIGHT, max_size=MOST_IN_FLIGHT))
    def die_and_come_back(self, arrived: list[bool]) -> None:
        """The process is gone, with all it had in mind; of what was on its way some arrived."""
        for call, there in zip(self.channel.calls, arrived, strict=False):
            outcome: Outcome = "lost_answer" if there else "lost_message"
            self.model.call(call.message_id, call.chat, marked=call.marked, outcome=outcome)
        self.stop()
        self.let_leases_run_out()
        self.start()

    def stop(self) -> None:
        async def abandon() -> None:
            for task in self.delivery._sending:
                task.remove_done_callback(self.delivery._sent)
                task.cancel()
            await asyncio.gather(*self.delivery._sending, return_exceptions=True)

        self.run(abandon())
        self.inbox._matchers.shutdown()
        self.database.close()
        self.alive = False

    def let_leases_run_out(self) -> None:
        """On PostgreSQL a lease is the database's clock's, which can't be set here."""
        if self.url.startswith("postgresql"):
            engine = create_engine(sqlalchemy_url(self.url))
            with engine.begin() as connection:
                connection.execute(
                    text("UPDATE outbox SET lease_until = now() - interval '1 s' WHERE state = 'sending'")
                )
            engine.dispose()

    @rule(
        jump=st.sampled_from(
            [timedelta(seconds=RETRY_AFTER), timedelta(hours=3), timedelta(days=366), -timedelta(days=366)]
        )
    )
    def jump(self, jump: timedelta) -> None:
        """The clock is set."""
        self.clock.advance(jump)

    # --- staff

    @rule(who=st.integers(0, 1))
    def claim(self, who: int) -> None:
        """An officer takes the oldest question that waits; of another's he learns whose it is."""
        waiting = self.questions("state IN ('queued', 'assigned')")
        if waiting:
            with contextlib.suppress(Conflict):
                self.database.write_now(officer_queue.claim, self.officers[who], waiting[0])

    @rule(who=st.integers(0, 1))
    def answer(self, who: int) -> None:
        """An officer answers what he holds; what another holds he can't."""
        for question_id in self.questions("state = 'assigned'")[:1]:
            try:
                self.database.write_now(officer_queue.answer, self.officers[who], question_id, ANSWER)
            except Conflict:
                assert self.one(f"SELECT assigned_to FROM questions WHERE id = {question_id}") != self.officers[who].id  # noqa: S608
            else:
                assert question_id not in self.model.answered
                self.model.answered.add(question_id)

    @rule(who=st.integers(0, 1))
    def publish(self, who: int) -> None:
        """An editor publishes the oldest that waits for it; an officer never can."""
        for revision_id in self.ids("SELECT id FROM revisions WHERE state = 'in_review' ORDER BY id")[:1]:
            revision = self.database.read_now(faq_store.revision, revision_id)
            assert revision is not None
            with pytest.raises(Forbidden):
                self.database.write_now(editorial.approve_and_publish, self.officers[who], revision_id, revision.entry)
            self.database.write_now(editorial.approve_and_publish, self.editors[who], revision_id, revision.entry)
            self.model.published.add(revision_id)

    # --- looking

    def all_of(self, query: str) -> list[Any]:
        with reading(self.url) as connection:
            return list(connection.execute(text(query)))

    def ids(self, query: str) -> list[int]:
        return [row[0] for row in self.all_of(query)]

    def one(self, query: str) -> Any:
        return self.all_of(query)[0][0]

    def questions(self, condition: str) -> list[int]:
        return self.ids(f"SELECT id FROM questions WHERE {condition} ORDER BY id")  # noqa: S608

    @invariant()
    def check(self) -> None:
        if not self.alive:
            return
        with reading(self.url) as connection:
            found = {name: list(connection.execute(text(query))) for name, query in LOOKS.items()}
        kept = [(row.id, int(row.external_id.split(":")[1])) for row in found["inbox"]]
        self.model.check_inbox(kept)
        chats = {self.world.keys.contact_ref("telegram", str(chat)): chat for chat in range(1, CHATS + 1)}
        asked = Counter((chats[row.contact_ref], row.text) for row in found["questions"])
        self.model.check_questions(asked, {number for _row, number in kept})
        answers = Counter(row.question_id for row in found["answers"])
        told = Counter(row.question_id for row in found["outbox"] if row.idempotency_key.startswith("answer:"))
        self.model.check_answers(answers, told)
        self.model.check_order()
        self.model.check_outbox({row.id: (row.state, row.doubts) for row in found["outbox"]})
        self.check_public(found["public"])

    def check_public(self, public: list[Any]) -> None:
        """I6: what is public was approved by somebody else than its author, and nothing is that nobody published."""
        assert all(row.approved_by and row.approved_by != row.author for row in public)
        own = {row.id for row in public if row.entry_key.startswith("Q")}
        assert own == self.model.published

    def teardown(self) -> None:
        """In the end everything is delivered, and everything comes to rest."""
        if self.alive:
            self.come_to_rest()
            self.check()
            self.stop()
        self.runner.close()

    def come_to_rest(self) -> None:
        for update in self.model.posted.values():
            self.deliver_one(update)
        for _ in range(400):
            self.clock.advance(timedelta(minutes=16))  # longer than any back-off
            self.run(self.delivery._turn_over(self.delivery._free()))
            for call in list(self.channel.calls):
                self.end_one(call, "ok")
            if not self.one("SELECT count(*) FROM outbox WHERE state IN ('pending', 'retry_at', 'sending')"):
                break
        states = Counter(row.state for row in self.all_of("SELECT state FROM outbox"))
        assert set(states) <= {"sent", "failed", "in_doubt"}, f"never came to rest: {states}"
        played = [str(failure) for failure in FAILURES.values()]
        errors = {row.error for row in self.all_of("SELECT error FROM outbox WHERE error IS NOT NULL")}
        assert errors <= {*played, "its sender died"}, f"something else went wrong: {errors}"
        assert set(self.model.acked) == set(self.model.posted)


LOOKS = {
    "inbox": "SELECT id, external_id FROM inbox",
    "questions": "SELECT contact_ref, text FROM questions",
    "answers": "SELECT question_id FROM answers",
    "outbox": "SELECT id, idempotency_key, question_id, state, doubts FROM outbox",
    "public": "SELECT id, entry_key, author, approved_by FROM revisions WHERE state = 'published'",
}


# --- on both databases ----------------------------------------------------------------------------


@pytest.fixture
def sqlite_world(tmp_path: Path) -> World:
    template = tmp_path / "template.sqlite3"
    world = World(lambda: f"sqlite:///{_copied(template, tmp_path)}", tmp_path)
    database = _open(f"sqlite:///{template}", FixedClock(), world.keys)
    database.write_now(fill)
    database.close()
    return world


def _copied(template: Path, folder: Path) -> Path:
    for former in folder.glob("example*"):
        former.unlink()
    return Path(shutil.copy(template, folder / "example.sqlite3"))


@pytest.fixture
def postgresql_world(postgresql_url: str, tmp_path: Path) -> Iterator[World]:
    """Each example in a fresh copy of a filled database."""
    server, _, template = postgresql_url.rpartition("/")
    admin = create_engine(sqlalchemy_url(f"{server}/postgres"), isolation_level="AUTOCOMMIT")
    name = f"{template}_example"

    def make() -> str:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return f"{server}/{name}"

    world = World(make, tmp_path)
    database = _open(postgresql_url, FixedClock(), world.keys)
    database.write_now(fill)
    database.close()
    yield world
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whatever_happens(kind: str, request: pytest.FixtureRequest, figures: dict[str, Any]) -> None:
    class OverThisWorld(Machine):
        world = request.getfixturevalue(f"{kind}_world")

    effort = settings(
        max_examples=PROFILE.examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=PROFILE.name != "full",
        phases=[Phase.generate, Phase.shrink] if PROFILE.name == "full" else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(OverThisWorld, settings=effort)
    figures.update(examples=PROFILE.examples, steps_each=STEPS)
