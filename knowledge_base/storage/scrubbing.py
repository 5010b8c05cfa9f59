"""Getting rid of bytes that a database leaves behind when rows are blanked. Run when something was erased.

SQLite: deleted words stay in the full-text table until its segments are merged, in the WAL until it is cut, and (in
spite of `secure_delete`, which misses what is left where pages were split) in some pages until the file is rewritten.
PostgreSQL: dead rows stay until VACUUM; its free space and its WAL it overwrites with time, which is not ours to hurry.
"""

import sqlite3
from typing import Any

from sqlalchemy import Engine, text

from knowledge_base.storage.database import Transaction
from knowledge_base.storage.tables import metadata

_PAGES = 200  # of the full-text table merged in one transaction; takes some milliseconds
_PATIENCE_MS = 500  # how long readers may hold a checkpoint up; it is tried again
_IN_MEMORY = 64 * 1024 * 1024  # bytes: a larger store is rewritten by way of a file


def merge_words(tx: Transaction) -> bool:
    """Merge a bit of the full-text table, so that deleted words leave it; True while there is more to do."""
    if tx.connection.dialect.name != "sqlite":
        return False
    driver: Any = tx.connection.connection.driver_connection
    before = driver.total_changes
    driver.execute("INSERT INTO question_words(question_words, rank) VALUES ('merge', ?)", (-_PAGES,))
    return bool(driver.total_changes - before >= 2)  # noqa: PLR2004 - one change is the statement itself (SQLite's manual)


def rewrite(engine: Engine) -> bool:
    """Rewrite a SQLite file by its writer, outside of a transaction; False while readers are in the way.

    Nobody writes meanwhile: some tenths of a second for a commune's store, longer for a very large one.
    """
    raw = engine.raw_connection()
    try:
        connection: Any = raw.driver_connection
        ((pages, size),) = connection.execute("SELECT page_count, page_size FROM pragma_page_count, pragma_page_size")
        connection.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        connection.execute(f"PRAGMA temp_store={'MEMORY' if pages * size <= _IN_MEMORY else 'FILE'}")
        try:
            connection.execute("VACUUM")
            ((busy, _log, _done),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError:  # a reader; or the disk has no room for a second copy
            return False
        finally:
            connection.execute("PRAGMA temp_store=MEMORY")
            connection.execute("PRAGMA busy_timeout=30000")
        return not busy
    finally:
        raw.close()


def vacuum(engine: Engine) -> bool:
    """Have PostgreSQL take dead rows out of its pages; beside all other work."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        try:
            for name in metadata.tables:
                connection.execute(text(f'VACUUM "{name}"'))
        finally:
            connection.execute(text("RESET statement_timeout"))
    return True


def overwrite(engine: Engine) -> None:
    """All of it at once, for a store that nobody uses."""
    if engine.dialect.name != "sqlite":
        vacuum(engine)
        return
    with engine.connect() as connection, connection.begin():
        connection.execute(text("INSERT INTO question_words(question_words) VALUES ('optimize')"))
    rewrite(engine)
