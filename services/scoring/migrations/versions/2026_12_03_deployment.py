"""Whose database this is, so that no other service or deployment works on it."""

from alembic import op

from services.chassis.storage.deployment import create_deployment_table

revision = "2026_12_03_deployment"
down_revision = "2026_12_02_campaigns"


def upgrade() -> None:
    create_deployment_table(op, "scoring")
