"""Fifty residents, on all channels, with questions in every state, have their data erased: nothing of theirs is left.

Looked for in the raw bytes of database, WAL and dump, the full-text table, the live FAQ, the log, the files that are
handed out by command line and console; and again in a store that came back from a backup of the day before.
"""

import asyncio
import io
import logging
import subprocess
import zipfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, text

from admin.exporting import queue_file
from bot.channels import web_chat
from bot.conversation.message import Incoming
from bot.inbox import Inbox
from knowledge_base import desk, editorial, erasing, neighbours, officer_queue
from knowledge_base.backup import make_backup
from knowledge_base.cli_content import export_command
from knowledge_base.cli_io import Terminal
from knowledge_base.erasure_list import append_to_list, read_list
from knowledge_base.errors import Conflict
from knowledge_base.faq.entry import InForce
from knowledge_base.keys import Keys
from knowledge_base.live_faq import LiveFaq
from knowledge_base.officer_queue import AnswerText
from knowledge_base.questions.lifecycle import Role
from knowledge_base.questions.question import CloseReason
from knowledge_base.restore import Erasures as ToErase
from knowledge_base.restore import restore_backup
from knowledge_base.settings import Settings
from knowledge_base.storage import (
    conversation_store,
    erasure_store,
    outbox_store,
    question_store,
    queue_store,
    sending_store,
    sketch_store,
    staff_store,
)
from knowledge_base.storage import tables as t
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.queue_store import QueueFilter
from knowledge_base.storage.sending_store import Sender, Settlement
from processes.erasures import Erasures, replay_list
from tests.bot.conftest import fill
from tests.conftest import NOON, FixedClock

CHANNELS = ("web_chat", "telegram", "zalo_oa", "zalo_bot", "sms", "email")
KINDS = (
    "offered", "sure", "queued", "assigned", "waiting", "answered", "published", "closed", "urgent", "linked", "entry",
)  # fmt: skip
PEOPLE = 50


@dataclass
class Resident:
    """One of the fifty."""

    number: int

    @property
    def channel(self) -> str:
        return CHANNELS[self.number % len(CHANNELS)]

    @property
    def kind(self) -> str:
        return KINDS[self.number % len(KINDS)]

    @property
    def address(self) -> str:
        return f"dia-chi-{self.number:02}-8731-{self.channel}"

    @property
    def canary(self) -> str:
        return f"kanari{self.number:02}q"

    def asks(self) -> str:
        where = f"chuyện {self.canary} ở bản"
        return {
            "offered": f"{where} hộ nghèo thẻ bảo hiểm tiền điện",
            "sure": "tiền điện hộ nghèo nhận ở đâu",
            "urgent": f"nhà {self.canary} bị lũ cuốn mất rồi cứu với, sắp chết đói",
        }.get(self.kind, f"{where} làm sao để đăng ký kết hôn với người xã bên {self.number}")


