"""Backups: beside a writer, proven, sealed, whole or not at all; and back again."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from knowledge_base import backup as backups
from knowledge_base.backup import Made, backups_in, make_backup
from knowledge_base.errors import Conflict, InvalidInput, KnowledgeBaseError, NotFound, Unavailable
from knowledge_base.keys import Keys
from knowledge_base.restore import Restored, restore_backup
from knowledge_base.rotation import DEFAULT, Keep
from knowledge_base.storage import contact_store, outbox_store, postgresql_dump
from knowledge_base.storage.database import Database, Transaction
from knowledge_base.storage.lock import hold_store
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import migrate, schema_state
from knowledge_base.storage.staff_store import units_with_staff
from knowledge_base.storage.tables import contacts, outbox
from tests.conftest import FixedClock, fresh_database

KEYS = Keys.from_secret("a secret for tests only, long enough")
KEY = "a key for the tests of backups, long enough"
_KILLED = """
import os, sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("PRAGMA journal_mode=WAL"); c.execute("CREATE TABLE t (x)"); c.execute("INSERT INTO t VALUES (1)")
os.kill(os.getpid(), 9)
"""
CANARY = "lời nhắn chỉ có một lần"


def speak(tx: Transaction, number: int) -> None:
    ref = contact_store.ensure_contact(tx, "telegram", f"resident {number}")
    to = contact_store.contact(tx, ref)
    assert to
    outbox_store.enqueue(tx, f"key {number}", to, {"text": f"{CANARY}\n\\.\n{number}"})


def bodies(tx: Transaction) -> list[Any]:
    return list(tx.execute(select(outbox.c.body).order_by(outbox.c.id)).scalars())


@dataclass
class Shop:
    """A store with words in it, and where its backups go."""

    url: str
    target: str
    database: Database
    folder: Path
    clock: FixedClock

    def back_up(self, secret: str = KEY, mark: str = "mark", keep: Keep = DEFAULT) -> Made:
        self.clock.advance(timedelta(hours=1))
        return make_backup(self.url, self.folder / "backups", self.folder, secret, mark, self.clock.now(), keep)

    def bring_back(
        self, made: Made, target: str = "", secret: str = KEY, mark: str | None = None, **how: Any
    ) -> Restored:
        return restore_backup(made.path, target or self.target, secret, mark, self.clock.now(), **how)

    def seen(self, url: str, verb: Callable[..., Any] = bodies) -> Any:
        database = open_database(url, self.clock, KEYS)
        try:
            return database.read_now(verb)
        finally:
            database.close()


@pytest.fixture(scope="module")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "store.sqlite3"
    fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def filled_database(postgresql_server: str) -> Iterator[str]:
    with fresh_database(postgresql_server) as url:
        fill(url)
        yield url.rpartition("/")[2]


def fill(url: str) -> None:
    database = open_database(url, FixedClock(), KEYS)
    migrate(database.engine)
    for number in range(30):
        database.write_now(speak, number)
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Shop]:
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("filled_file"), tmp_path / "store.sqlite3")
        url, target = f"sqlite:///{tmp_path / 'store.sqlite3'}", f"sqlite:///{tmp_path / 'new' / 'store.sqlite3'}"
        database = open_database(url, clock, KEYS)
        yield Shop(url, target, database, tmp_path, clock)
        database.close()
        return
    server, template = request.getfixturevalue("postgresql_server"), request.getfixturevalue("filled_database")
    with fresh_database(server, template) as url, fresh_database(server) as target:
        database = open_database(url, clock, KEYS)
        yield Shop(url, target, database, tmp_path, clock)
        database.close()


def test_there_and_back(shop: Shop) -> None:
    before = shop.database.read_now(bodies)
    made = shop.back_up()
    assert made.facts.rows["outbox"] == 30
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert CANARY.encode() not in made.path.read_bytes()
    shop.database.write_now(speak, 99)  # later than the backup
    done = shop.bring_back(made)
    assert not done.migrated
    # What was still to be sent may have been sent since: it says so.
    assert done.doubtful == 30
    assert shop.seen(shop.target) == [{**body, "repeat": True} for body in before]
    assert shop.seen(shop.target, outbox_store.repeats) == 30
    assert [
        path.name for path in shop.folder.rglob("*") if path.name.startswith((".backup-", ".restore-", ".store-"))
    ] == []


def test_a_store_that_is_there_is_replaced_only_when_told(shop: Shop) -> None:
    first = shop.back_up()
    shop.bring_back(first)
    shop.database.write_now(speak, 99)
    second = shop.back_up()
    with pytest.raises(Conflict, match="store_not_empty"):
        shop.bring_back(second)
    done = shop.bring_back(second, force=True)
    assert len(shop.seen(shop.target)) == 31
    if done.aside:
        assert len(shop.seen(f"sqlite:///{done.aside}")) == 30


def test_a_store_in_use_is_never_replaced(shop: Shop) -> None:
    made = shop.back_up()
    with hold_store(shop.folder), pytest.raises(Unavailable, match="store_in_use"):
        shop.bring_back(made, shop.url, force=True)
    assert len(shop.database.read_now(bodies)) == 30


def test_what_was_altered_or_cut_changes_nothing(shop: Shop) -> None:
    made = shop.back_up()
    whole = made.path.read_bytes()
    for wrong in (
        whole[:-1],
        whole[: len(whole) // 2],
        whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:],
        whole + b"x",
    ):
        made.path.write_bytes(wrong)
        with pytest.raises(InvalidInput, match="backup_damaged"):
            shop.bring_back(made)
    made.path.write_bytes(whole)
    with pytest.raises(InvalidInput, match="backup_key"):
        shop.bring_back(made, secret="another key for the tests, long enough too")
    if shop.target.startswith("sqlite"):
        assert not (shop.folder / "new" / "store.sqlite3").exists()
    else:
        assert postgresql_dump.table_names(shop.target) == []


def test_plain_is_taken_only_when_told(shop: Shop) -> None:
    made = shop.back_up(secret="")
    with pytest.raises(InvalidInput, match="backup_plain"):
        shop.bring_back(made)
    shop.bring_back(made, plain=True)
    assert len(shop.seen(shop.target)) == 30


def test_another_secret_key_is_noticed(shop: Shop) -> None:
    made = shop.back_up(mark="one")
    with pytest.raises(Conflict, match="secret_differs"):
        shop.bring_back(made, mark="another")
    shop.bring_back(made, mark="one")


def test_a_failed_backup_leaves_nothing_and_lets_nothing_go(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = shop.back_up().path

    def broken(*_arguments: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "read_sealed", broken)
    with pytest.raises(Unavailable, match="No space left"):
        shop.back_up(keep=Keep(0, 0, 0, 0))
    assert [path for path in (shop.folder / "backups").iterdir() if path.name != "server.lock"] == [kept]


def test_rotation_touches_only_backups(shop: Shop) -> None:
    shop.back_up()
    for name in ("store-20260101T000000Z.backup.old", "notes.txt"):
        (shop.folder / "backups" / name).write_text("not ours")
    last = [shop.back_up(keep=Keep(2, 1, 1, 1)) for _ in range(3)][-1]
    assert len(last.removed) == 1
    assert len(backups_in(shop.folder / "backups")) == 2
    assert (shop.folder / "backups" / "notes.txt").exists()


def test_an_older_store_is_brought_up_to_date(shop: Shop) -> None:
    migrate(shop.database.engine, "base")
    migrate(shop.database.engine, "0001")
    older = schema_state(shop.database.engine) == "older"
    made = shop.back_up()
    done = shop.bring_back(made)
    assert done.migrated is older
    assert shop.seen(shop.target, units_with_staff) == {}


def test_a_newer_store_is_refused(shop: Shop) -> None:
    with shop.database.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from the future'")
    with pytest.raises(Unavailable, match="schema_newer"):
        shop.bring_back(shop.back_up())


@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_beside_a_writer_nothing_is_torn_and_nothing_is_checkpointed(shop: Shop) -> None:
    shop.database.write_now(speak, 99)
    wal = shop.folder / "store.sqlite3-wal"
    size = wal.stat().st_size
    assert size > 0
    for number in range(100, 105):
        made = shop.back_up()
        assert wal.stat().st_size >= size
        shop.database.write_now(speak, number)
    assert made.facts.rows["contacts"] == made.facts.rows["outbox"]


@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_a_reader_that_is_the_last_to_leave_keeps_the_wal(shop: Shop, tmp_path: Path) -> None:
    # A killed server leaves its WAL; the backup reads it and must not be the one to play it in.
    subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path / "killed.sqlite3")], check=False)
    wal = tmp_path / "killed.sqlite3-wal"
    before = wal.read_bytes()
    made = make_backup(f"sqlite:///{tmp_path / 'killed.sqlite3'}", tmp_path / "b", tmp_path, KEY, "m", shop.clock.now())
    assert made.facts.rows == {"t": 1}
    assert wal.read_bytes() == before


@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_a_damaged_store_is_not_backed_up(shop: Shop) -> None:
    shop.database.close()
    path = shop.folder / "store.sqlite3"
    damaged = bytearray(path.read_bytes())
    root = sqlite3.connect(path).execute("SELECT rootpage FROM sqlite_master WHERE name='outbox'").fetchone()[0]
    damaged[(root - 1) * 4096 : (root - 1) * 4096 + 200] = os.urandom(200)
    path.write_bytes(damaged)
    with pytest.raises((InvalidInput, sqlite3.DatabaseError)):
        shop.back_up()
    assert backups_in(shop.folder / "backups") == {}


@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_what_a_killed_backup_left_is_cleared(shop: Shop) -> None:
    (shop.folder / "backups").mkdir()
    (shop.folder / "backups" / ".store-20260101T000000Z.backup.part").write_text("half")
    (shop.folder / ".backup-abc").mkdir()
    (shop.folder / ".backup-abc" / "copy.sqlite3").write_text("plain words")
    shop.back_up()
    assert not list(shop.folder.glob(".backup-*"))
    assert not list((shop.folder / "backups").glob(".store-*"))


@pytest.mark.parametrize("shop", ["postgresql"], indirect=True)
def test_other_connections_keep_a_database_from_being_replaced(shop: Shop) -> None:
    made = shop.back_up()
    with pytest.raises(Unavailable, match="connections="):
        shop.bring_back(made, shop.url, force=True)


@pytest.mark.parametrize("shop", ["postgresql"], indirect=True)
def test_a_password_is_on_no_command_line(shop: Shop) -> None:
    place, environment = postgresql_dump._place("postgresql://u:s%40cret@h:1/n?sslmode=disable&password=other")
    assert "cret" not in place
    assert "other" not in place
    assert "sslmode=disable" in place
    assert environment["PGPASSWORD"] == "s@cret"


@pytest.mark.parametrize("shop", ["postgresql"], indirect=True)
def test_a_missing_program_is_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unavailable, match="pg_dump"):
        shop.back_up()


def test_no_store_no_backup(tmp_path: Path, clock: Any) -> None:
    with pytest.raises(NotFound, match="store"):
        make_backup(f"sqlite:///{tmp_path / 'none.sqlite3'}", tmp_path / "b", tmp_path, KEY, "m", clock.now())


def test_backups_of_one_database_do_not_go_into_the_other(tmp_path: Path, clock: Any, database: Database) -> None:
    made = make_backup(f"sqlite:///{tmp_path / 'store.sqlite3'}", tmp_path / "b", tmp_path, KEY, "m", clock.now())
    with pytest.raises(KnowledgeBaseError, match="backup_kind"):
        restore_backup(made.path, "postgresql://u@h/n", KEY, None, clock.now())


def test_contacts_come_back_readable(tmp_path: Path, clock: Any, database: Database) -> None:
    database.write_now(speak, 1)
    made = make_backup(f"sqlite:///{tmp_path / 'store.sqlite3'}", tmp_path / "b", tmp_path, KEY, "m", clock.now())
    target = f"sqlite:///{tmp_path / 'new' / 'store.sqlite3'}"
    restore_backup(made.path, target, KEY, "m", clock.now())
    back = open_database(target, clock, KEYS)

    def address(tx: Transaction) -> str:
        to = contact_store.contact(tx, tx.execute(select(contacts.c.ref)).scalar_one())
        assert to
        return to.address

    assert back.read_now(address) == "resident 1"
    back.close()


@pytest.mark.parametrize("shop", ["sqlite"], indirect=True)
def test_under_quarantine_what_may_have_been_sent_waits_for_a_human(shop: Shop) -> None:
    shop.bring_back(shop.back_up(), quarantine=True)
    assert shop.seen(shop.target, outbox_store.counts_by_state) == {"in_doubt": 30}
