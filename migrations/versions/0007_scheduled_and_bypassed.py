"""texts that are approved for a later day, and those that were published past the second person

Revision: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("revisions", sa.Column("publish_on", sa.Date()))
    op.add_column("revisions", sa.Column("scheduled", sa.JSON()))
    op.add_column("revisions", sa.Column("bypass_reason", sa.Text()))
    op.add_column("revisions", sa.Column("bypass_checked_by", sa.String(length=64)))
    op.create_index(op.f("ix_revisions_publish_on"), "revisions", ["publish_on"])
    carries = sa.text("revision_id IS NOT NULL")  # who was sent which text
    op.create_index("ix_outbox_revision", "outbox", ["revision_id"], sqlite_where=carries, postgresql_where=carries)


def downgrade() -> None:
    # An older program knows no schedule: what was approved for later waits for an editor again.
    op.execute("UPDATE revisions SET state = 'in_review', approved_by = NULL WHERE state = 'approved'")
    op.drop_index("ix_outbox_revision", table_name="outbox")
    op.drop_index(op.f("ix_revisions_publish_on"), table_name="revisions")
    for column in ("publish_on", "scheduled", "bypass_reason", "bypass_checked_by"):
        op.drop_column("revisions", column)
