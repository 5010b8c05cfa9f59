"""codes that open a conversation on another device

Revision: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from knowledge_base.storage.dialect import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "return_codes",
        sa.Column("contact_ref", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_ref"], ["contacts.ref"], name=op.f("fk_return_codes_contact_ref")),
        sa.PrimaryKeyConstraint("contact_ref", name=op.f("pk_return_codes")),
    )


def downgrade() -> None:
    op.drop_table("return_codes")
