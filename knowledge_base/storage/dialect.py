"""Every difference between SQLite and PostgreSQL, each with its reason."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any

from pydantic_core import to_json
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    column,
    create_engine,
    event,
    func,
    select,
    table,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.types import TypeDecorator, TypeEngine

_DISCREET: dict[str, Any] = {"hide_parameters": True}  # errors are logged, and residents' words are parameters
# Class 08: connection lost; 57P01, 57P03: server stopping, starting; 40001, 40P01: serialization failure, deadlock.
# Source: PostgreSQL documentation, appendix A. A whole unit of work may be run again after these.
_RETRY_STATES = ("08", "57P01", "57P03", "40001", "40P01")
SIGNALS = ("outbox", "publication", "units")  # what processes tell each other
RowsInserter = Callable[[Connection, Sequence[Sequence[Any]]], None]
# Rows in one statement on SQLite. Few lengths, so that their statements stay prepared: to prepare one for many rows
# takes as long as to run it.
_AT_ONCE = (64, 32, 16, 8, 4, 2, 1)
_PREPARED = 512  # statements a connection of SQLite's keeps
_CHECKPOINT_PAGES = 4_000  # of 4 KiB: read again after a crash within some hundredths of a second
_WRITER_CACHE_KIB = 16_384  # as many pages, and full early: memory doesn't grow later
_READER_CACHE_KIB = 512  # each; one is emptied by whatever was written meanwhile, and the system keeps the pages too


def _json(value: Any) -> str:
    """Compact, Vietnamese letters as they are; several times as fast as the standard library's."""
    return to_json(value).decode()


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment. SQLite drops the offset silently, so it keeps naive UTC there; naive input is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "naive datetime refused"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def bind_processor(self, dialect: Dialect) -> Any:
        """As above; remembered, for the same moment is written many times in a transaction."""
        process = super().bind_processor(dialect)
        return lru_cache(maxsize=64)(process) if process else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware, UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def is_sqlite(url: str) -> bool:
    """Whether a database URL means SQLite."""
    return make_url(url).get_backend_name() == "sqlite"


def sqlalchemy_url(url: str) -> URL:
    """The URL with our driver: `postgresql://` means psycopg."""
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.get_backend_name() == "postgresql" else parsed


def sqlite_engine(url: str, *, read_only: bool) -> Engine:
    """An engine for the one writer, or for readers.

    pysqlite begins transactions by itself and too late (a deferred BEGIN that upgrades fails at once,
    ignoring busy_timeout), so its own BEGIN is switched off and ours is explicit.
    """
    engine = create_engine(
        url,
        connect_args={"timeout": 30, "check_same_thread": False, "cached_statements": _PREPARED},
        json_serializer=_json,
        **_DISCREET,
    )

    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        pragmas = ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "mmap_size=0"]
        # Savepoints keep the pages they may have to give back in memory; the default is a file.
        pragmas += ["temp_store=MEMORY"]
        # Only the writer checkpoints: two checkpointing connections can corrupt a WAL before SQLite 3.51.3.
        # Its own work touches pages all over the indexes by residents: seldom, a checkpoint writes each of them once.
        writing = [f"wal_autocheckpoint={_CHECKPOINT_PAGES}", f"cache_size=-{_WRITER_CACHE_KIB}"]
        reading = ["query_only=1", "wal_autocheckpoint=0", f"cache_size=-{_READER_CACHE_KIB}"]
        pragmas += reading if read_only else writing
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def postgresql_engine(url: str) -> Engine:
    """An engine over a pool; a hanging statement or lock must not hang a resident's message."""
    options = "-c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
    # No ping before use: a connection that died is met like any other passing fault, by running the work again.
    pool: dict[str, Any] = {"pool_size": 10, "max_overflow": 5}
    return create_engine(
        sqlalchemy_url(url),
        connect_args={"options": options, "connect_timeout": 5},
        **pool,
        json_serializer=_json,
        **_DISCREET,
    )


