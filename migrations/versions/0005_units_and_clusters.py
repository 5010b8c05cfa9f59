"""units of today and before, the working calendar, clusters, notes, templates, presence, the audit trail

Revision: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from knowledge_base.storage.dialect import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = UtcDateTime(timezone=True)
ROLES_BEFORE = "role IN ('officer','editor','administrator')"
ROLES = "role IN ('officer','editor','administrator','auditor','collaborator')"

# SQLite's full-text table keeps no copy of the text; triggers keep it in step with the questions.
WORDS = (
    "CREATE VIRTUAL TABLE question_words USING fts5(folded, content='questions', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER question_words_added AFTER INSERT ON questions BEGIN "
    "INSERT INTO question_words(rowid, folded) VALUES (new.id, new.folded); END",
    "CREATE TRIGGER question_words_removed AFTER DELETE ON questions BEGIN "
    "INSERT INTO question_words(question_words, rowid, folded) VALUES ('delete', old.id, old.folded); END",
    "CREATE TRIGGER question_words_changed AFTER UPDATE OF folded ON questions BEGIN "
    "INSERT INTO question_words(question_words, rowid, folded) VALUES ('delete', old.id, old.folded); "
    "INSERT INTO question_words(rowid, folded) VALUES (new.id, new.folded); END",
    "INSERT INTO question_words(question_words) VALUES ('rebuild')",
)
FILTERS = ["unit_code", "state", "channel", "topic", "assigned_to", "owner_id"]
UNFINISHED = sa.text("state IN ('queued', 'assigned', 'waiting_for_resident')")


def _question_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("topic", sa.String(60)),
        sa.Column("owner_id", ID),
        sa.Column("cluster_id", ID),
        sa.Column("split_from", ID),
        sa.Column("clock_from", sa.Date()),
        sa.Column("clock_days", sa.Integer()),
        sa.Column("pauses", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("unit_due_on", sa.Date()),
    )




def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _roles(allowed: str) -> None:
    with op.batch_alter_table("staff") as staff:  # SQLite can't change a constraint: the table is copied
        staff.drop_constraint(op.f("ck_staff_role"), type_="check")
        staff.create_check_constraint(op.f("ck_staff_role"), allowed)


def _with_key(table: str, *columns: sa.Column[object], foreign: dict[str, str], key: list[str]) -> None:
    op.create_table(
        table,
        *columns,
        *(
            sa.ForeignKeyConstraint([name], [target], name=op.f(f"fk_{table}_{name}"))
            for name, target in foreign.items()
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}")),
    )


def _units() -> None:
    op.add_column("units", sa.Column("kind", sa.String(10), nullable=False, server_default="top"))
    op.add_column("units", sa.Column("parent_code", sa.String(20)))
    op.add_column("units", sa.Column("path", sa.String(80), nullable=False, server_default="0/"))
    op.add_column("units", sa.Column("official_code", sa.String(10)))
    op.add_column("units", sa.Column("valid_from", sa.Date()))
    op.add_column("units", sa.Column("valid_to", sa.Date()))
    op.create_index(op.f("ix_units_parent_code"), "units", ["parent_code"])
    op.create_index(op.f("ix_units_path"), "units", ["path"])
    _with_key(
        "unit_successors",
        sa.Column("unit_code", sa.String(20), nullable=False),
        sa.Column("successor_code", sa.String(20), nullable=False),
        foreign={"unit_code": "units.code", "successor_code": "units.code"},
        key=["unit_code", "successor_code"],
    )
    _with_key(
        "seeds",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        foreign={},
        key=["name"],
    )
    _with_key(
        "calendar_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        foreign={},
        key=["day"],
    )


def _staff() -> None:
    op.add_column("staff", sa.Column("heads_unit", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("staff", sa.Column("needs_totp", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("staff", sa.Column("sealed_totp", sa.LargeBinary()))
    op.add_column("staff", sa.Column("totp_step", sa.BigInteger()))
    _roles(ROLES)
    op.create_table(
        "topic_owners",
        sa.Column("id", ID, nullable=False),
        sa.Column("topic", sa.String(60), nullable=False),
        sa.Column("unit_code", sa.String(20), nullable=False),
        sa.Column("staff_id", ID),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"], name=op.f("fk_topic_owners_unit_code")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_topic_owners_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_owners")),
        sa.UniqueConstraint("topic", "unit_code", "staff_id", name=op.f("uq_topic_owners_topic_unit_code_staff_id")),
    )
    op.create_index(op.f("ix_topic_owners_topic"), "topic_owners", ["topic"])
    op.create_table(
        "audit",
        sa.Column("number", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("unit_code", sa.String(20), nullable=False),
        sa.Column("origin", sa.String(64), nullable=False),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("subject", sa.String(60), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_actor"), "audit", ["actor"])
    op.create_index(op.f("ix_audit_subject"), "audit", ["subject"])


def _questions() -> None:
    op.create_table(
        "clusters",
        sa.Column("id", ID, nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clusters")),
    )
    with op.batch_alter_table("questions") as questions:
        for column in _question_columns():
            questions.add_column(column)
        questions.create_foreign_key(op.f("fk_questions_owner_id"), "staff", ["owner_id"], ["id"])
        questions.create_foreign_key(op.f("fk_questions_cluster_id"), "clusters", ["cluster_id"], ["id"])
    op.create_index(op.f("ix_questions_cluster_id"), "questions", ["cluster_id"])
    op.drop_index("ix_questions_queue", table_name="questions")
    op.create_index("ix_questions_filters", "questions", [*FILTERS, "due_on", "cluster_id"])
    op.create_index(
        "ix_questions_unfinished",
        "questions",
        [sa.text("urgent DESC"), "due_on", "id", *FILTERS],
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )
    if _is_sqlite():
        for statement in WORDS:
            op.execute(statement)
    else:
        words = sa.text("to_tsvector('simple', folded)")
        op.create_index("ix_questions_words", "questions", [words], postgresql_using="gin")


def _beside_questions() -> None:
    question = {"question_id": "questions.id"}
    _with_key(
        "question_units",
        sa.Column("question_id", ID, nullable=False),
        sa.Column("unit_code", sa.String(20), nullable=False),
        foreign={**question, "unit_code": "units.code"},
        key=["question_id", "unit_code"],
    )
    op.create_table(
        "question_sketches",
        sa.Column("number", ID, nullable=False),
        sa.Column("question_id", ID, nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_question_sketches_question_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_question_sketches")),
        sa.UniqueConstraint("question_id", name=op.f("uq_question_sketches_question_id")),
    )
    _with_key(
        "unlike_questions",
        sa.Column("question_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        foreign={**question, "other_id": "questions.id"},
        key=["question_id", "other_id"],
    )
    _with_key(
        "question_notes",
        sa.Column("id", ID, nullable=False),
        sa.Column("question_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        foreign={**question, "author_id": "staff.id"},
        key=["id"],
    )
    op.create_index(op.f("ix_question_notes_question_id"), "question_notes", ["question_id"])
    _with_key(
        "question_presence",
        sa.Column("question_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        foreign={**question, "staff_id": "staff.id"},
        key=["question_id", "staff_id"],
    )
    op.create_index(op.f("ix_question_presence_at"), "question_presence", ["at"])
    _with_key(
        "answer_templates",
        sa.Column("id", ID, nullable=False),
        sa.Column("unit_code", sa.String(20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        foreign={"unit_code": "units.code"},
        key=["id"],
    )
    op.create_index(op.f("ix_answer_templates_unit_code"), "answer_templates", ["unit_code"])


def upgrade() -> None:
    _units()
    _staff()
    _questions()
    _beside_questions()


def downgrade() -> None:
    for table in (
        "answer_templates",
        "question_presence",
        "question_notes",
        "unlike_questions",
        "question_sketches",
        "question_units",
        "audit",
        "topic_owners",
        "calendar_days",
        "seeds",
        "unit_successors",
    ):
        op.drop_table(table)
    if _is_sqlite():
        for trigger in ("added", "removed", "changed"):
            op.execute(f"DROP TRIGGER question_words_{trigger}")
        op.execute("DROP TABLE question_words")
    else:
        op.drop_index("ix_questions_words", table_name="questions")
    op.drop_index("ix_questions_unfinished", table_name="questions")
    op.drop_index("ix_questions_filters", table_name="questions")
    op.create_index("ix_questions_queue", "questions", ["state", "urgent", "due_on"])
    op.drop_index(op.f("ix_questions_cluster_id"), table_name="questions")
    # What an older program doesn't know goes back to the state it came from.
    op.execute("UPDATE questions SET state = 'assigned' WHERE state = 'waiting_for_resident'")
    with op.batch_alter_table("questions") as questions:
        questions.drop_constraint(op.f("fk_questions_owner_id"), type_="foreignkey")
        questions.drop_constraint(op.f("fk_questions_cluster_id"), type_="foreignkey")
        for column in _question_columns():
            questions.drop_column(column.name)
    op.drop_table("clusters")
    op.execute("UPDATE staff SET role = 'officer', disabled_at = CURRENT_TIMESTAMP WHERE role IN ('auditor','collaborator')")
    _roles(ROLES_BEFORE)
    for column in ("heads_unit", "needs_totp", "sealed_totp", "totp_step"):
        op.drop_column("staff", column)
    op.execute("UPDATE staff SET unit_code = '0' WHERE unit_code <> '0'")
    op.execute("UPDATE questions SET unit_code = '0' WHERE unit_code <> '0'")
    op.execute("DELETE FROM units WHERE code <> '0'")
    op.drop_index(op.f("ix_units_path"), table_name="units")
    op.drop_index(op.f("ix_units_parent_code"), table_name="units")
    for column in ("kind", "parent_code", "path", "official_code", "valid_from", "valid_to"):
        op.drop_column("units", column)
