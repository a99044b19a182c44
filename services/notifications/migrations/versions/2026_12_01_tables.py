"""All tables of notifications, after those of the chassis."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.chassis.storage.tables import create_chassis_tables

revision = "2026_12_01_tables"
down_revision = None

NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_chassis_tables(op)
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("target", sa.String()),
        sa.Column("host", sa.String()),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("personal_data", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String()),
        sa.Column("owner_unit", sa.String()),
        sa.Column("owner_subject", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("disabled_reason", sa.String()),
        sa.Column("disabled_at", MOMENT),
        sa.Column("secret", sa.LargeBinary()),
        sa.Column("failed_in_row", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.CheckConstraint("state IN ('active', 'disabled', 'deleted')", name="known_state"),
        comment="Target, host, note and secret go when one is deleted.",
    )
    op.create_index(
        "subscriptions_by_unit",
        "subscriptions",
        ["unit"],
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index("subscriptions_by_owner", "subscriptions", ["owner_unit"])
    op.create_index(
        "one_subscription_once",
        "subscriptions",
        [sa.text("coalesce(owner_unit, '')"), "unit", "target", "event_types"],
        unique=True,
        postgresql_where=sa.text("state <> 'deleted'"),
    )
    op.create_table(
        "events",
        sa.Column("event_id", sa.Uuid(), primary_key=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("time", MOMENT, nullable=False),
        sa.Column("recordedtime", MOMENT, nullable=False),
        sa.Column("partitionkey", sa.String(), nullable=False),
        sa.Column("traceparent", sa.String()),
        sa.Column("dataschema", sa.String(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        comment="Events with deliveries; `data` may carry personal data (x-personal-data).",
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("event_id", sa.Uuid(), sa.ForeignKey("events.event_id"), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), sa.ForeignKey("subscriptions.id"), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempts_before", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("concluded_at", MOMENT),
        sa.UniqueConstraint("event_id", "subscription_id", name="one_event_once_a_subscription"),
        sa.CheckConstraint(
            "state IN ('pending', 'held', 'accepted', 'failed', 'cancelled')", name="known_state"
        ),
        comment="state held: its subscription is disabled; cancelled: deleted.",
    )
    op.create_index(
        "deliveries_due",
        "deliveries",
        ["channel", "due_at", "id"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "deliveries_in_turn",
        "deliveries",
        ["channel", "subscription_id", "due_at", "id"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("deliveries_of_subscription", "deliveries", ["subscription_id", "id"])
    op.create_table(
        "delivery_attempts",
        sa.Column("delivery_id", sa.Uuid(), sa.ForeignKey("deliveries.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("outcome", sa.String()),
        sa.Column("code", sa.Integer()),
        sa.Column("detail", sa.String()),
        sa.PrimaryKeyConstraint("delivery_id", "number"),
        comment="Never content, address or a receiver's body.",
    )
