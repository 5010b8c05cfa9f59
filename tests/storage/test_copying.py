"""A store moves to the other database and back, with every table filled."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    Engine,
    Float,
    Integer,
    LargeBinary,
    Table,
    insert,
    select,
    update,
)

from knowledge_base.__main__ import main
from knowledge_base.errors import Conflict, InvalidInput, Unavailable
from knowledge_base.storage import copying
from knowledge_base.storage.copying import Sum, copy_store, table_sum
from knowledge_base.storage.dialect import UtcDateTime, postgresql_engine, sqlite_engine
from knowledge_base.storage.lock import hold_store
from knowledge_base.storage.schema import migrate
from knowledge_base.storage.tables import contacts, inbox, metadata, publications

ROWS = 3
# What a CHECK or a partial index allows.
ALLOWED: dict[tuple[str, str], Any] = {
    ("staff", "role"): "officer",
    ("questions", "disposition"): "pending",
    ("asked_for", "consent"): "oral",
    ("places", "kind"): "poster",
}
HARD_WORDS = "Đường Ễ e\u0302\u0323 🌾‍ \u202e\t\\N \\. 'x' \"y\" \r\n ﷺ"


def value_for(table: Table, name: str, number: int) -> Any:
    column = table.columns[name]
    if (table.name, name) in ALLOWED:
        return ALLOWED[table.name, name]
    if isinstance(column.type, UtcDateTime):
        return datetime(2026, 11, 25, 23, 59, 59, 123456, tzinfo=UTC) + timedelta(days=number)
    if isinstance(column.type, Date):
        return date(2026, 12, 31) + timedelta(days=number)
    if isinstance(column.type, Boolean):
        return bool(number % 2)
    if isinstance(column.type, JSON):
        return {"z": [1, 0.1, None, True, HARD_WORDS], "a": {"đ": number, "big": 2**53 + 1}}
    if isinstance(column.type, LargeBinary):
        return bytes(range(256)) * number
    if isinstance(column.type, Float):
        return 0.1 + number
    if isinstance(column.type, BigInteger | Integer):
        return number
    words = f"{number} {HARD_WORDS}"
    length = getattr(column.type, "length", None)
    return words[:length] if length else words


def fill(engine: Engine) -> None:
    """Every column of every table in the first row; in the second only those that must have a value."""
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            for number in range(1, ROWS + 1):
                row = {}
                for column in table.columns:
                    if number == 2 and column.nullable:
                        continue
                    source = next(iter(column.foreign_keys)).column if column.foreign_keys else column
                    row[column.name] = value_for(source.table, source.name, number)
                connection.execute(insert(table), row)


def sums(engine: Engine) -> dict[str, Sum]:
    with engine.connect() as connection:
        return {table.name: table_sum(connection, table) for table in metadata.sorted_tables}


@pytest.fixture
def sides(tmp_path: Path, postgresql_url: str) -> Iterator[dict[str, Engine]]:
    made = {
        "sqlite": sqlite_engine(f"sqlite:///{tmp_path / 'one.sqlite3'}", read_only=False),
        "sqlite again": sqlite_engine(f"sqlite:///{tmp_path / 'two.sqlite3'}", read_only=False),
        "postgresql": postgresql_engine(postgresql_url),
    }
    yield made
    for engine in made.values():
        engine.dispose()


def nothing(_table: str, _sum: Sum) -> None:
    pass


def test_there_and_back_again(sides: dict[str, Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_AT_ONCE", 2)  # several batches
    migrate(sides["sqlite"])
    fill(sides["sqlite"])
    told: list[str] = []
    there = copy_store(sides["sqlite"], sides["postgresql"], lambda table, _sum: told.append(table))
    back = copy_store(sides["postgresql"], sides["sqlite again"], nothing)
    assert there == back == sums(sides["sqlite"]) == sums(sides["sqlite again"])
    assert {found.rows for found in there.values()} == {ROWS}
    assert sorted(told) == sorted(table.name for table in metadata.tables.values())
    # New rows are numbered on from the copied ones, on both.
    for name in ("postgresql", "sqlite again"):
        with sides[name].begin() as connection:
            values = {"actor": "a", "what": "test", "at": datetime.now(UTC)}
            made = connection.execute(insert(publications).values(**values).returning(publications.c.number))
            assert made.scalar_one() == ROWS + 1


def test_an_empty_table_numbers_from_one(sides: dict[str, Engine]) -> None:
    migrate(sides["sqlite"])
    copy_store(sides["sqlite"], sides["postgresql"], nothing)
    with sides["postgresql"].begin() as connection:
        values = {"channel": "c", "external_id": "1", "kind": "text", "body": {}, "state": "accepted"}
        made = connection.execute(insert(inbox).values(**values, received_at=datetime.now(UTC)).returning(inbox.c.id))
        assert made.scalar_one() == 1


def test_a_target_that_holds_something_is_left_alone(sides: dict[str, Engine]) -> None:
    for name in ("sqlite", "sqlite again"):
        migrate(sides[name])
        fill(sides[name])
    before = sums(sides["sqlite again"])
    with pytest.raises(Conflict, match="target_not_empty"):
        copy_store(sides["sqlite"], sides["sqlite again"], nothing)
    assert sums(sides["sqlite again"]) == before


def test_what_arrives_altered_is_not_kept(sides: dict[str, Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(sides["sqlite"])
    fill(sides["sqlite"])
    insertable = copying._insertable

    def altered(table: Table, row: dict[str, Any]) -> dict[str, Any]:
        changed = {"sealed_address": b"altered"} if table is contacts else {}
        return insertable(table, row) | changed

    monkeypatch.setattr(copying, "_insertable", altered)
    with pytest.raises(InvalidInput, match="copy_differs"):
        copy_store(sides["sqlite"], sides["postgresql"], nothing)
    with sides["postgresql"].connect() as connection:
        assert connection.execute(select(contacts)).all() == []


def test_only_stores_of_this_schema_are_copied(sides: dict[str, Engine]) -> None:
    with pytest.raises(Unavailable, match="source"):
        copy_store(sides["sqlite"], sides["postgresql"], nothing)
    migrate(sides["sqlite"])
    migrate(sides["postgresql"])
    migrate(sides["postgresql"], "0001")
    with pytest.raises(Unavailable, match="target"):
        copy_store(sides["sqlite"], sides["postgresql"], nothing)


def test_a_checksum_sees_every_change(sides: dict[str, Engine]) -> None:
    engine = sides["sqlite"]
    migrate(engine)
    fill(engine)
    seen = {sums(engine)["contacts"].checksum}
    for column, value in (
        ("channel", "x"),
        ("sealed_address", b""),
        ("stopped_at", None),
        ("stopped_at", datetime.now(UTC)),
    ):
        with engine.begin() as connection:
            connection.execute(update(contacts).where(contacts.c.ref.like("1%")).values({column: value}))
        seen.add(sums(engine)["contacts"].checksum)
    assert len(seen) == 5


def test_the_command(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = sqlite_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}", read_only=False)
    migrate(engine)
    fill(engine)
    engine.dispose()
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    with hold_store(tmp_path):
        assert main(["copy", "--to", postgresql_url]) == 2
    assert "in use" in capsys.readouterr().err
    assert main(["copy", "--to", postgresql_url]) == 0
    assert "all are equal on both sides" in capsys.readouterr().out
    assert main(["copy", "--to", postgresql_url]) == 2
    assert "empty database" in capsys.readouterr().err
