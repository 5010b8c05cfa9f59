"""A whole PostgreSQL store as one stream (`pg_dump -Fc`), and such a stream played into an empty database.

PostgreSQL's own client programs do it. They get the password from their environment, never on the command line,
where everybody on the machine could read it.
"""

import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from knowledge_base.errors import InvalidInput, Unavailable
from knowledge_base.storage.dialect import sqlalchemy_url
from knowledge_base.storage.sqlite_dump import StoreFacts

_PIECE = 256 * 1024
_COPY = re.compile(rb'^COPY (?:"?\w+"?\.)?"?(\w+)"? \(')
_TABLES = (
    "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename), tablename FROM pg_tables "
    "WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY tablename"
)
_NO_LIMIT = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=10s -c timezone=UTC"


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(
        sqlalchemy_url(url), poolclass=NullPool, connect_args={"options": _NO_LIMIT}, hide_parameters=True
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Unavailable("program_missing", name=name)
    return found


def _place(url: str) -> tuple[str, dict[str, str]]:
    """The database as a program's argument without its password, and the environment that holds it."""
    parsed = make_url(url)
    password = parsed.password or parsed.query.get("password")
    query = {name: value for name, value in parsed.query.items() if name != "password"}
    bare = URL.create("postgresql", parsed.username, None, parsed.host, parsed.port, parsed.database, query)
    environment = {**os.environ, "PGCONNECT_TIMEOUT": os.environ.get("PGCONNECT_TIMEOUT", "10"), "LC_ALL": "C.UTF-8"}
    if password:
        environment["PGPASSWORD"] = str(password)
    return bare.render_as_string(hide_password=False), environment


@contextmanager
def _running(
    name: str, arguments: list[str], environment: dict[str, str] | None = None, *, feed: Iterable[bytes] | None = None
) -> Iterator[BinaryIO]:
    """A program with its output; at the end its failure, in its own words, is ours (`program_failed`).

    `feed` goes to its input from a thread of its own; when it fails the program is killed, never let finish.
    """
    broken: list[BaseException] = []

    def pour(process: subprocess.Popen[bytes], pieces: Iterable[bytes]) -> None:
        assert process.stdin  # noqa: S101 - narrows the type
        try:
            for piece in pieces:
                process.stdin.write(piece)
            process.stdin.close()
        except BrokenPipeError:  # it ended by itself and says why
            pass
        except BaseException as error:  # noqa: BLE001 - told to the caller, in his thread
            broken.append(error)
            process.kill()

    source = None if feed is None else subprocess.PIPE
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603 - a program we found by name, and arguments we made
            [_program(name), *arguments], stdin=source, stdout=subprocess.PIPE, stderr=said, env=environment
        ) as process,
    ):
        pouring = threading.Thread(target=pour, args=(process, feed or ()), daemon=True)
        if feed is not None:
            pouring.start()
        assert process.stdout  # noqa: S101 - narrows the type
        try:
            yield process.stdout  # type: ignore[misc]
            process.stdout.read()
        except BaseException:
            process.kill()
            raise
        finally:
            code = process.wait()
            if feed is not None:
                pouring.join()
        if broken:
            raise broken[0]
        if code:
            said.seek(0)
            reason = said.read().decode("utf-8", "replace").strip()[-1000:]
            raise Unavailable("program_failed", name=name, reason=reason)


def _facts(connection: Connection) -> StoreFacts:
    tables = {name: place for place, name in connection.execute(text(_TABLES))}
    # Names come from the catalog, quoted by PostgreSQL itself.
    counts = {name: text(f"SELECT count(*) FROM {place}") for name, place in tables.items()}  # noqa: S608
    rows = {name: connection.execute(query).scalar_one() for name, query in counts.items()}
    schema = None
    if "alembic_version" in tables:
        schema = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return StoreFacts(schema, rows)


@contextmanager
def dump(url: str) -> Iterator[tuple[StoreFacts, Iterator[bytes]]]:
    """A store as it is at one moment: what it holds, and the stream of `pg_dump -Fc`, both of the same snapshot."""
    place, environment = _place(url)
    _program("pg_dump")
    with _connected(url) as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        facts = _facts(connection)
        arguments = ["--format=custom", "--no-password", f"--snapshot={snapshot}", f"--dbname={place}"]
        with _running("pg_dump", arguments, environment) as output:
            yield facts, iter(lambda: output.read(_PIECE), b"")


def check_dump(pieces: Iterable[bytes], expected: StoreFacts) -> None:
    """Prove a stream: `pg_restore` reads all of it (nothing is restored), and every table has its rows.

    Raises:
        InvalidInput: `backup_unsound`, with what is wrong.
    """
    rows: dict[str, int] = {}
    table: str | None = None
    try:
        with _running("pg_restore", ["--file=-"], feed=pieces) as script:
            for line in script:
                begins = _COPY.match(line) if table is None else None
                if begins:
                    table = begins.group(1).decode()
                    rows[table] = 0
                elif table is not None and line == b"\\.\n":
                    table = None
                elif table is not None:  # one line a row: COPY writes line feeds within values as \n
                    rows[table] += 1
    except Unavailable as error:
        if error.key == "program_missing":
            raise
        raise InvalidInput("backup_unsound", reason=error.data["reason"]) from error
    if rows != expected.rows:
        raise InvalidInput("backup_unsound", reason=f"expected rows {expected.rows}, found {rows}")


def table_names(url: str) -> list[str]:
    """The tables a database has; none: it is empty."""
    with _connected(url) as connection:
        return [name for _place, name in connection.execute(text(_TABLES))]


def other_clients(url: str) -> int:
    """How many others are connected to the database."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    with _connected(url) as connection:
        return int(connection.execute(text(query)).scalar_one())


def drop_tables(url: str) -> None:
    """Empty a database, whole or not at all."""
    with _connected(url) as connection, connection.begin():
        for place, _name in connection.execute(text(_TABLES)).all():
            connection.execute(text(f"DROP TABLE {place} CASCADE"))


def play_in(url: str, pieces: Iterable[bytes], expected: StoreFacts) -> None:
    """Restore a stream into an empty database in one transaction, and compare what is there then."""
    place, environment = _place(url)
    arguments = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "--no-password"]
    with _running("pg_restore", [*arguments, f"--dbname={place}"], environment, feed=pieces):
        pass
    with _connected(url) as connection:
        found = _facts(connection)
    if found != expected:
        raise InvalidInput("backup_unsound", reason=f"expected {expected}, found {found}")
