"""Up to where a database was rebuilt from the topics.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rebuild_positions",
        sa.Column("topic", sa.String(), primary_key=True, nullable=False),
        sa.Column("partition", sa.Integer(), primary_key=True, autoincrement=False, nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("rebuild_positions")
