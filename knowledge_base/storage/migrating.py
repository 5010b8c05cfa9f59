"""Running migrations (Alembic)."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from knowledge_base.storage.schema import MIGRATIONS, revision_of


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def scripts() -> ScriptDirectory:
    """The migrations, as Alembic reads them."""
    return ScriptDirectory.from_config(_config())


def run(connection: Connection, revision: str) -> None:
    """Bring the schema to a revision ("head", "base", or a number) in the open transaction."""
    # Only one process migrates; the others wait and find nothing left to do.
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7236541)")
    downgrade = revision == "base" or _is_older(connection, revision)
    (command.downgrade if downgrade else command.upgrade)(_config(connection), revision)


def _is_older(connection: Connection, revision: str) -> bool:
    current = revision_of(connection)
    if revision == "head" or current is None or current == revision:
        return False
    return any(step.revision == revision for step in scripts().iterate_revisions(current, "base"))
