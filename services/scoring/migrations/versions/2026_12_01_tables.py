"""All tables of scoring."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.chassis.storage.tables import create_chassis_tables

revision = "2026_12_01_tables"
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
    op.create_table(
        "campaigns",
        _text("campaign", primary_key=True),
        _text("measures_digest"),
        _text("generation"),
    )
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
        sa.Column("level", NAME),
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
        sa.Column("level", NAME),
        _text("digest"),
        sa.Column("lines", postgresql.JSON(), nullable=False),
        sa.Column("computed_at", MOMENT, nullable=False),
    )
    op.create_table(
        "publications",
        _text("campaign", primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        _text("digest"),
        _text("rules_digest"),
        _text("rule_set"),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("rules", postgresql.JSON()),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Integer(), nullable=False),
        _text("facts_root"),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("watermark", postgresql.JSON()),
    )
    op.create_table(
        "published_points",
        _text("campaign", primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True, autoincrement=False),
        _text("unit", primary_key=True),
        _text("cluster"),
        _text("digest"),
        sa.Column("detail", postgresql.JSON(), nullable=False),
        sa.Column("facts", postgresql.JSON(), nullable=False),
        _text("facts_root"),
    )
    op.create_table(
        "rule_sets",
        _text("campaign", primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        _text("rule_set"),
        _text("rules_digest"),
        _text("units_digest"),
        sa.Column("rules", postgresql.JSON(), nullable=False),
        sa.Column("in_force_since", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
    )
    op.create_table(
        "rebuild_positions",
        sa.Column("topic", sa.String(), primary_key=True, nullable=False),
        sa.Column("partition", sa.Integer(), primary_key=True, autoincrement=False, nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
    )
