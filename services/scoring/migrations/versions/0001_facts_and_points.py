"""Facts, tallies, points.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.chassis.storage.tables import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NAME = sa.String()


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, NAME, primary_key=primary_key, nullable=False)


def upgrade() -> None:
    create_chassis_tables(op)
    op.create_table(
        "facts",
        # Codes are compared byte by byte, whatever the database's language.
        sa.Column("unit", sa.String(collation="C"), primary_key=True),
        sa.Column("record", sa.Uuid(), primary_key=True),
        sa.Column("event_id", sa.Uuid(), primary_key=True),
        _text("event"),
        _text("campaign"),
        _text("data"),
        comment="Every fact that was taken, once. The primary key is the only index: it finds"
        " repetitions, the facts of a record and the facts of a unit.",
    )
    op.create_table(
        "unit_measures",
        _text("campaign", primary_key=True),
        _text("unit", primary_key=True),
        sa.Column(
            "tally", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb")
        ),
        sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("0")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table("campaigns", _text("campaign", primary_key=True), _text("measures_digest"))
    op.create_table(
        "clusters",
        _text("campaign", primary_key=True),
        _text("cluster", primary_key=True),
        sa.Column("seen", sa.Integer()),
        sa.Column("basis", NAME),
        sa.Column("digest", NAME),
        sa.Column("simulated", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("computed_at", MOMENT),
    )
    op.create_table(
        "points",
        _text("campaign", primary_key=True),
        _text("unit", primary_key=True),
        _text("cluster"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(), nullable=False),
        sa.Column("maximum", sa.Numeric(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        _text("level"),
        _text("digest"),
        sa.Column("detail", postgresql.JSON(), nullable=False),
        sa.Column("computed_at", MOMENT, nullable=False),
    )
    op.create_table(
        "points_history",
        _text("campaign", primary_key=True),
        _text("unit", primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("total", sa.Numeric(), nullable=False),
        sa.Column("maximum", sa.Numeric(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        _text("level"),
        _text("digest"),
        sa.Column("lines", postgresql.JSON(), nullable=False),
        sa.Column("computed_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    for table in ("points_history", "points", "clusters", "campaigns", "unit_measures", "facts"):
        op.drop_table(table)
    drop_chassis_tables(op)
