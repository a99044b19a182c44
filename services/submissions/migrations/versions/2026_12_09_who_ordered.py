"""An order of the Board names the account that entered it."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_09_who_ordered"
down_revision = "2026_12_08_contests"


def upgrade() -> None:
    op.add_column("orders", sa.Column("ordered_by", sa.String))
