"""messages that wait for a resident's next word, consents that are renewed, officers' messengers

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
        sa.Column("begun_with", sa.JSON(), nullable=False),
        sa.Column("renewed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("access_until", UtcDateTime(timezone=True), nullable=False),
        sa.Column("renewer", sa.String(length=32), nullable=True),
        sa.Column("renews_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("lost_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_consents")),
    )
    op.create_table(
        "staff_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("contact_ref", sa.String(length=32), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_links_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_links")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_staff_links_code_hash")),
        sa.UniqueConstraint("contact_ref", name=op.f("uq_staff_links_contact_ref")),
    )
    op.create_index(op.f("ix_staff_links_staff_id"), "staff_links", ["staff_id"])


def downgrade() -> None:
    op.drop_table("staff_links")
    op.drop_table("consents")
    op.drop_index("ix_outbox_held", table_name="outbox")
    op.execute("UPDATE outbox SET state = 'retry_at' WHERE state = 'held'")
    op.drop_column("contacts", "held_at")
