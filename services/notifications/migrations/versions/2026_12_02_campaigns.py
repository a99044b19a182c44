"""Announced campaigns, and subscriptions to one of them or to all.

What there is stays as it is: each subscription has the campaign that it was made in. All replicas
are stopped before, as docs/operating.md says: one of the release before would go on taking events,
and pass over those of every campaign but its own.
"""

import sqlalchemy as sa
from alembic import op

from services.campaigns.models import create_campaign_tables

revision = "2026_12_02_campaigns"
down_revision = "2026_12_01_tables"

ACTIVE = sa.text("state = 'active'")
KEPT = sa.text("state <> 'deleted'")
OWNER, CAMPAIGN = sa.text("coalesce(owner_unit, '')"), sa.text("coalesce(campaign, '')")


def upgrade() -> None:
    create_campaign_tables(op)
    op.alter_column("subscriptions", "campaign", nullable=True)
    op.drop_index("subscriptions_by_unit", "subscriptions")
    op.create_index(
        "subscriptions_matched", "subscriptions", [CAMPAIGN, "unit"], postgresql_where=ACTIVE
    )
    op.drop_index("one_subscription_once", "subscriptions")
    op.create_index(
        "one_subscription_once",
        "subscriptions",
        [OWNER, CAMPAIGN, "unit", "target", "event_types"],
        unique=True,
        postgresql_where=KEPT,
    )
    of_data = sa.Computed("(data::json) ->> 'campaign'", persisted=True)
    op.add_column("events", sa.Column("campaign", sa.Text(), of_data))
