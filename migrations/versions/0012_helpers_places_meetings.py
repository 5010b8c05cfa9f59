"""helpers who ask for neighbours, places with links, village meetings, and codes on paper

Revision: 0012
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from knowledge_base.storage.dialect import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meetings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_code", sa.String(length=20), nullable=False),
        sa.Column("hamlet", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("chair", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"], name=op.f("fk_meetings_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )
    op.create_index(op.f("ix_meetings_unit_code"), "meetings", ["unit_code"], unique=False)
    op.create_table(
        "places",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(length=12), nullable=False),
        sa.Column("unit_code", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('hamlet','speaker','poster','office')", name=op.f("ck_places_kind")),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"], name=op.f("fk_places_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("token", name=op.f("uq_places_token")),
        sa.UniqueConstraint("unit_code", "kind", "label", name=op.f("uq_places_unit_code_kind_label")),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hamlet", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"], name=op.f("fk_teams_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("unit_code", "name", name=op.f("uq_teams_unit_code_name")),
    )
    op.create_table(
        "helpers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed_phone", sa.LargeBinary(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("contact_ref", sa.String(length=32), nullable=True),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_helpers_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helpers")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_helpers_code_hash")),
        sa.UniqueConstraint("contact_ref", name=op.f("uq_helpers_contact_ref")),
        sa.UniqueConstraint("team_id", "name", name=op.f("uq_helpers_team_id_name")),
    )
    op.create_table(
        "place_visits",
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_place_visits_place_id")),
        sa.PrimaryKeyConstraint("place_id", "day", "channel", name=op.f("pk_place_visits")),
    )
    op.create_table(
        "asked_for",
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("helper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=True),
        sa.Column("consent", sa.String(length=10), nullable=False),
        sa.Column("consent_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.String(length=64), nullable=True),
        sa.Column("told_how", sa.String(length=20), nullable=True),
        sa.CheckConstraint("consent IN ('oral','signed','meeting')", name=op.f("ck_asked_for_consent")),
        sa.ForeignKeyConstraint(["helper_id"], ["helpers.id"], name=op.f("fk_asked_for_helper_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_asked_for_meeting_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_asked_for_question_id")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_asked_for")),
    )
    op.create_index(op.f("ix_asked_for_helper_id"), "asked_for", ["helper_id"], unique=False)
    op.create_index(op.f("ix_asked_for_meeting_id"), "asked_for", ["meeting_id"], unique=False)
    op.create_table(
        "question_places",
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_question_places_place_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_question_places_question_id")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_question_places")),
    )
    op.create_index(op.f("ix_question_places_place_id"), "question_places", ["place_id"], unique=False)
    op.create_table(
        "slips",
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("unit_code", sa.String(length=20), nullable=False),
        sa.Column("issue", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("meeting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_slips_meeting_id")),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_slips_question_id")),
        sa.ForeignKeyConstraint(["unit_code"], ["units.code"], name=op.f("fk_slips_unit_code")),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_slips")),
        sa.UniqueConstraint("question_id", name=op.f("uq_slips_question_id")),
    )
    op.create_index(op.f("ix_slips_meeting_id"), "slips", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_slips_unit_code"), "slips", ["unit_code"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_slips_unit_code"), table_name="slips")
    op.drop_index(op.f("ix_slips_meeting_id"), table_name="slips")
    op.drop_table("slips")
    op.drop_index(op.f("ix_question_places_place_id"), table_name="question_places")
    op.drop_table("question_places")
    op.drop_index(op.f("ix_asked_for_meeting_id"), table_name="asked_for")
    op.drop_index(op.f("ix_asked_for_helper_id"), table_name="asked_for")
    op.drop_table("asked_for")
    op.drop_table("place_visits")
    op.drop_table("helpers")
    op.drop_table("teams")
    op.drop_table("places")
    op.drop_index(op.f("ix_meetings_unit_code"), table_name="meetings")
    op.drop_table("meetings")
