"""A store moved from one database to another: every table, in the order of foreign keys, compared row by row."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Connection, Engine, Table, func, null, select

from knowledge_base.errors import Conflict, InvalidInput, Unavailable
from knowledge_base.storage.dialect import follow_numbers, one_moment, take_time
from knowledge_base.storage.schema import migrate, schema_state
from knowledge_base.storage.tables import metadata

_AT_ONCE = 1_000  # rows in memory and in one INSERT
_MODULUS = 1 << 128


@dataclass(frozen=True, slots=True)
class Sum:
    """What a table holds: the number of its rows, and a checksum that doesn't depend on their order."""

    rows: int
    checksum: str


def _canonical(value: Any) -> Any:
    """A value as both databases must give it back, in JSON."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return {"bytes": bytes(value).hex()}
    return value


def _row_hash(values: dict[str, Any]) -> int:
    """The row as a number; rows are added up, so that two equal rows don't cancel each other out."""
    canonical = {name: _canonical(value) for name, value in values.items()}
    words = json.dumps(canonical, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(words.encode("utf-8", "surrogatepass")).digest()[:16], "big")


def _batches(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_AT_ONCE)
    for rows in connection.execute(query).mappings().partitions():
        yield [dict(row) for row in rows]


def table_sum(connection: Connection, table: Table) -> Sum:
    """Count and add up one table."""
    rows, total = 0, 0
    for batch in _batches(connection, table):
        rows += len(batch)
        total = (total + sum(map(_row_hash, batch))) % _MODULUS
    return Sum(rows, f"{total:032x}")


def _insertable(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    # A JSON column without a value would be written as the JSON word null.
    empty = {column.name for column in table.columns if isinstance(column.type, JSON) and row[column.name] is None}
    return {name: null() if name in empty else value for name, value in row.items()}


def copy_store(source: Engine, target: Engine, told: Callable[[str, Sum], None]) -> dict[str, Sum]:
    """Copy every table, all or nothing; returns (and tells, table by table) what was found equal on both sides.

    The source is read as it is at one moment. A target that holds no tables yet is given the schema first.

    Raises:
        Unavailable: `schema_not_current` (which side). Conflict: `target_not_empty`. InvalidInput: `copy_differs`.
    """
    if schema_state(source) != "current":
        raise Unavailable("schema_not_current", side="source")
    if not _has_tables(target):
        migrate(target)
    if schema_state(target) != "current":
        raise Unavailable("schema_not_current", side="target")
    with source.connect() as reading, target.connect() as writing, writing.begin():
        one_moment(reading)
        take_time(writing)
        _refuse_filled(writing)
        return {table.name: _copy_table(reading, writing, table, told) for table in metadata.sorted_tables}


def _has_tables(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.dialect.get_table_names(connection))


def _refuse_filled(connection: Connection) -> None:
    for table in metadata.sorted_tables:
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise Conflict("target_not_empty", table=table.name)


def _copy_table(reading: Connection, writing: Connection, table: Table, told: Callable[[str, Sum], None]) -> Sum:
    rows, total = 0, 0
    for batch in _batches(reading, table):
        writing.execute(table.insert(), [_insertable(table, row) for row in batch])
        rows += len(batch)
        total = (total + sum(map(_row_hash, batch))) % _MODULUS
    follow_numbers(writing, table)
    sent, arrived = Sum(rows, f"{total:032x}"), table_sum(writing, table)
    if sent != arrived:
        raise InvalidInput("copy_differs", table=table.name, sent=sent, arrived=arrived)
    told(table.name, arrived)
    return arrived
