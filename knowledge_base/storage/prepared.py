"""INSERTs of many rows on the hot path: compiled once a database, then handed to the driver as they are.

SQLAlchemy's own way of many rows works each of them through its parameter machinery, which costs more than the insert.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Table

from knowledge_base.storage.database import Transaction

Process = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    columns: Sequence[tuple[str, Process | None]]
    positional: bool

    def parameters(self, row: Mapping[str, Any]) -> Any:
        if self.positional:
            return tuple([process(row[name]) if process else row[name] for name, process in self.columns])
        return {name: process(row[name]) if process else row[name] for name, process in self.columns}


class PreparedInsert:
    """An INSERT into `columns` of a table.

    `adapt` finishes the statement (ON CONFLICT …); it must bring no parameters of its own.
    """

    def __init__(
        self, table: Table, columns: Sequence[str], adapt: Callable[[Any], Any] = lambda statement: statement
    ) -> None:
        self._table = table
        self._columns = list(columns)
        self._adapt = adapt
        self._compiled: dict[str, _Compiled] = {}

    def run(self, tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows; each has a value for every column."""
        if not rows:
            return
        dialect = tx.connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = self._compile(tx, dialect)
        tx.connection.exec_driver_sql(compiled.sql, [compiled.parameters(row) for row in rows])

    def _compile(self, tx: Transaction, dialect: Dialect) -> _Compiled:
        statement = self._adapt(tx.insert(self._table)).compile(dialect=dialect, column_keys=self._columns)
        names = list(statement.positiontup or self._columns)
        processors = [self._table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
        return _Compiled(str(statement), list(zip(names, processors, strict=True)), statement.positiontup is not None)
