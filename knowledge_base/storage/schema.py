"""Which schema a store has, and bringing it to the one this code knows."""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table

from knowledge_base.errors import Unavailable
from knowledge_base.storage.dialect import refuse_broken_references, unwatched_foreign_keys

MIGRATIONS = Path(__file__).parents[2] / "migrations"
_VERSION = table("alembic_version", column("version_num"))


@cache
def revisions() -> tuple[str, ...]:
    """The schema revisions this program knows, oldest first: the numbers that begin the migrations' file names."""
    return tuple(sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def knows(revision: str | None) -> bool:
    """Whether this program knows a schema revision: it is its own, or an older one that it can bring up to date."""
    return revision is None or revision in revisions()


def revision_of(connection: Connection) -> str | None:
    """The revision a store is at; None when it has no schema yet."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(select(_VERSION.c.version_num)).scalar()


def schema_state(engine: Engine) -> str:
    """Either "current", "older", or "newer" (made by a program this one doesn't know)."""
    with engine.connect() as connection:
        return schema_seen(connection)


def schema_seen(connection: Connection) -> str:
    """`schema_state` within a transaction that is open."""
    revision = revision_of(connection)
    if revision == revisions()[-1]:
        return "current"
    return "older" if knows(revision) else "newer"


def migrate(engine: Engine, revision: str = "head") -> None:
    """Upgrade (or, to an older revision, downgrade) the schema in one transaction.

    Raises:
        Unavailable: `schema_newer`, when the store was made by a newer program.
    """
    state = schema_state(engine)
    if state == "newer":
        raise Unavailable("schema_newer")
    if state == "current" and revision == "head":
        return
    from knowledge_base.storage.migrating import run  # noqa: PLC0415 - a start must not wait for what it doesn't use

    with engine.connect() as connection, unwatched_foreign_keys(connection), connection.begin():
        run(connection, revision)
        refuse_broken_references(connection)
