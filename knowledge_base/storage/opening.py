"""Opening the store a URL names."""

from knowledge_base.clock import Clock
from knowledge_base.keys import Keys
from knowledge_base.storage.database import Database
from knowledge_base.storage.dialect import is_sqlite


def open_database(url: str, clock: Clock, keys: Keys) -> Database:
    """The database a URL names: `sqlite:///path` or `postgresql://…`."""
    if is_sqlite(url):
        from knowledge_base.storage.on_sqlite import SqliteDatabase  # noqa: PLC0415 - a start waits only for what it uses

        return SqliteDatabase(url, clock, keys)
    from knowledge_base.storage.on_postgresql import PostgresqlDatabase  # noqa: PLC0415 - as above

    return PostgresqlDatabase(url, clock, keys)
