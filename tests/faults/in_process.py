"""The parts of the service in this process, over either database: no server, no matching but where it is wanted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.inbox import Inbox
from knowledge_base import officer_queue
from knowledge_base.errors import Unavailable
from knowledge_base.live_faq import LiveFaq
from knowledge_base.matching.decide import Decision, Match
from knowledge_base.questions.change import Opening, queueing
from knowledge_base.questions.deadline import Calendar
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.reference import new_reference
from knowledge_base.settings import Settings
from knowledge_base.storage import contact_store, staff_store
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.staff_store import StaffMember
from tests.bot.conftest import fill
from tests.conftest import FixedClock
from tests.faults.questions import KNOWN
from tests.faults.record import rows

WORKING_DAYS = 5


class UnmatchedInbox(Inbox):
    """The inbox with a matcher that knows one question: storing is tested here, and matching takes far longer."""

    def _match(self, text: str) -> Any:
        return super()._match(text) if text == KNOWN else (Match(text, Decision.UNKNOWN, (), "unmatched"), [], None)


async def open_inbox(database: Database, clock: FixedClock, folder: Path, *, furnish: bool = True) -> Inbox:
    """An inbox over a small live FAQ; `folder` keeps its index for the next."""
    if furnish:
        database.write_now(fill)
    faq = LiveFaq(database, clock, folder / "index")
    await faq.refresh()
    return UnmatchedInbox(database, faq, Settings(data_dir=folder), clock)


class Faulty:
    """A database whose next write goes wrong: nothing is kept, or all is kept and the answer is lost."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.next_fault = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def write(self, verb: Callable[..., Any], *args: Any, **named: Any) -> Any:
        fault, self.next_fault = self.next_fault, ""

        def nothing_kept(tx: Transaction) -> None:
            verb(tx, *args, **named)
            raise Unavailable("database")

        if fault == "nothing kept":
            return await self._database.write(nothing_kept)
        result = await self._database.write(verb, *args, **named)
        if fault == "answer lost":
            raise Unavailable("database")
        return result


def url_of(database: Database) -> str:
    """Where to read what the database holds."""
    return database.engine.url.render_as_string(hide_password=False)


def one(database: Database, query: str) -> Any:
    """The one value that a query finds."""
    return rows(url_of(database), query)[0][0]


def add_staff(tx: Transaction, role: Role, count: int) -> list[StaffMember]:
    """So many people of a role."""
    for number in range(count):
        staff_store.add_member(tx, f"{role}-{number}", role, "0", "no password", must_change=False)
    return [member for member in staff_store.members(tx) if member.role == role]


def open_question(tx: Transaction, chat: int, text: str) -> None:
    """A question in the officers' queue."""
    (ref,) = contact_store.ensure_contacts(tx, [("telegram", str(chat))])
    opening = Opening(new_reference(), ref, "telegram", officer_queue.FIRST_UNIT, text)
    opening.take(queueing(tx.now, WORKING_DAYS, Calendar(), "unmatched", urgent=False))
    officer_queue.open_all(tx, [opening])
