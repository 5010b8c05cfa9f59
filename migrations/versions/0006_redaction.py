"""what a human decided about each hit of personal data

Revision: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from knowledge_base.storage.dialect import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "redactions",
        sa.Column("entry_key", sa.String(length=40), nullable=False),
        sa.Column("mark_hash", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["entry_key"], ["entries.key"], name=op.f("fk_redactions_entry_key")),
        sa.PrimaryKeyConstraint("entry_key", "mark_hash", name=op.f("pk_redactions")),
    )


def downgrade() -> None:
    op.drop_table("redactions")
