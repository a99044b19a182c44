"""Every rule set that was ever in force here.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _text(name: str, *, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), primary_key=primary_key, nullable=False)


def upgrade() -> None:
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


def downgrade() -> None:
    op.drop_table("rule_sets")
