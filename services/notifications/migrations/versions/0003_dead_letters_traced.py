"""Dead messages keep who tried them last and with what outcome, and no discard is without reason.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

from services.chassis.storage.tables import trace_dead_letters, untrace_dead_letters

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    trace_dead_letters(op)


def downgrade() -> None:
    untrace_dead_letters(op)
