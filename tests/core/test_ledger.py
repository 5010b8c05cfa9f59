"""Whatever happens in whatever order: every question has one disposition, and the ledger's parts sum to its total."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from knowledge_base import editorial, officer_queue, promises
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.ledger import ledger
from knowledge_base.questions.change import RESIDENT
from knowledge_base.questions.question import OPEN_STATES, CloseReason, Disposition, QuestionState
from knowledge_base.storage import faq_store, question_store, staff_store
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.tables import metadata

NAMES = st.sampled_from(["officer", "officer2", "editor", "editor2", "administrator"])
EDITORS = st.sampled_from(["editor", "editor2"])
REASONS = st.sampled_from(list(CloseReason))
WHICH = st.integers(0, 4)


def test_the_parts_always_sum_to_the_total(house_maker: Any, clock: Any, keys: Any) -> None:  # noqa: C901 - rules
    class Life(RuleBasedStateMachine):
        """Anybody tries anything; what is refused must change nothing."""

        def __init__(self) -> None:
            super().__init__()
            self.folder = Path(tempfile.mkdtemp(prefix="ledger-"))
            self.database = open_database(f"sqlite:///{self.folder / 'store.sqlite3'}", clock, keys)
            metadata.create_all(self.database.engine)
            self.database.write_now(staff_store.ensure_unit, "0", "Đơn vị thử nghiệm")
            self.house = house_maker(self.database)
            self.ids: list[int] = []

        def teardown(self) -> None:
            self.database.close()
            shutil.rmtree(self.folder, ignore_errors=True)

        def attempt(self, verb: Any, *inputs: Any, **named: Any) -> None:
            before = self.house.see(ledger)
            try:
                self.house.do(verb, *inputs, **named)
            except KnowledgeBaseError:
                assert self.house.see(ledger) == before

        def on_question(self, which: int, act: Any) -> None:
            question_id = self.ids[which % len(self.ids)]
            self.attempt(lambda tx: act(tx, question_store.question(tx, question_id)))

        @precondition(lambda self: len(self.ids) < 5)
        @rule(how=st.sampled_from(["bot", "offer", "queue", "queue"]))
        def ask(self, how: str) -> None:
            question = self.house.asked(f"câu {len(self.ids)}?", f"r{len(self.ids)}")
            self.ids.append(question.id)
            live = self.house.see(faq_store.published_of, "E1")
            if how == "bot" and live:
                self.attempt(officer_queue.answer_by_bot, question, "E1", live.id)
            elif how == "offer":
                self.attempt(officer_queue.offer, question, ["E1", "E2"])
            else:
                self.attempt(officer_queue.queue, question, RESIDENT, 5, "unknown")

        @precondition(lambda self: self.ids)
        @rule(which=WHICH, name=NAMES, back=st.booleans())
        def work(self, which: int, name: str, back: bool) -> None:
            question_id, who = self.ids[which % len(self.ids)], self.house.who(name)
            self.attempt(officer_queue.claim, who, question_id)
            if back:
                self.attempt(officer_queue.release, who, question_id)
            else:
                self.attempt(officer_queue.answer, who, question_id, self.house.words())

        @precondition(lambda self: self.ids)
        @rule(which=WHICH, name=NAMES, key=st.sampled_from(["E1", "E2"]))
        def answer_with_entry(self, which: int, name: str, key: str) -> None:
            question_id, who = self.ids[which % len(self.ids)], self.house.who(name)
            self.attempt(officer_queue.claim, who, question_id)
            self.attempt(officer_queue.answer_with_entry, who, question_id, key)

        @precondition(lambda self: self.ids)
        @rule(which=WHICH, name=NAMES, reason=REASONS)
        def close(self, which: int, name: str, reason: CloseReason) -> None:
            question_id, who = self.ids[which % len(self.ids)], self.house.who(name)
            self.attempt(officer_queue.claim, who, question_id)
            self.attempt(officer_queue.close, who, question_id, reason, "")

        @precondition(lambda self: self.ids)
        @rule(which=WHICH, reason=REASONS, again=st.booleans())
        def resident(self, which: int, reason: CloseReason, again: bool) -> None:
            if again:
                self.on_question(which, lambda tx, seen: officer_queue.reopen(tx, seen, RESIDENT, 5, "resident"))
            else:
                self.on_question(which, lambda tx, seen: officer_queue.close_by_resident(tx, seen, reason))

        @precondition(lambda self: self.ids)
        @rule(which=WHICH, name=EDITORS)
        def publish(self, which: int, name: str) -> None:
            revision = self.house.review(self.ids[which % len(self.ids)])
            if revision:
                self.attempt(editorial.approve_and_publish, self.house.who(name), revision.id, revision.entry)

        @precondition(lambda self: self.ids)
        @rule(which=WHICH, name=EDITORS, reason=REASONS, linked=st.booleans())
        def decide(self, which: int, name: str, reason: CloseReason, linked: bool) -> None:
            question_id, who = self.ids[which % len(self.ids)], self.house.who(name)
            if linked:
                self.attempt(editorial.link, who, question_id, "E2", f"cách hỏi {which}")
            else:
                self.attempt(editorial.exclude, who, question_id, reason)

        @rule(name=EDITORS, number=st.integers(0, 9))
        def withdraw(self, name: str, number: int) -> None:
            live = self.house.see(faq_store.published)
            if live:
                self.attempt(editorial.withdraw, self.house.who(name), live[number % len(live)].key, "thử")

        @rule(hours=st.integers(1, 400))
        def time_goes_by(self, hours: int) -> None:
            clock.advance(timedelta(hours=hours))
            self.attempt(promises.queue_forgotten_offers, 5)
            self.attempt(promises.renew_missed_promises, 5)

        @invariant()
        def the_parts_sum_to_the_total(self) -> None:
            counted = self.house.see(ledger)
            parts = counted["own_page"] + counted["linked"] + counted["pending"] + sum(counted["excluded"].values())
            assert counted["total"] == len(self.ids) == parts

        @invariant()
        def what_the_ledger_says_is_true(self) -> None:
            live = {revision.key for revision in self.house.see(faq_store.published)}
            for question in map(self.house.question, self.ids):
                page = self.house.see(faq_store.live_page_of, question.id)
                if question.disposition in (Disposition.OWN_PAGE, Disposition.LINKED):
                    assert question.disposition_entry in live
                    assert question.disposition_reason is None
                else:
                    assert question.disposition_entry is None
                if question.disposition == Disposition.EXCLUDED:
                    assert question.disposition_reason
                    assert page is None
                assert (question.disposition == Disposition.OWN_PAGE) <= (page is not None)
                assert (question.state in OPEN_STATES) <= (question.due_on is not None)
                assert (question.state == QuestionState.ASSIGNED) <= (question.assigned_to is not None)

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_an_empty_ledger(small_house: Any) -> None:
    assert small_house.see(ledger) == {"total": 0, "own_page": 0, "linked": 0, "excluded": {}, "pending": 0}


@pytest.mark.parametrize("reason", list(CloseReason))
def test_an_editors_reason_is_counted_by_its_name(small_house: Any, reason: CloseReason) -> None:
    question_id = small_house.queued()
    small_house.do(editorial.exclude, small_house.who("editor"), question_id, reason)
    assert small_house.see(ledger)["excluded"] == {str(reason): 1}
