"""How the condition was decided on which something is owed; decided once, at the end of its day."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_10_conditions"
down_revision = "2026_12_09_who_ordered"


def upgrade() -> None:
    op.add_column("obligations", sa.Column("held", sa.Boolean))
