"""Secret links by which calendar programs read what is owed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_12_06_calendar_links"
down_revision = "2026_12_05_orders"


def upgrade() -> None:
    op.create_table(
        "calendar_links",
        sa.Column("link_id", sa.Uuid, primary_key=True),
        sa.Column("secret_sha256", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("owner_unit", sa.String),
        sa.Column("owner_subject", sa.String, nullable=False),
        sa.Column("owner_roles", JSONB, nullable=False),
        sa.Column("unit", sa.String),
        sa.Column("cluster", sa.String),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("note", sa.String),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("calendar_links_of_owner", "calendar_links", ["owner_unit"])
