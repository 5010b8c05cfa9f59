"""Commands that write: through the server that holds the store, or alone; never beside it."""

import asyncio
import io
import json
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from knowledge_base import cli_store
from knowledge_base.__main__ import main
from knowledge_base.cli_remote import SOCKET_RECORD
from knowledge_base.clock import SystemClock
from knowledge_base.keys import Keys
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database
from knowledge_base.storage.faq_store import published
from knowledge_base.storage.lock import hold_store
from knowledge_base.storage.opening import open_database
from knowledge_base.storage.schema import migrate
from knowledge_base.storage.staff_store import ensure_unit, member_by_username
from processes.command_socket import add_commands
from tests.journeys.served import ROOT

SECRET = "a secret for tests only, long enough"
ADD = ["staff", "add", "--username", "can.bo", "--password-stdin"]
PASSWORD = "một câu dài để thử nghiệm"


@dataclass
class Done:
    code: int
    out: str
    err: str


Run = Callable[..., Awaitable[Done]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "data"
    monkeypatch.setenv("DATA_DIR", str(place))
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setattr(cli_store, "_PATIENCE_SECONDS", 0.3)
    return place


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    async def command(*typed: str, words: str = "") -> Done:
        monkeypatch.setattr(sys, "stdin", io.StringIO(words))
        code = await asyncio.to_thread(main, list(typed))
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return command


def opened(folder: Path) -> Database:
    folder.mkdir(parents=True, exist_ok=True)
    database = open_database(f"sqlite:///{folder / 'store.sqlite3'}", SystemClock(), Keys.from_secret(SECRET))
    migrate(database.engine)
    database.write_now(ensure_unit, "0", "Đơn vị thử nghiệm")
    return database


async def serving(folder: Path) -> AsyncIterator[Database]:
    """A server's lock, store and ear, without the rest of it."""
    with hold_store(folder / "store.sqlite3"):
        database = opened(folder)
        app = web.Application()
        add_commands(app, database, Settings(data_dir=folder))
        server = TestServer(app)
        await server.start_server()
        yield database
        await server.close()
        database.close()


@pytest.fixture
async def server(folder: Path) -> AsyncIterator[Database]:
    async for database in serving(folder):
        yield database


def socket_of(folder: Path) -> Path:
    return Path((folder / SOCKET_RECORD).read_text().strip())


async def test_an_account_is_added_by_the_server(server: Database, run: Run) -> None:
    done = await run(*ADD, words=f"{PASSWORD}\n")
    assert (done.code, done.out, done.err) == (0, "can.bo: done\n", "")
    assert server.read_now(member_by_username, "can.bo")
    again = await run(*ADD, words=f"{PASSWORD}\n")
    assert (again.code, again.out) == (2, "")
    assert "already" in again.err


async def test_an_import_is_done_by_the_server_and_wakes_it(
    server: Database, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[set[str]] = []
    server.listen(heard.append)
    monkeypatch.chdir(ROOT)
    done = await run("import", "content")
    assert done.code == 0, done.err
    assert done.out.startswith("imported; ")
    assert {"publication"} in heard
    assert server.read_now(published)


async def test_faults_come_back_as_they_are(server: Database, run: Run, tmp_path: Path) -> None:
    (tmp_path / "faulty.csv").write_text("id,question\nX1,\n", encoding="utf-8")
    done = await run("import", str(tmp_path / "faulty.csv"))
    assert done.code == 2
    assert f"{tmp_path / 'faulty.csv'}:" in done.err
    assert done.out == ""


async def test_reading_goes_on_beside_the_server(server: Database, run: Run) -> None:
    done = await run("ledger")
    assert json.loads(done.out)["total"] == 0


async def test_without_a_server_it_is_done_alone(folder: Path, run: Run) -> None:
    opened(folder).close()
    assert (await run(*ADD, words=f"{PASSWORD}\n")).code == 0
    database = opened(folder)
    assert database.read_now(member_by_username, "can.bo")
    database.close()


async def test_what_a_killed_server_left_is_in_nobodys_way(folder: Path, run: Run) -> None:
    opened(folder).close()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(folder / "server.sock"))
    (folder / SOCKET_RECORD).write_text(f"{folder / 'server.sock'}\n")
    assert (await run(*ADD, words=f"{PASSWORD}\n")).code == 0
    async for database in serving(folder):  # and the next server takes its place
        assert (await run("staff", "disable", "--username", "can.bo")).code == 0
        assert database.read_now(member_by_username, "can.bo").disabled_at
    assert not (folder / "server.sock").exists()
    assert not (folder / SOCKET_RECORD).exists()


async def test_a_holder_that_takes_no_commands_is_named(folder: Path, run: Run) -> None:
    opened(folder).close()
    with hold_store(folder):
        done = await run(*ADD, words=f"{PASSWORD}\n")
    assert done.code == 2
    assert "in use by process" in done.err


async def test_nobody_else_may_open_it(server: Database, folder: Path) -> None:
    place = socket_of(folder)
    assert place == folder / "server.sock"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


async def test_a_folder_too_deep_for_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    deep = tmp_path / ("x" * 90)
    monkeypatch.setenv("DATA_DIR", str(deep))
    async for database in serving(deep):
        place = socket_of(deep)
        assert len(str(place)) < 100
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
        assert (await run(*ADD, words=f"{PASSWORD}\n")).code == 0
        assert database.read_now(member_by_username, "can.bo")
    assert not place.parent.exists()


async def ask(folder: Path, line: bytes) -> Any:
    reader, writer = await asyncio.open_unix_connection(str(socket_of(folder)))
    writer.write(line)
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return json.loads(answer) if answer else None


@pytest.mark.parametrize(
    "line",
    [
        b"no json\n",
        b"[]\n",
        b'{"arguments": ["backup"], "folder": "/", "typed": ""}\n',
        b'{"arguments": ["staff"], "folder": "/", "typed": ""}\n',
        b'{"arguments": [1], "folder": "/", "typed": ""}\n',
        b'{"arguments": ["staff", "add", "--username", "a\\ud800bc"], "folder": "/", "typed": ""}\n',
    ],
)
async def test_nonsense_is_refused_and_the_server_lives(server: Database, folder: Path, run: Run, line: bytes) -> None:
    answer = await ask(folder, line)
    assert answer["code"] == 2
    assert (await run(*ADD, words=f"{PASSWORD}\n")).code == 0


async def test_too_long_a_line_is_not_read(server: Database, folder: Path) -> None:
    async def pour() -> bytes:
        reader, writer = await asyncio.open_unix_connection(str(socket_of(folder)))
        writer.write(b"x" * 3_000_000)
        await writer.drain()
        return await reader.readexactly(1)

    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await pour()


async def test_a_server_that_stops_answers_first(folder: Path) -> None:
    async for _database in serving(folder):
        typed = ["staff", "add", "--username", "can.bo"]
        asking = asyncio.create_task(
            ask(folder, json.dumps({"arguments": typed, "folder": "/", "typed": ""}).encode() + b"\n")
        )
        await asyncio.sleep(0.05)  # it hashes a password now
    assert (await asking)["code"] == 0


async def test_several_at_once_are_all_done(server: Database, folder: Path) -> None:
    typed = [["staff", "add", "--username", f"can.bo.{number}"] for number in range(6)]
    lines = [json.dumps({"arguments": words, "folder": "/", "typed": ""}).encode() + b"\n" for words in typed]
    answers = await asyncio.gather(*(ask(folder, line) for line in lines))
    assert [answer["code"] for answer in answers] == [0] * 6


def test_two_commands_without_a_server_wait_for_each_other(folder: Path) -> None:
    opened(folder).close()
    environment = {"DATA_DIR": str(folder), "SECRET_KEY": SECRET, "PATH": "/usr/bin"}
    commands = [
        [sys.executable, "-m", "knowledge_base", "staff", "add", "--username", f"can.bo.{number}"]
        for number in range(2)
    ]
    running = [subprocess.Popen(one, cwd=ROOT, env=environment, stdout=subprocess.PIPE) for one in commands]
    for process in running:
        out, _err = process.communicate(timeout=60)
        assert process.returncode == 0
        assert b"one-time password" in out
