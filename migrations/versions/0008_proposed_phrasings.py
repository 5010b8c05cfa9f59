"""wordings of questions that wait, as phrasings of an entry, for a second editor

Revision: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from knowledge_base.storage.dialect import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "proposed_phrasings",
        sa.Column("id", ID, nullable=False),
        sa.Column("question_id", ID, nullable=False),
        sa.Column("entry_key", sa.String(length=40), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(length=10)),
        sa.Column("decided_by", sa.String(length=64)),
        sa.Column("decided_at", UtcDateTime(timezone=True)),
        sa.Column("note", sa.Text()),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_proposed_phrasings_question_id")
        ),
        sa.ForeignKeyConstraint(["entry_key"], ["entries.key"], name=op.f("fk_proposed_phrasings_entry_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_phrasings")),
    )
    op.create_index(op.f("ix_proposed_phrasings_question_id"), "proposed_phrasings", ["question_id"])


def downgrade() -> None:
    op.drop_table("proposed_phrasings")
