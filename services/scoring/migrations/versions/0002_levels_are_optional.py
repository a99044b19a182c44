"""A table may have no levels.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = ("points", "points_history")


def upgrade() -> None:
    for table in _TABLES:
        op.alter_column(table, "level", nullable=True)


def downgrade() -> None:
    for table in _TABLES:
        op.alter_column(table, "level", nullable=False)