class Village:
    """The store, and what happens in it before anybody wants to be forgotten."""

    def __init__(self, database: Database, clock: FixedClock, keys: Keys, folder: Path, index: Path) -> None:
        self.index = index
        self.database, self.clock, self.keys, self.folder = database, clock, keys, folder
        url = database.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
        self.settings = Settings(data_dir=folder, database_url=url)
        self.people = [Resident(number) for number in range(PEOPLE)]
        self.codes: dict[int, str] = {}

    async def live(self) -> None:
        self.database.write_now(fill)
        self.faq = LiveFaq(self.database, self.clock, self.index)
        await self.faq.refresh()
        self.inbox = Inbox(self.database, self.faq, self.settings, self.clock)
        for name, role in (("can-bo", Role.OFFICER), ("bien-tap", Role.EDITOR)):
            self.database.write_now(staff_store.add_member, name, role, "0", "no hash", must_change=False)
        self.officer = self.database.read_now(staff_store.member_by_username, "can-bo")
        self.editor = self.database.read_now(staff_store.member_by_username, "bien-tap")
        await asyncio.gather(*(self.live_one(one) for one in self.people))
        missing = self.database.read_now(sketch_store.unsketched, 500)
        self.database.write_now(sketch_store.put, neighbours.sketched(missing))

    async def say(self, one: Resident, words: str, key: str, **more: Any) -> Any:
        incoming = Incoming(one.channel, one.address, f"{one.address}:{key}", "text", words, **more)
        return await self.inbox.receive(incoming, patience=120.0)

    async def live_one(self, one: Resident) -> None:
        await self.say(one, one.asks(), "1")
        ref = self.keys.contact_ref(one.channel, one.address)
        question = self.database.read_now(_newest, ref)
        self.codes[one.number] = question.reference
        if question.state == "queued":
            await self.say(one, f"nhà em ở xã {one.canary}", "2")
            await self.say(one, f"thêm là {one.canary} có hai sào ruộng", "3")
        self.database.write_now(_quarantined, one)
        if one.kind in ("assigned", "waiting", "answered", "published", "closed", "linked"):
            self.staff(one, question.id)

    def staff(self, one: Resident, number: int) -> None:
        write, officer, words = self.database.write_now, self.officer, one.canary
        write(officer_queue.claim, officer, number)
        write(desk.add_note, officer, number, f"gọi hỏi {words}")
        write(desk.save_draft, officer, number, {"short_answer": f"nháp {words}"}, 0)
        if one.kind == "waiting":
            write(desk.ask_back, officer, number, f"{words} ở đâu?")
        if one.kind == "closed":
            write(officer_queue.close, officer, number, CloseReason.OUT_OF_SCOPE, f"không phải việc ở đây {words}")
        if one.kind in ("answered", "published", "linked"):
            answer = AnswerText("referral", f"Mời {words} lên ủy ban.", "", "thu", (), InForce())
            write(officer_queue.answer, officer, number, answer)
        if one.kind == "published":
            revision = self.database.read_now(editorial.faq_store.revision_from_question, number)
            public = _public(revision.entry, one.number)
            write(editorial.approve_and_publish, self.editor, revision.id, public)
        if one.kind == "linked":
            write(editorial.link, self.editor, number, "T25", f"cách {words} hỏi thẻ bảo hiểm")

    def counted(self) -> dict[str, Any]:
        return self.database.read_now(_statistics)

    async def forget(self, one: Resident) -> Any:
        await self.say(one, "xoa het di", "x1")
        return await self.say(one, "đồng ý", "x2")

    def deliver(self) -> list[tuple[str, str]]:
        """Everything that still has to go, over every channel; returns (address, words)."""
        told = []
        for channel in CHANNELS[1:]:
            sender, finished = Sender("s", channel, in_flight=999, rate_per_s=1000.0), []
            for _turn in range(60):
                claimed = self.database.write_now(sending_store.turn_over, sender, finished, 999)
                told += [(to.address, message.body.get("text", "")) for message, to in claimed]
                finished = [Settlement(message, outbox_store.OutboxState.SENT) for message, _to in claimed]
                self.clock.advance(timedelta(seconds=2))
                if not claimed:
                    break
        return told


def _public(entry: Any, number: int) -> Any:
    return replace(entry, question=f"Đăng ký kết hôn số {number} ở đâu?", short_answer="Ở ủy ban xã.", phrasings=())


def _newest(tx: Transaction, ref: str) -> Any:
    query = select(t.questions).where(t.questions.c.contact_ref == ref).order_by(t.questions.c.id.desc())
    return question_store.listed(tx, query.limit(1))[0]


def _quarantined(tx: Transaction, one: Resident) -> None:
    words = f'{{"from": "{one.address}", "text": "{one.canary}"}}'
    conversation_store.quarantine(tx, one.channel, f"bad:{one.number}", words)


