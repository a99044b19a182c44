"""Moved deadlines and waivers become orders of the Board, in one row of numbers a campaign.

SQL by hand: rows of tables that the models no longer have become those of another one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_12_05_orders"
down_revision = "2026_12_04_declared_reports"


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("order_id", sa.Uuid, primary_key=True),
        sa.Column("campaign", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("scope", JSONB),
        sa.Column("obligation", sa.String),
        sa.Column("option", sa.String),
        sa.Column("previous_last_day", sa.Date),
        sa.Column("last_day", sa.Date),
        sa.Column("takes_back", sa.Uuid),
        sa.Column("deadline_version", sa.Integer),
        sa.Column("document", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.UniqueConstraint("campaign", "number", name="orders_in_a_row"),
    )
    # Two moves at one instant had no order: the one whose day units have was the last.
    op.execute(
        """
        WITH moves AS (
            SELECT moved.*, coalesce((held.last_days ->> moved.option)::date, moved.last_day)
                            = moved.last_day AS holds
              FROM deadline_moves AS moved
              LEFT JOIN LATERAL (
                    SELECT last_days FROM obligations AS owed
                     WHERE owed.campaign = moved.campaign AND owed.obligation = moved.obligation
                     ORDER BY deadline_version DESC LIMIT 1) AS held ON true
        ), found AS (
            SELECT move_id AS id, campaign, 'move' AS act, NULL::jsonb AS scope, obligation, option,
                   previous_last_day, last_day,
                   1 + row_number() OVER (PARTITION BY campaign, obligation
                                          ORDER BY moved_at, holds, move_id) AS version,
                   document, reason, moved_at AS at, holds, simulated
              FROM moves
            UNION ALL
            SELECT gen_random_uuid(), campaign, 'waive',
                   jsonb_build_object('units', jsonb_build_array(unit)), obligation, NULL,
                   NULL, NULL, NULL, document, reason, waived_at, true, simulated
              FROM waivers
        )
        INSERT INTO orders (order_id, campaign, number, act, scope, obligation, option,
                            previous_last_day, last_day, deadline_version, document, reason,
                            ordered_at, simulated)
        SELECT id, campaign,
               row_number() OVER (PARTITION BY campaign ORDER BY at, version, holds, id),
               act, scope, obligation, option, previous_last_day, last_day, version, document,
               reason, at, simulated
          FROM found
        """
    )
    op.drop_table("deadline_moves")
    op.drop_table("waivers")
