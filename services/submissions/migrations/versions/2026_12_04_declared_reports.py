"""Reports of the kinds that a plan declares: their versions, and apart what is personal in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_12_04_declared_reports"
down_revision = "2026_12_03_deployment"


def upgrade() -> None:
    op.create_table(
        "declared_reports",
        sa.Column("report_id", sa.Uuid, primary_key=True),
        sa.Column("campaign", sa.String, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("receiver", sa.String, nullable=False),
        sa.Column("returned", sa.Boolean, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.UniqueConstraint("campaign", "unit", "kind", "period", name="one_report_a_period"),
    )
    op.create_table(
        "report_versions",
        sa.Column(
            "report_id",
            sa.Uuid,
            sa.ForeignKey("declared_reports.report_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("receiver", sa.String, nullable=False),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True)),
        sa.Column("return_document", sa.String),
        sa.Column("return_reason", sa.String),
        sa.Column("simulated", sa.Boolean, nullable=False),
    )
    op.create_table(
        "personal_answers",
        sa.Column("report_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("answers", JSONB, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id", "version"],
            ["report_versions.report_id", "report_versions.version"],
            ondelete="CASCADE",
        ),
        comment="Personal data in reports; grant it apart, log it nowhere.",
    )
