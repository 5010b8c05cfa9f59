"""several senders, writes that can be told apart

Revision: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from knowledge_base.storage.dialect import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_UNSETTLED = sa.text("state IN ('pending', 'retry_at', 'sending')")
_BEING_SENT = sa.text("state = 'sending'")


def upgrade() -> None:
    op.create_table(
        "senders",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("health", sa.String(length=20), nullable=True),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("poller", sa.String(length=32), nullable=True),
        sa.Column("polls_until", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_senders")),
    )
    op.create_table(
        "writes",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_writes")),
    )
    op.create_index(op.f("ix_writes_at"), "writes", ["at"])
    op.add_column("outbox", sa.Column("sender", sa.String(length=32), nullable=True))
    op.add_column("outbox", sa.Column("doubts", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("outbox", sa.Column("talked_at", UtcDateTime(timezone=True), nullable=True))
    op.execute("UPDATE outbox SET talked_at = created_at WHERE state IN ('pending', 'retry_at', 'sending')")
    op.drop_index("ix_outbox_pending", table_name="outbox")
    for name, where, columns in (
        ("ix_outbox_unsettled_by_contact", _UNSETTLED, ["contact_ref", "id"]),
        ("ix_outbox_unsettled_by_talk", _UNSETTLED, ["channel", sa.text("talked_at DESC"), "id"]),
        ("ix_outbox_being_sent", _BEING_SENT, ["channel"]),
    ):
        op.create_index(name, "outbox", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_outbox_being_sent", table_name="outbox")
    op.drop_index("ix_outbox_unsettled_by_talk", table_name="outbox")
    op.drop_index("ix_outbox_unsettled_by_contact", table_name="outbox")
    op.create_index("ix_outbox_pending", "outbox", ["state", "channel", "not_before"])
    for column in ("talked_at", "doubts", "sender"):
        op.drop_column("outbox", column)
    op.drop_table("writes")
    op.drop_table("senders")
