"""questions that no officer may read (yet); whose erased questions an officer held

Revision: 0014
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ERASED = sa.text("erased_at IS NOT NULL")
FILTERS = ["unit_code", "state", "channel", "topic", "assigned_to", "owner_id", "due_on", "cluster_id"]


def upgrade() -> None:
    op.add_column("questions", sa.Column("unshared", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_questions_filters", table_name="questions")
    op.create_index("ix_questions_filters", "questions", [*FILTERS, "unshared"])
    op.create_index(
        "ix_questions_erased", "questions", ["assigned_to", "erased_at"], sqlite_where=ERASED, postgresql_where=ERASED
    )


def downgrade() -> None:
    # An older program would show them to officers.
    op.execute("UPDATE questions SET text = '', folded = '', commune = NULL, kin = NULL WHERE unshared")
    op.execute(
        "UPDATE question_messages SET text = '', media_ref = NULL"
        " WHERE question_id IN (SELECT id FROM questions WHERE unshared)"
    )
    op.drop_index("ix_questions_erased", table_name="questions")
    op.drop_index("ix_questions_filters", table_name="questions")
    op.create_index("ix_questions_filters", "questions", FILTERS)
    op.drop_column("questions", "unshared")