def _statistics(tx: Transaction) -> dict[str, Any]:
    """What reports are made from."""
    q = t.questions.c

    def by(*columns: Any, where: Any = True) -> list[tuple[Any, ...]]:
        query = select(*columns, func.count()).where(where).group_by(*columns).order_by(*columns)
        return [tuple(row) for row in tx.execute(query)]

    done = q.state.in_(["answered_by_bot", "answered", "closed"]) & q.close_reason.is_distinct_from("erased")
    return {
        "questions": by(q.channel, q.unit_code, q.topic, q.urgent),
        "days": by(q.received_at),
        "answered": by(q.state, q.close_reason, where=done),
        "pages": by(q.disposition, q.disposition_entry, where=q.disposition.in_(["own_page", "linked"])),
        "entries": sorted(question_store.counts_by_entry(tx, NOON - timedelta(days=1)).items()),
        "answers": by(t.answers.c.author_id),
        "feedback": by(t.feedback.c.verdict),
    }


def _bytes(database: Database, folder: Path) -> bytes:
    """All that is on the disk, or would be in a dump."""
    if database.engine.dialect.name == "sqlite":
        path = Path(str(database.engine.url.database))
        held = [path.with_name(path.name + end) for end in ("", "-wal")]
        return b"".join(one.read_bytes() for one in held if one.exists())
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return subprocess.run(["pg_dump", "--format=plain", "--inserts", url], check=True, capture_output=True).stdout


def _exported(database: Database, folder: Path) -> bytes:
    """What the command line and the console hand out as files, unpacked."""
    held = b""
    for name in ("faq.yaml", "faq.csv", "faq.xlsx"):
        assert export_command(database, folder / name, None, Terminal.remote("")) == 0
        held += _unpacked((folder / name).read_bytes())
    every = QueueFilter("0/", tab="all")
    found = database.read_now(lambda tx: list(queue_store.everything(tx, every, NOON.date(), 999)))
    assert len(found) == PEOPLE
    visit: Any = SimpleNamespace(gettext=str, language="vi")
    for shape in ("csv", "xlsx"):
        held += _unpacked(queue_file(visit, found, {}, shape).body)
    return held


def _unpacked(data: Any) -> bytes:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return bytes(data)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return b"".join(packed.read(name) for name in packed.namelist())


def _left(raw: bytes, people: list[Resident], keys: Keys) -> set[str]:
    found = set()
    for one in people:
        for mark in (one.canary, one.address, keys.contact_ref(one.channel, one.address)):
            if mark.encode() in raw or mark.upper().encode() in raw:
                found.add(mark)
    return found


@pytest.fixture
def village(both_databases: Database, clock: FixedClock, keys: Keys, tmp_path: Path, tmp_path_factory) -> Village:
    return Village(both_databases, clock, keys, tmp_path / "data", tmp_path_factory.getbasetemp() / "index")


async def test_nothing_is_left_of_fifty_residents(village: Village, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    village.folder.mkdir()
    await village.live()
    database, people, keys = village.database, village.people, village.keys
    assert len(_left(_bytes(database, village.folder), people, keys)) >= 2 * PEOPLE  # the search finds what is there
    states = {one["state"] for one in _rows(database, "select state from questions")}
    assert states >= {"queued", "assigned", "waiting_for_resident", "answered", "closed", "answered_by_bot"}
    assert len(_left(_exported(database, village.folder), people, keys)) >= PEOPLE // 2
    before = village.counted()
    backup = _backup(village)
    village.clock.advance(timedelta(hours=20))
    said = await asyncio.gather(*(village.forget(one) for one in people))
    farewells = {one.number: goodbye for one, goodbye in zip(people, said, strict=True)}
    told = village.deliver()
    for one in people:
        goodbye = farewells[one.number].replies[0].text
        assert "23/11/2026" in goodbye or "24/11/2026" in goodbye
        assert village.codes[one.number] not in goodbye
        if one.channel != "web_chat":
            words = [text for address, text in told if address == one.address]
            assert goodbye in words[-1]
            assert not any(one.canary in text for text in words)
        else:
            accepted = farewells[one.number]
            database.write_now(web_chat._fetch_replies, accepted.contact_ref, accepted.inbox_id)
    await village.faq.refresh()
    finishing = Erasures(database, village.settings, village.clock)
    assert await finishing.finish() == PEOPLE

    assert _left(_bytes(database, village.folder), people, keys) == set()
    assert village.counted() == before
    _nothing_hidden(village)
    assert _left(_exported(database, village.folder), people, keys) == set()
    assert _left(caplog.text.encode(), people, keys) == set()
    assert len(read_list(village.settings.erasures)) == PEOPLE
    assert _left(village.settings.erasures.read_bytes(), people, keys) == set()
    await _repeated(village)
    await _yesterday(village, backup, before)


def _rows(database: Database, query: str) -> list[dict[str, Any]]:
    with database.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(text(query))]


