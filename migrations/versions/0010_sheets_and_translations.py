"""phrasings proposed with a text, editors' sheets between preview and sending, translations of entries

Revision: 0010
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from knowledge_base.storage.dialect import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("revisions", sa.Column("phrasings", sa.JSON()))
    op.add_column("contacts", sa.Column("language", sa.String(12)))
    op.create_table(
        "sheet_uploads",
        sa.Column("member_id", ID, sa.ForeignKey("staff.id", name="fk_sheet_uploads_member_id"), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("uploaded_at", UtcDateTime(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_sheet_uploads"),
    )
    op.create_table(
        "sheet_rows",
        sa.Column("member_id", ID, sa.ForeignKey("staff.id", name="fk_sheet_rows_member_id"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "row", name="pk_sheet_rows"),
    )
    op.create_table(
        "entry_translations",
        sa.Column("id", ID, nullable=False),
        sa.Column(
            "entry_key",
            sa.String(40),
            sa.ForeignKey("entries.key", name="fk_entry_translations_entry_key"),
            nullable=False,
        ),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("source_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("translator", sa.String(64), nullable=False),
        sa.Column("approved_by", sa.String(64)),
        sa.Column("note", sa.Text()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_entry_translations"),
    )
    op.create_index(op.f("ix_entry_translations_entry_key"), "entry_translations", ["entry_key"])
    for state in ("published", "in_review"):
        condition = sa.text(f"state = '{state}'")
        op.create_index(
            f"uq_entry_translations_{state}",
            "entry_translations",
            ["entry_key", "language"],
            unique=True,
            sqlite_where=condition,
            postgresql_where=condition,
        )


def downgrade() -> None:
    for table in ("entry_translations", "sheet_rows", "sheet_uploads"):
        op.drop_table(table)
    op.drop_column("contacts", "language")
    op.drop_column("revisions", "phrasings")
