"""What plan.yaml asks beyond deadlines, kept at the first start.

A database that has run before keeps the plan's of its next start: what it said earlier is nowhere.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "planned_terms",
        sa.Column("campaign", sa.String, primary_key=True),
        sa.Column("obligation", sa.String, primary_key=True),
        sa.Column("no_essays_by", sa.Date),
        sa.Column("reporting_grace_days", JSONB, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("planned_terms")
