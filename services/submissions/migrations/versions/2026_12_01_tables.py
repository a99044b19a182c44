"""All tables of submissions, after those of the chassis."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services.chassis.storage.tables import create_chassis_tables

revision = "2026_12_01_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_chassis_tables(op)
    op.create_table(
        "essays",
        sa.Column("essay_id", sa.Uuid, primary_key=True),
        sa.Column("campaign", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("form", sa.String, nullable=False),
        sa.Column("exemplar_kind", sa.String, nullable=False),
        sa.Column("exemplar_name", sa.String, nullable=False),
        sa.Column("words", sa.Integer),
        sa.Column("minutes", sa.Numeric(20, 6)),
        sa.Column("published_in", sa.String),
        sa.Column("published_on", sa.Date),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("days_late", sa.Integer, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawal_reason", sa.String),
        sa.Column("mark", sa.Numeric(20, 6)),
        sa.Column("prize", sa.String),
        sa.Column("judged_at", sa.DateTime(timezone=True)),
        sa.Column("simulated", sa.Boolean, nullable=False),
        comment="Entries of the contest, without what is private about people.",
    )
    op.create_index("essays_of_unit", "essays", ["campaign", "unit", "submitted_at", "essay_id"])
    op.create_table(
        "essay_authors",
        sa.Column(
            "essay_id",
            sa.Uuid,
            sa.ForeignKey("essays.essay_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("full_name", sa.String, nullable=False),
        sa.Column("address", sa.String),
        sa.Column("workplace", sa.String),
        sa.Column("phone", sa.String, nullable=False),
        sa.Column("exemplar_address", sa.String, nullable=False),
        comment="Personal data of authors and exemplars; grant it apart, log it nowhere.",
    )
    op.create_table(
        "commendation_proposals",
        sa.Column("proposal_id", sa.Uuid, primary_key=True),
        sa.Column("campaign", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("exemplar_kind", sa.String, nullable=False),
        sa.Column("exemplar_name", sa.String, nullable=False),
        sa.Column("level", sa.String, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
    )
    op.create_index(
        "proposals_of_unit", "commendation_proposals", ["campaign", "unit", "proposed_at"]
    )
    _report(
        "conference",
        sa.Column("form", sa.String, nullable=False),
        sa.Column("held_on", sa.Date),
        sa.Column("receiver", sa.String, nullable=False),
        sa.Column("document_number", sa.String),
        sa.Column("document_date", sa.Date),
        sa.Column("communes", JSONB),
    )
    _report(
        "contest",
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("prizes", sa.Integer, nullable=False),
    )
    _report(
        "ceremony",
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("joined_with", sa.String, nullable=False),
    )
    op.create_table(
        "figures",
        sa.Column("campaign", sa.String, primary_key=True),
        sa.Column("unit", sa.String, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("value", sa.Numeric(20, 6), nullable=False),
        sa.Column("target", sa.Numeric(20, 6)),
        sa.Column("evidence", sa.String, nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
    )
    op.create_table(
        "obligations",
        sa.Column("campaign", sa.String, primary_key=True),
        sa.Column("unit", sa.String, primary_key=True),
        sa.Column("obligation", sa.String, primary_key=True),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("deadline_version", sa.Integer, nullable=False),
        sa.Column("last_days", JSONB, nullable=False),
        sa.Column("option", sa.String),
        sa.Column("by", sa.String),
        sa.Column("by_id", sa.Uuid),
        sa.Column("counted_day", sa.Date),
        sa.Column("fulfilled_at", sa.DateTime(timezone=True)),
        sa.Column("days_late", sa.Integer),
        sa.Column("simulated", sa.Boolean, nullable=False),
    )
    op.create_table(
        "planned_terms",
        sa.Column("campaign", sa.String, primary_key=True),
        sa.Column("obligation", sa.String, primary_key=True),
        sa.Column("no_essays_by", sa.Date),
        sa.Column("reporting_grace_days", JSONB, nullable=False),
    )
    op.create_table(
        "timers",
        sa.Column("campaign", sa.String, primary_key=True),
        sa.Column("unit", sa.String, primary_key=True),
        sa.Column("obligation", sa.String, primary_key=True),
        sa.Column("deadline_version", sa.Integer, primary_key=True),
        sa.Column("option", sa.String, primary_key=True),
        sa.Column("distance", sa.Integer, primary_key=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("timers_by_due", "timers", ["campaign", "due_at"])
    op.create_table(
        "deadline_moves",
        sa.Column("move_id", sa.Uuid, primary_key=True),
        sa.Column("campaign", sa.String, nullable=False),
        sa.Column("obligation", sa.String, nullable=False),
        sa.Column("option", sa.String, nullable=False),
        sa.Column("previous_last_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("document", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
    )
    op.create_table(
        "waivers",
        sa.Column("campaign", sa.String, primary_key=True),
        sa.Column("unit", sa.String, primary_key=True),
        sa.Column("obligation", sa.String, primary_key=True),
        sa.Column("document", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
    )


def _report(kind: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        f"{kind}_reports",
        sa.Column("report_id", sa.Uuid, primary_key=True),
        sa.Column("campaign", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        *columns,
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.UniqueConstraint("campaign", "unit", name=f"one_{kind}_report_a_unit"),
    )
