"""Bringing the store to the schema this code knows (Alembic)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from knowledge_base.errors import Unavailable

_MIGRATIONS = Path(__file__).parents[2] / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def knows(revision: str | None) -> bool:
    """Whether this program knows a schema revision: it is its own, or an older one that it can bring up to date."""
    return revision is None or revision in {
        step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()
    }


def schema_state(engine: Engine) -> str:
    """Either "current", "older", or "newer" (made by a program this one doesn't know)."""
    with engine.connect() as connection:
        return schema_seen(connection)


def schema_seen(connection: Connection) -> str:
    """`schema_state` within a transaction that is open."""
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision == _newest():
        return "current"
    return "older" if knows(revision) else "newer"


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrade (or, to an older revision, downgrade) the schema in one transaction.

    Raises:
        Unavailable: `schema_newer`, when the store was made by a newer program.
    """
    if schema_state(engine) == "newer":
        raise Unavailable("schema_newer")
    with engine.connect() as connection, connection.begin():
        # Only one process migrates; the others wait and find nothing left to do.
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7236541)")
        config = _config(connection)
        downgrade = revision == "base" or _is_older(connection, revision)
        (command.downgrade if downgrade else command.upgrade)(config, revision)


def _is_older(connection: Connection, revision: str) -> bool:
    current = MigrationContext.configure(connection).get_current_revision()
    if revision == "head" or current is None or current == revision:
        return False
    script = ScriptDirectory.from_config(_config())
    return any(step.revision == revision for step in script.iterate_revisions(current, "base"))
