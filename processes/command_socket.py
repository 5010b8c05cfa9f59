"""The server's ear for commands: with SQLite one process writes, so it carries out what the command line asks."""

import asyncio
import contextlib
import logging
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web

from knowledge_base.cli_backup import explain
from knowledge_base.cli_io import Terminal
from knowledge_base.cli_remote import LONGEST_REQUEST, SOCKET_RECORD, Answer, peer_account, read_request, to_line
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.settings import Settings
from knowledge_base.storage.database import Database
from knowledge_base.storage.dialect import is_sqlite
from knowledge_base.storage.sqlite_dump import database_path

_LOG = logging.getLogger(__name__)
_NAME = "server.sock"
_LONGEST_ADDRESS = 100  # bytes; Linux takes 107, other systems 103
_LISTEN_SECONDS = 10.0
_REFUSED = 2


def add_commands(app: web.Application, database: Database, settings: Settings) -> None:
    """Listen for commands while the app runs, where the store is a SQLite file."""
    if not is_sqlite(settings.database):
        return
    folder = database_path(settings.database).absolute().parent

    async def listening(_app: web.Application) -> AsyncIterator[None]:
        busy: set[asyncio.Task[None]] = set()

        async def heard(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task  # noqa: S101 - narrows the type
            busy.add(task)
            try:
                await _serve(reader, writer, database)
            finally:
                busy.discard(task)

        with _bound(folder) as bound:
            server = await asyncio.start_unix_server(heard, sock=bound, limit=LONGEST_REQUEST)
            yield
            server.close()
            if busy:  # what has begun is finished and answered
                await asyncio.wait(busy, timeout=_LISTEN_SECONDS)

    app.cleanup_ctx.append(listening)


@contextmanager
def _bound(folder: Path) -> Iterator[socket.socket]:
    """A socket that only this account may open, and the record of where it is. The caller holds the store's lock."""
    with contextlib.ExitStack() as stack:
        path = folder / _NAME
        if len(os.fsencode(path)) > _LONGEST_ADDRESS:
            short = os.environ.get("XDG_RUNTIME_DIR") or None
            path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faq-", dir=short))) / _NAME
        path.unlink(missing_ok=True)  # of a server that was killed
        bound = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        bound.bind(str(path))
        path.chmod(0o600)  # before it listens: until then nobody can come in
        stack.callback(path.unlink, missing_ok=True)
        record = folder / SOCKET_RECORD
        part = folder / f".{SOCKET_RECORD}.part"
        part.write_text(f"{path}\n", encoding="utf-8")
        part.replace(record)
        stack.callback(record.unlink, missing_ok=True)
        yield bound


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, database: Database) -> None:
    """One command, one answer."""
    with contextlib.suppress(OSError, TimeoutError, ValueError):  # who asked has gone, or says nothing, or too much
        connection = writer.get_extra_info("socket")
        if peer_account(connection) in (os.geteuid(), 0):
            async with asyncio.timeout(_LISTEN_SECONDS):
                line = await reader.readline()
            if line:
                writer.write(to_line(await asyncio.to_thread(_answer, line, database)))
                await writer.drain()
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def _answer(line: bytes, database: Database) -> Answer:
    """Carry a command out; in a thread of its own, for it may hash passwords and read files."""
    from knowledge_base.commands import carry_out  # noqa: PLC0415 - a start must not wait for what commands need

    terminal = Terminal.remote("")
    try:
        request = read_request(line)
        terminal = Terminal.remote(request.typed)
        code = carry_out(request.arguments, Path(request.folder), database, terminal)
    except KnowledgeBaseError as error:
        terminal.complain(explain(error))
        code = _REFUSED
    except (ValueError, KeyError, TypeError, SystemExit):
        terminal.complain("the server doesn't know this command; is it of the same version?")
        code = _REFUSED
    except Exception:  # noqa: BLE001 - a command's fault must not end the server
        _LOG.exception("a command failed")
        terminal.complain("the command failed in the server; its log says where")
        code = _REFUSED
    _LOG.info("a command was carried out, exit code %d", code)
    return Answer(code, _all(terminal.stdout), _all(terminal.stderr))


def _all(stream: object) -> str:
    return str(stream.getvalue()) if hasattr(stream, "getvalue") else ""