def _nothing_hidden(village: Village) -> None:
    """What is sealed or packed can't be searched by its bytes."""
    database = village.database
    assert {one["ref"] for one in _rows(database, "select ref from contacts")} == {erasure_store.NOBODY}
    for table in ("conversations", "return_codes", "data_codes", "drafts", "question_sketches", "staff_links"):
        assert _rows(database, f"select * from {table}") == [], table  # noqa: S608 - names of ours
    assert not any("sealed" in str(one["body"]) for one in _rows(database, "select body from inbox"))
    phrasings = [entry.entry.phrasings for entry in village.faq.snapshot.revisions.values()]
    assert _left(str(phrasings).encode(), village.people, village.keys) == set()


async def _repeated(village: Village) -> None:
    """A platform sends old messages again: nothing comes back. Who writes anew is somebody new."""
    before = _rows(village.database, "select count(*) as n from inbox")
    for one in village.people[:6]:
        assert (await village.say(one, one.asks(), "1")).outcome == "duplicate"
    assert _rows(village.database, "select count(*) as n from inbox") == before
    assert {one["ref"] for one in _rows(village.database, "select ref from contacts")} == {erasure_store.NOBODY}
    code = village.codes[3]
    looked = await village.inbox.receive(Incoming("sms", "khach", "l1", "text", f"XEM {code}"))
    assert "xoá" in looked.replies[0].text
    number = village.database.read_now(question_store.question_by_reference, code)
    assert number
    with pytest.raises(Conflict, match="question_erased"):
        village.database.write_now(desk.add_note, village.officer, number.id, "gọi lại")


def _backup(village: Village) -> Path:
    url = village.settings.database
    made = make_backup(url, village.folder / "backups", village.folder, "k" * 40, "mark", village.clock.now())
    return made.path


async def _yesterday(village: Village, backup: Path, before: dict[str, Any]) -> None:
    """The store of the day before comes back; with the list nothing of theirs does."""
    listed = read_list(village.settings.erasures)
    sqlite = village.database.engine.dialect.name == "sqlite"
    url = f"sqlite:///{village.folder / 'back' / 'store.sqlite3'}"
    if not sqlite:
        url = village.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        village.database.close()
    erasures = ToErase(listed, village.keys)
    done = restore_backup(backup, url, "k" * 40, "mark", village.clock.now(), force=True, erasures=erasures)
    assert done.erased == PEOPLE
    with closing(open_database(url, village.clock, village.keys)) as back:
        assert _left(_bytes(back, village.folder), village.people, village.keys) == set()
        assert back.read_now(_statistics) == before
        assert back.read_now(erasing.missing, listed) == []
        assert replay_list(back, village.settings.erasures) == 0


def test_a_list_that_was_cut_off_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "erasures.jsonl"
    ours = [erasing.Erasure(f"{number:032}", NOON, "c" * 64, ("q" * 64,)) for number in range(3)]
    append_to_list(path, ours[:2])
    with path.open("a") as file:
        file.write(ours[2].as_line()[:50])  # the machine died here
    assert read_list(path) == ours[:2]
    append_to_list(path, ours[2:])
    assert read_list(path) == ours
