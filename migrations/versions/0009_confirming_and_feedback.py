"""what changed told to readers, shipped text confirmed point by point, feedback dealt with, kinds of questions

Revision: 0009
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from knowledge_base.storage.dialect import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SHIPPED = "SELECT entry_key FROM revisions WHERE approved_by = 'project'"


def upgrade() -> None:
    op.add_column("revisions", sa.Column("correction", sa.JSON()))
    told = sa.text("correction IS NOT NULL")
    op.create_index("ix_revisions_corrections", "revisions", ["entry_key"], sqlite_where=told, postgresql_where=told)
    op.add_column("entries", sa.Column("shipped", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(f"UPDATE entries SET shipped = {sa.true().compile(op.get_bind())} WHERE key IN ({_SHIPPED})")
    # Shipped text that two people of the authority changed here lost its label then, and doesn't get it back by this.
    op.execute(
        "UPDATE revisions SET confirmed_by = approved_by WHERE state = 'published' AND confirmed_by IS NULL"
        f" AND approved_by <> 'project' AND entry_key IN ({_SHIPPED})"
    )
    op.create_table(
        "confirmations",
        sa.Column("entry_key", sa.String(length=40), nullable=False),
        sa.Column("point", sa.String(length=20), nullable=False),
        sa.Column("part_hash", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_key"], ["entries.key"], name=op.f("fk_confirmations_entry_key")),
        sa.PrimaryKeyConstraint("entry_key", "point", name=op.f("pk_confirmations")),
    )
    with op.batch_alter_table("feedback") as batch:
        batch.add_column(sa.Column("voter", sa.String(length=64)))
        batch.create_unique_constraint(op.f("uq_feedback_voter"), ["voter"])
    op.create_index("ix_feedback_opinions", "feedback", ["entry_key", "verdict", "at", "question_id"])
    op.create_table(
        "feedback_handled",
        sa.Column("entry_key", sa.String(length=40), nullable=False),
        sa.Column("unit_code", sa.String(length=20), nullable=False),
        sa.Column("up_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_key"], ["entries.key"], name=op.f("fk_feedback_handled_entry_key")),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"], name=op.f("fk_feedback_handled_unit_code")),
        sa.PrimaryKeyConstraint("entry_key", "unit_code", name=op.f("pk_feedback_handled")),
    )
    answered = sa.text("entry_key IS NOT NULL")
    columns = ["entry_key", "received_at", "unit_code"]
    op.create_index(
        "ix_questions_answered_entry", "questions", columns, sqlite_where=answered, postgresql_where=answered
    )
    for table in ("questions", "question_sketches"):
        op.add_column(table, sa.Column("kin", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
    unreached = sa.text("entry_key IS NULL AND disposition = 'pending' AND kin IS NOT NULL")
    columns = ["kin", "unit_code", "cluster_id", "close_reason", "entry_key", "disposition"]
    op.create_index("ix_questions_unreached", "questions", columns, sqlite_where=unreached, postgresql_where=unreached)
    op.create_index(op.f("ix_question_sketches_kin"), "question_sketches", ["kin"])


def downgrade() -> None:
    op.drop_index(op.f("ix_question_sketches_kin"), table_name="question_sketches")
    op.drop_index("ix_questions_unreached", table_name="questions")
    for table in ("questions", "question_sketches"):
        op.drop_column(table, "kin")
    op.drop_index("ix_questions_answered_entry", table_name="questions")
    op.drop_table("feedback_handled")
    op.drop_index("ix_feedback_opinions", table_name="feedback")
    with op.batch_alter_table("feedback") as batch:
        batch.drop_constraint(op.f("uq_feedback_voter"), type_="unique")
        batch.drop_column("voter")
    op.drop_table("confirmations")
    op.drop_column("entries", "shipped")
    op.drop_index("ix_revisions_corrections", table_name="revisions")
    op.drop_column("revisions", "correction")
