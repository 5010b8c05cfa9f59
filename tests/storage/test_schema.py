"""Migrations and tables say the same, on both databases, up, down and up again."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from knowledge_base.errors import Unavailable
from knowledge_base.storage.database import Database
from knowledge_base.storage.migrating import scripts
from knowledge_base.storage.schema import migrate, revisions, schema_state
from knowledge_base.storage.tables import metadata

# Alembic can't read an index with a descending column back from SQLite, where PostgreSQL's index of words isn't made;
# PostgreSQL's are compared. SQLite's full-text table has tables of its own.
UNREADABLE = {
    "sqlite": {"ix_outbox_unsettled_by_talk", "ix_questions_words", "ix_questions_unfinished"},
    "postgresql": set(),
}
FULL_TEXT = "question_words"


def is_ours(name: str | None, unreadable: set[str]) -> bool:
    return name not in unreadable and not (name or "").startswith(FULL_TEXT)


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_migrations_make_the_tables(both_databases: Database) -> None:
    with both_databases.engine.connect() as connection:
        unreadable = UNREADABLE[connection.dialect.name]
        options = {"compare_type": True, "include_object": lambda _item, name, *_more: is_ours(name, unreadable)}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_down_and_up_again(both_databases: Database) -> None:
    migrate(both_databases.engine, "base")
    assert set(inspect(both_databases.engine).get_table_names()) <= {"alembic_version"}
    migrate(both_databases.engine)
    assert schema_state(both_databases.engine) == "current"


def test_a_store_from_a_newer_program_is_refused(both_databases: Database) -> None:
    with both_databases.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Unavailable, match="schema_newer"):
        migrate(both_databases.engine)


def test_the_file_names_tell_the_revisions() -> None:
    known = [step.revision for step in scripts().walk_revisions()]
    assert list(revisions()) == known[::-1]
    assert scripts().get_current_head() == revisions()[-1]
