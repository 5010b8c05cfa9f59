"""Opening the store a URL names."""

from knowledge_base.clock import Clock
from knowledge_base.keys import Keys
from knowledge_base.storage.database import Database
from knowledge_base.storage.dialect import is_sqlite
from knowledge_base.storage.on_postgresql import PostgresqlDatabase
from knowledge_base.storage.on_sqlite import SqliteDatabase


def open_database(url: str, clock: Clock, keys: Keys) -> Database:
    """The database a URL names: `sqlite:///path` or `postgresql://…`."""
    return SqliteDatabase(url, clock, keys) if is_sqlite(url) else PostgresqlDatabase(url, clock, keys)
