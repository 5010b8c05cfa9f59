"""residents' rights: erasures, codes that open a copy of one's data

Revision: 0011
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from knowledge_base.storage.dialect import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = UtcDateTime(timezone=True)
UNSCRUBBED = sa.text("scrubbed_at IS NULL")


def upgrade() -> None:
    op.add_column("contacts", sa.Column("parting_until", MOMENT))
    op.create_index(op.f("ix_contacts_parting_until"), "contacts", ["parting_until"])
    op.add_column("questions", sa.Column("erased_at", MOMENT))
    op.create_table(
        "data_codes",
        sa.Column("contact_ref", sa.String(32), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["contact_ref"], ["contacts.ref"], name=op.f("fk_data_codes_contact_ref")),
        sa.PrimaryKeyConstraint("contact_ref", name=op.f("pk_data_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_data_codes_code_hash")),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("contact_hash", sa.String(64), nullable=False),
        sa.Column("question_hashes", sa.JSON(), nullable=False),
        sa.Column("scrubbed_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(
        "ix_erasures_unscrubbed", "erasures", ["at"], sqlite_where=UNSCRUBBED, postgresql_where=UNSCRUBBED
    )


def downgrade() -> None:
    # What was erased stays so; an older program doesn't know why a question was closed, nor whom to say goodbye to.
    op.execute("UPDATE questions SET close_reason = 'withdrawn' WHERE close_reason = 'erased'")
    op.execute("UPDATE questions SET disposition_reason = 'withdrawn' WHERE disposition_reason = 'erased'")
    op.execute("UPDATE outbox SET state = 'failed' WHERE state = 'cancelled'")
    op.drop_table("erasures")
    op.drop_table("data_codes")
    op.drop_column("questions", "erased_at")
    op.drop_index(op.f("ix_contacts_parting_until"), table_name="contacts")
    op.drop_column("contacts", "parting_until")