@contextmanager
def unwatched_foreign_keys(connection: Connection) -> Iterator[None]:
    """For migrations. SQLite changes a table by copying it, and dropping the old one would break what refers to it.

    The pragma works outside a transaction only.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def refuse_broken_references(connection: Connection) -> None:
    """What `unwatched_foreign_keys` did not watch is looked at before COMMIT."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            message = f"table {broken[0]}, row {broken[1]} refers to {broken[2]}, which has no such row"
            raise RuntimeError(message)


def words_found(connection: Connection, words: Sequence[str]) -> Select[Any]:
    """The ids of questions whose folded text holds all these words, or words that begin with them.

    SQLite keeps a full-text table beside the questions (migration 0005), PostgreSQL an index over a function.
    """
    if connection.dialect.name == "sqlite":
        wanted = " ".join(f'"{word}"*' for word in words)
        return (
            select(column("rowid"))
            .select_from(table("question_words"))
            .where(text("question_words MATCH :words"))
            .params(words=wanted)
        )
    wanted = " & ".join(f"'{word}':*" for word in words)
    matches = text("to_tsvector('simple', folded) @@ to_tsquery('simple', :words)")
    # How many rows a word's beginning finds the planner can't know; walking the found ones again for each row took a
    # minute among 200,000 questions, a hash takes some tenths of a second at the worst.
    connection.execute(text("SET LOCAL enable_nestloop = off"))
    # Apart from the rest of the query: else the planner may read the words of every row that passes other filters.
    found: Select[Any] = select(column("id")).select_from(table("questions")).where(matches).params(words=wanted)
    return select(found.cte("found").prefix_with("MATERIALIZED").c.id)


def may_retry(error: DBAPIError) -> bool:
    """Whether a unit of work that failed so may be run again, whole."""
    state = getattr(error.orig, "sqlstate", None) or ""
    unconnected = isinstance(error, OperationalError) and error.statement is None and not state  # nothing was run
    return error.connection_invalidated or unconnected or state.startswith(_RETRY_STATES)


