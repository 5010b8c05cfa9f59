"""The statements of the hot path, made once a database and given to the driver as they are.

SQLAlchemy writes them, so that they are in one language for both databases; running them its way costs more than most
take. Lists are one parameter (`dialect.among`), or each length would be a statement of its own, and many rows go in
with one statement (`ManyRows`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, Update
from sqlalchemy.engine import Row
from sqlalchemy.sql.compiler import SQLCompiler

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import RowsInserter, by_driver, listed, processor, rows_inserter

_Statement = Select[Any] | Update


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    names: Sequence[str]  # of the parameters, in order
    processors: Mapping[str, Callable[[Any], Any]]
    positional: bool

    def parameters(self, given: Mapping[str, Any]) -> Any:
        values = dict(given)
        for name, process in self.processors.items():
            values[name] = process(values[name])
        return [values[name] for name in self.names] if self.positional else values


class Prepared:
    """A statement with named parameters, made by `build` for a dialect's name. Lists and sets are given as they are."""

    def __init__(self, build: Callable[[str], _Statement]) -> None:
        self._build = build
        self._built: dict[str, _Statement] = {}
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, tx: Transaction, **parameters: Any) -> list[Any]:
        """Run it; the rows are tuples of what the driver makes of texts and numbers: ask for nothing else."""
        dialect = tx.connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = self._compile(tx)
        given = compiled.parameters({name: _given(dialect.name, value) for name, value in parameters.items()})
        return by_driver(tx.connection, compiled.sql, given)

    def typed_rows(self, tx: Transaction, **parameters: Any) -> Sequence[Row[Any]]:
        """Run it; the rows are SQLAlchemy's, with JSON read and moments aware."""
        name = tx.connection.dialect.name
        given = {key: _given(name, value) for key, value in parameters.items()}
        return tx.execute(self._statement(name), given).all()

    def _statement(self, dialect_name: str) -> _Statement:
        if dialect_name not in self._built:
            self._built[dialect_name] = self._build(dialect_name)
        return self._built[dialect_name]

    def _compile(self, tx: Transaction) -> _Compiled:
        dialect = tx.connection.dialect
        compiled = self._statement(dialect.name).compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - narrows the type
        processors = {name: processor(dialect, bind.type) for name, bind in compiled.binds.items()}
        needed = {name: process for name, process in processors.items() if process}
        return _Compiled(str(compiled), list(compiled.positiontup or ()), needed, compiled.positional)


def _given(dialect_name: str, value: Any) -> Any:
    return listed(dialect_name, value) if isinstance(value, list | set) else value


class ManyRows:
    """An INSERT of many rows into some columns of a table. `conflict`: its ON CONFLICT, the same on both databases."""

    def __init__(self, table: Table, columns: str, conflict: str = "") -> None:
        self._table = table
        self._columns = columns.split()
        self._conflict = conflict
        self._inserters: dict[str, RowsInserter] = {}

    def insert(self, tx: Transaction, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows; each has its values in the order of the columns."""
        if not rows:
            return
        dialect = tx.connection.dialect
        insert = self._inserters.get(dialect.name)
        if insert is None:
            insert = rows_inserter(dialect, self._table, self._columns, self._conflict)
            self._inserters[dialect.name] = insert
        insert(tx.connection, rows)
