"""Campaigns are announced, several at once: their tables, and timers by their time alone."""

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
