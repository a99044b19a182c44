"""The list of dead messages; a new database has it from the first revision on.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

from services.chassis.storage.tables import add_dead_letters

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_dead_letters(op)


def downgrade() -> None:
    op.drop_table("dead_letters")
