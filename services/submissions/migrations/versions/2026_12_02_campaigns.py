"""Campaigns are announced, several at once: their tables, timers by their time alone, and the units
of which what they owed was passed on."""

import sqlalchemy as sa
from alembic import op

from services.campaigns.models import create_campaign_tables

revision = "2026_12_02_campaigns"
down_revision = "2026_12_01_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_campaign_tables(op)
    op.drop_index("timers_by_due", "timers")
    op.create_index("timers_by_due", "timers", ["due_at"])
    op.create_table(
        "passed_on",
        sa.Column("campaign", sa.String, primary_key=True),
        sa.Column("unit", sa.String, primary_key=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("successor", sa.String),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
    )
