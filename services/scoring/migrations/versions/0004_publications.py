"""Standings as the Board froze them.

Revision ID: 0004
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), primary_key=primary_key, nullable=False)


def upgrade() -> None:
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


def downgrade() -> None:
    op.drop_table("published_points")
    op.drop_table("publications")