def is_out_of_order(error: Exception) -> bool:
    """Whether the database, not the statement, is at fault: out of reach, full, locked for too long."""
    return isinstance(error, OperationalError | InterfaceError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def libpq_url(url: str) -> str:
    """The URL as PostgreSQL's own library reads it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def insert_for(dialect_name: str) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT; SQLAlchemy's general one does not."""
    if dialect_name == "sqlite":
        from sqlalchemy.dialects import sqlite  # noqa: PLC0415 - a start waits only for the dialect it uses

        return sqlite.insert
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - as above

    return postgresql.insert


def by_driver(connection: Connection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
    """Run SQL as the driver has it; returns the rows, if it brings any. Errors are SQLAlchemy's, as everywhere."""
    driver: Any = connection.connection.driver_connection
    dialect = connection.dialect
    assert dialect.dbapi is not None  # noqa: S101 - narrows the type
    try:
        cursor = driver.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []
    except dialect.dbapi.Error as error:
        lost = dialect.is_disconnect(error, driver, None)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql, None, error, dialect.dbapi.Error, hide_parameters=True, connection_invalidated=lost, dialect=dialect
        ) from error


def rows_inserter(dialect: Dialect, table: Table, columns: Sequence[str], conflict: str) -> RowsInserter:
    """What inserts many rows with one statement; each row has its values in the order of `columns`.

    SQLite is given the values themselves. PostgreSQL would plan anew for each number of rows, so there they come as one
    parameter, JSON.
    """
    into = f"INSERT INTO {table.name} ({', '.join(columns)})"
    if dialect.name == "postgresql":
        source = f"SELECT {', '.join(columns)} FROM json_populate_recordset(NULL::{table.name}, %s)"  # noqa: S608 - names of ours

        def insert_json(connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
            packed = to_json([dict(zip(columns, map(_as_json, row), strict=True)) for row in rows])
            by_driver(connection, f"{into} {source} {conflict}", (packed.decode(),))

        return insert_json

    width = len(columns)
    processors = [(at, processor(dialect, table.c[name].type)) for at, name in enumerate(columns)]
    needed = [(at, process) for at, process in processors if process]
    marks = f"({', '.join('?' * width)})"
    statements = {number: f"{into} VALUES {', '.join([marks] * number)} {conflict}" for number in _AT_ONCE}

    def insert_values(connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
        values = list(chain.from_iterable(rows))
        for at, process in needed:
            values[at::width] = map(process, values[at::width])
        first = 0
        for number in _AT_ONCE:
            while first + number <= len(rows):
                by_driver(connection, statements[number], values[first * width : (first + number) * width])
                first += number

    return insert_values


def processor(dialect: Dialect, type_: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What makes a value of a column one for the driver; None where nothing is to be made."""
    return _json if isinstance(type_, JSON) else type_.dialect_impl(dialect).bind_processor(dialect)


def _as_json(value: Any) -> Any:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value


def among(dialect_name: str, column: ColumnElement[Any], parameter: str) -> ColumnElement[bool]:
    """The condition that `column` is one of the texts in a list given as one parameter (made by `listed`)."""
    if dialect_name == "sqlite":
        each = func.json_each(bindparam(parameter, type_=Text)).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(bindparam(parameter, type_=ARRAY(Text)))


def listed(dialect_name: str, values: Iterable[str]) -> Any:
    """A list of texts as one parameter."""
    return json.dumps(list(values)) if dialect_name == "sqlite" else list(values)


def wait_alone(connection: Connection, name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it. SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


def try_alone(connection: Connection, name: str) -> bool:
    """Hold `name` until this transaction ends, unless another holds it. SQLite has one writer at a time anyway."""
    if connection.dialect.name == "sqlite":
        return True
    return connection.execute(select(func.pg_try_advisory_xact_lock(func.hashtext(name)))).scalar_one()


def one_moment(connection: Connection) -> None:
    """Read everything as it is now, however long it takes. SQLite's read transactions are so by themselves."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        take_time(connection)


def take_time(connection: Connection) -> None:
    """Lift the limits of residents' work for a whole store's; until this transaction ends."""
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = 0"))


def next_numbers(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """Numbers for `count` new rows, ascending. SQLite has one writer at a time, so the next are free."""
    if connection.dialect.name == "sqlite":
        ((last,),) = by_driver(connection, f"SELECT coalesce(max(id), 0) FROM {table.name}")  # noqa: S608 - a name of ours
        return range(last + 1, last + 1 + count)
    query = f"SELECT nextval(pg_get_serial_sequence('{table.name}', 'id')) FROM generate_series(1, %s)"  # noqa: S608 - a name of ours
    return sorted(number for (number,) in by_driver(connection, query, (count,)))


def follow_numbers(connection: Connection, table: Table) -> None:
    """Number further rows after those that were put in with their numbers. SQLite does so by itself."""
    column = table.autoincrement_column
    if connection.dialect.name == "postgresql" and column is not None:
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        most = select(func.max(column)).scalar_subquery()
        # With no rows yet the first number is 1: `is_called` false.
        connection.execute(select(func.setval(sequence, func.coalesce(most, 1), most.is_not(None))))


def announce(connection: Connection, signals: Iterable[str], sender: str) -> None:
    """Tell other processes, once this is committed. With SQLite there is no other process."""
    if connection.dialect.name == "postgresql":
        for name in signals:
            connection.execute(select(func.pg_notify(name, sender)))


def lease_end(dialect_name: str, seconds: float) -> Any:
    """When a sender's hold on a message ends, by the database's clock: those of several machines differ.

    SQLite needs none: one server may use a file, so whatever another process was sending was left by its death.
    """
    return None if dialect_name == "sqlite" else func.clock_timestamp() + text(f"interval '{seconds} seconds'")


def is_orphaned(dialect_name: str, sender: Any, lease_until: Any, me: str) -> ColumnElement[bool]:
    """The condition that a message being sent was left by a sender that died."""
    return sender.is_distinct_from(me) if dialect_name == "sqlite" else lease_until < func.clock_timestamp()
