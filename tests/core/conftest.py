"""A small house for the verbs: five accounts, a register, two live entries, and a resident who asks."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from knowledge_base import officer_queue
from knowledge_base.faq.entry import FaqEntry, InForce, LegalBasis
from knowledge_base.faq.legal_document import LegalDocument, Topic
from knowledge_base.faq.publication import RevisionState
from knowledge_base.keys import Keys
from knowledge_base.officer_queue import AnswerText
from knowledge_base.questions.change import RESIDENT, Opening
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import Question
from knowledge_base.questions.reference import new_reference
from knowledge_base.storage import contact_store, event_store, faq_store, outbox_store, question_store, staff_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.dialect import sqlalchemy_url
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import migrate
from knowledge_base.storage.tables import units
from tests.conftest import FixedClock

ACCOUNTS = {
    "officer": Role.OFFICER,
    "officer2": Role.OFFICER,
    "editor": Role.EDITOR,
    "editor2": Role.EDITOR,
    "administrator": Role.ADMINISTRATOR,
    "auditor": Role.AUDITOR,
    "collaborator": Role.COLLABORATOR,
}
# A province and two communes, each with an officer named after it.
UNITS = {
    "77": ("Tỉnh Thử", "0", "0/77/"),
    "7701": ("Xã Một", "77", "0/77/7701/"),
    "7702": ("Xã Hai", "77", "0/77/7702/"),
}
KEYS = Keys.from_secret("a secret for tests only, long enough")
LAW = "01/2026/TT-THU"
OLD_LAW = "02/2020/TT-THU"


def an_entry(key: str = "E1", **changes: Any) -> FaqEntry:
    values: dict[str, Any] = {
        "key": key,
        "kind": "answer",
        "status": "approved",
        "approved_by": "project",
        "topic": "thu-tuc",
        "question": f"Câu hỏi {key}?",
        "short_answer": f"Trả lời ngắn {key}.",
        "details": "Chi tiết.",
        "phrasings": (f"hỏi về {key}",),
        "legal_basis": (LegalBasis(LAW, "Điều 1"),),
        **changes,
    }
    return FaqEntry(**values)


def _furnish(tx: Transaction) -> None:
    for name, role in ACCOUNTS.items():
        staff_store.add_member(tx, name, role, "0", "no hash", must_change=False)
    for code, (unit, parent, path) in UNITS.items():
        kind = "province" if parent == "0" else "commune"
        tx.execute(units.insert().values(code=code, name=unit, kind=kind, parent_code=parent, path=path))
        staff_store.add_member(tx, f"officer{code}", Role.OFFICER, code, "no hash", must_change=False)
    faq_store.put_topic(tx, 0, Topic("thu-tuc", "Thủ tục", "Procedures", ""))
    faq_store.put_document(tx, LegalDocument(LAW, in_force=InForce(date(2026, 1, 1))))
    faq_store.put_document(tx, LegalDocument(OLD_LAW, in_force=InForce(date(2020, 1, 1), date(2025, 12, 31))))
    for key in ("E1", "E2"):
        entry = an_entry(key)
        faq_store.ensure_entry(tx, key, entry.question)
        faq_store.add_revision(tx, entry, RevisionState.PUBLISHED, "import", approved_by="project")
        faq_store.replace_phrasings(tx, key, entry.phrasings, keep_questions=False)


def _ask(tx: Transaction, text: str, resident: str, channel: str, urgent: bool, unit: str) -> Question:
    ref = contact_store.ensure_contact(tx, channel, resident)
    return officer_queue.ask(tx, Opening(new_reference(), ref, channel, unit, text, urgent=urgent))


def _queue(tx: Transaction, question: Question) -> None:
    officer_queue.queue(tx, question, RESIDENT, 5, "unknown")


@dataclass
class House:
    """What tests do again and again, in one transaction each."""

    database: Database
    clock: Any

    def do(self, verb: Any, *args: Any, **kwargs: Any) -> Any:
        return self.database.write_now(verb, *args, **kwargs)

    def see(self, verb: Any, *args: Any, **kwargs: Any) -> Any:
        return self.database.read_now(verb, *args, **kwargs)

    def who(self, name: str) -> staff_store.StaffMember:
        return self.see(staff_store.member_by_username, name)

    def asked(
        self,
        text: str = "Tôi hỏi một điều lạ?",
        resident: str = "r1",
        channel: str = "telegram",
        urgent: bool = False,
        unit: str = "0",
    ) -> Question:
        return self.do(_ask, text, resident, channel, urgent, unit)

    def queued(self, text: str = "Tôi hỏi một điều lạ?", resident: str = "r1", **where: Any) -> int:
        question = self.asked(text, resident, **where)
        self.do(_queue, question)
        return question.id

    def assigned(
        self, text: str = "Tôi hỏi một điều lạ?", officer: str = "officer", resident: str = "r1", **where: Any
    ) -> int:
        question_id = self.queued(text, resident, **where)
        self.do(officer_queue.claim, self.who(officer), question_id)
        return question_id

    def answered(self, text: str = "Tôi hỏi một điều lạ?", officer: str = "officer", resident: str = "r1") -> int:
        question_id = self.assigned(text, officer, resident)
        self.do(officer_queue.answer, self.who(officer), question_id, self.words())
        return question_id

    def words(self, **changes: Any) -> AnswerText:
        values: dict[str, Any] = {
            "kind": "answer",
            "short_answer": "Câu trả lời của cán bộ thử nghiệm.",
            "details": "",
            "topic": "thu-tuc",
            "legal_basis": ((LAW, "Điều 2"),),
            **changes,
        }
        return AnswerText(**values)

    def question(self, question_id: int) -> Question:
        return self.see(question_store.question, question_id)

    def events(self, question_id: int) -> list[str]:
        return [event.action for event in reversed(self.see(event_store.events_of, question_id=question_id))]

    def told(self, question_id: int) -> list[dict[str, Any]]:
        return [message.body for message in self.see(outbox_store.messages_of_question, question_id)]

    def review(self, question_id: int) -> Any:
        return self.see(faq_store.revision_from_question, question_id)


@pytest.fixture
def house_maker(clock: Any) -> Callable[[Database], House]:
    """For tests that bring a store of their own."""

    def make(database: Database) -> House:
        database.write_now(_furnish)
        return House(database, clock)

    return make


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated and furnished file, to be copied: migrating for every test would take most of the time."""
    path = tmp_path_factory.mktemp("prepared") / "store.sqlite3"
    _prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def prepared_postgresql(postgresql_server: str) -> str:
    """The same as a PostgreSQL template's name."""
    _administer(postgresql_server, "CREATE DATABASE prepared_house")
    _prepare(f"{postgresql_server}/prepared_house")
    return "prepared_house"


