"""What every test may use: a clock that stands still, keys, a migrated store on both databases."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from knowledge_base import live_faq
from knowledge_base.keys import Keys
from knowledge_base.matching.index import MatchIndex
from knowledge_base.matching.labels import digest
from knowledge_base.storage.database import Database
from knowledge_base.storage.dialect import sqlalchemy_url
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import migrate
from knowledge_base.storage.staff_store import ensure_unit

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # Monday 23/11/2026, 12:00 in Viet Nam


class FixedClock:
    """Stands still until it is set."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment

    def advance(self, step: timedelta) -> None:
        self.moment += step


learned, build_index = live_faq._learned, MatchIndex.build


@pytest.fixture(scope="session")
def indexes(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Where all processes of a run keep what they built, and those of a run within it (the sabotages)."""
    base = tmp_path_factory.getbasetemp()
    return Path(os.environ.get("INDEXES") or (base if worker_id == "master" else base.parent) / "indexes")


@pytest.fixture(scope="session", autouse=True)
def built_once(indexes: Path) -> Iterator[None]:
    """Building an index takes seconds, and most tests have the same few FAQs: each is built once in a run."""

    def once(content: live_faq._Content, cache: Path | None, build: live_faq.Build) -> live_faq.FaqSnapshot:
        if MatchIndex.build != build_index:  # a test that builds otherwise
            return learned(content, cache, build)
        entries = live_faq._entries(content)
        own = indexes / MatchIndex.content_hash(entries) / digest(content.labels)
        index = live_faq._stored(entries, own)
        if index is None:
            index = learned(content, None, build).index
            live_faq._keep(index, content, own)
        live_faq._keep(index, content, cache)
        return live_faq._snapshot(content, index)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live_faq, "_learned", once)
        yield


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def keys() -> Keys:
    return Keys.from_secret("a secret for tests only, long enough")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _postgresql_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    program = shutil.which("initdb")
    return Path(program).parent if program else None


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A throwaway cluster on loopback; yields its URL without a database name."""
    programs = _postgresql_programs()
    assert programs, "PostgreSQL's server programs are needed: make test-system"
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    # initdb refuses to run as root; Debian brings the user postgres.
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    port = _free_port()

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, user=user, cwd=folder, env={"LC_ALL": "C.UTF-8"})

    data = str(folder / "data")
    run(str(programs / "initdb"), "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off -c full_page_writes=off"
    run(str(programs / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://tester@127.0.0.1:{port}"
    finally:
        run(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _open(url: str, clock: FixedClock, keys: Keys) -> Database:
    """A store brought up to date, with unit 0."""
    database = open_database(url, clock, keys)
    migrate(database.engine)
    database.write_now(ensure_unit, "0", "Đơn vị thử nghiệm")
    return database


def _migrated(url: str) -> None:
    _open(url, FixedClock(), Keys.from_secret("a secret for tests only, long enough")).close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file with unit 0, to be copied: migrating for every test would take half of the time."""
    path = tmp_path_factory.mktemp("migrated") / "store.sqlite3"
    _migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> str:
    """The same as the name of a PostgreSQL template."""
    engine = create_engine(sqlalchemy_url(f"{postgresql_server}/postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE migrated"))
    engine.dispose()
    _migrated(f"{postgresql_server}/migrated")
    return "migrated"


@pytest.fixture
def database(tmp_path: Path, migrated_sqlite: Path, clock: FixedClock, keys: Keys) -> Iterator[Database]:
    """A migrated SQLite store with unit 0."""
    path = tmp_path / "store.sqlite3"
    shutil.copy(migrated_sqlite, path)
    database = open_database(f"sqlite:///{path}", clock, keys)
    yield database
    database.close()


@contextmanager
def fresh_database(server: str, template: str = "template1") -> Iterator[str]:
    """A PostgreSQL database, empty or like another, dropped in the end."""
    name = f"test_{os.urandom(6).hex()}"
    engine = create_engine(sqlalchemy_url(f"{server}/postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield f"{server}/{name}"
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    with fresh_database(postgresql_server) as url:
        yield url


@pytest.fixture
def migrated_url(postgresql_server: str, migrated_postgresql: str) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database with unit 0."""
    with fresh_database(postgresql_server, migrated_postgresql) as url:
        yield url


@pytest.fixture
def postgresql_database(migrated_url: str, clock: FixedClock, keys: Keys) -> Iterator[Database]:
    """The store in it."""
    database = open_database(migrated_url, clock, keys)
    yield database
    database.close()


@pytest.fixture(params=["database", "postgresql_database"], ids=["sqlite", "postgresql"])
def both_databases(request: pytest.FixtureRequest) -> Database:
    """A migrated store, once on SQLite and once on PostgreSQL."""
    found: Database = request.getfixturevalue(request.param)
    return found
