"""messages that wait for a resident's next word, consents that are renewed

Revision: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from knowledge_base.storage.dialect import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_HELD = sa.text("state = 'held'")


def upgrade() -> None:
    op.add_column("contacts", sa.Column("held_at", UtcDateTime(timezone=True), nullable=True))
    op.create_index("ix_outbox_held", "outbox", ["contact_ref"], sqlite_where=_HELD, postgresql_where=_HELD)
    op.create_table(
        "consents",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("sealed_tokens", sa.LargeBinary(), nullable=False),
        sa.Column("first_hash", sa.String(length=64), nullable=False),
        sa.Column("renewed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("access_until", UtcDateTime(timezone=True), nullable=False),
        sa.Column("renewer", sa.String(length=32), nullable=True),
        sa.Column("renews_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("lost_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_consents")),
    )


def downgrade() -> None:
    op.drop_table("consents")
    op.drop_index("ix_outbox_held", table_name="outbox")
    op.execute("UPDATE outbox SET state = 'retry_at' WHERE state = 'held'")
    op.drop_column("contacts", "held_at")
