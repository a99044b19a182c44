"""What a figure was before it was corrected: by when it first reached what is asked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_12_07_figure_history"
down_revision = "2026_12_06_calendar_links"


def upgrade() -> None:
    op.add_column("figures", sa.Column("earlier", JSONB, nullable=False, server_default="[]"))
