"""The statements of the hot path, built once a database.

`Prepared` spares the building; lists are one parameter (`dialect.among`), or each length would be a statement of its
own. `PreparedInsert` hands many rows to the driver as they are: SQLAlchemy's own way works each of them through its
parameter machinery, which costs more than the insert.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Dialect, Executable, Table

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.dialect import listed

if TYPE_CHECKING:
    from sqlalchemy.engine import CursorResult

Process = Callable[[Any], Any]


class Prepared:
    """A statement with named parameters; `build` makes it for a dialect's name."""

    def __init__(self, build: Callable[[str], Executable]) -> None:
        self._build = build
        self._built: dict[str, Executable] = {}

    def run(self, tx: Transaction, **parameters: Any) -> "CursorResult[*tuple[Any, ...]]":
        """Run it; lists and sets are given as they are."""
        name = tx.connection.dialect.name
        statement = self._built.get(name)
        if statement is None:
            statement = self._built[name] = self._build(name)
        values = {
            key: listed(name, value) if isinstance(value, list | set) else value for key, value in parameters.items()
        }
        return tx.execute(statement, values)


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
