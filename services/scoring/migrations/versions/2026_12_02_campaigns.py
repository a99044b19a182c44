"""Campaigns are announced: their versions, rule sets as documents, and the one at work.

A season that is there stays: its facts, tallies, points and rule sets. Its campaign is announced
once more under the same id, which publishes its rule sets.

SQL by hand: rows of a table that the models no longer have become those of another one.
"""

import sqlalchemy as sa
from alembic import op

from services.campaigns.models import create_campaign_tables

revision = "2026_12_02_campaigns"
down_revision = "2026_12_01_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tallied",
        sa.Column("campaign", sa.String(), primary_key=True, nullable=False),
        sa.Column("rule_set", sa.Integer(), nullable=False),
        sa.Column("measures_digest", sa.String(), nullable=False),
    )
    op.execute(
        """
        INSERT INTO tallied (campaign, rule_set, measures_digest)
        SELECT campaign, max(number), measures_digest
          FROM campaigns JOIN rule_sets USING (campaign) GROUP BY campaign, measures_digest
        """
    )
    op.drop_table("campaigns")
    create_campaign_tables(op)
    # What was kept as JSON is a document too: YAML has all of JSON in it.
    op.alter_column("rule_sets", "rules", type_=sa.String(), postgresql_using="rules::text")
    op.add_column("rule_sets", sa.Column("sample", sa.Boolean()))
    op.execute("UPDATE rule_sets SET sample = (rules::json ->> 'sample')::boolean")
    op.alter_column("rule_sets", "sample", nullable=False)
    op.add_column("rule_sets", sa.Column("document", sa.String()))
    op.add_column("rule_sets", sa.Column("reason", sa.String()))
    op.alter_column("rule_sets", "recorded_at", new_column_name="adopted_at")
    op.drop_column("rule_sets", "units_digest")