def _prepare(url: str) -> None:
    database = open_database(url, FixedClock(), KEYS)
    migrate(database.engine)
    database.write_now(staff_store.ensure_unit, "0", "Đơn vị thử nghiệm")
    database.write_now(_furnish)
    database.close()


def _administer(server: str, statement: str) -> None:
    engine = create_engine(sqlalchemy_url(f"{server}/postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def small_house(prepared_sqlite: Path, tmp_path: Path, clock: Any) -> Iterator[House]:
    """A house on SQLite, for tests that don't touch what differs."""
    path = tmp_path / "house.sqlite3"
    shutil.copy(prepared_sqlite, path)
    database = open_database(f"sqlite:///{path}", clock, KEYS)
    yield House(database, clock)
    database.close()


@pytest.fixture
def postgresql_house(postgresql_server: str, prepared_postgresql: str, clock: Any) -> Iterator[House]:
    """A house on PostgreSQL."""
    name = f"house_{os.urandom(6).hex()}"
    _administer(postgresql_server, f"CREATE DATABASE {name} TEMPLATE {prepared_postgresql}")
    database = open_database(f"{postgresql_server}/{name}", clock, KEYS)
    yield House(database, clock)
    database.close()
    _administer(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["small_house", "postgresql_house"], ids=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest) -> House:
    """The same house, once on SQLite and once on PostgreSQL."""
    found: House = request.getfixturevalue(request.param)
    return found
