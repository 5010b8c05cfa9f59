"""the administrator's words to somebody in distress

Revision: 0013
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

from knowledge_base.storage.dialect import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "distress_words",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "language", name=op.f("pk_distress_words")),
    )


def downgrade() -> None:
    op.drop_table("distress_words")
