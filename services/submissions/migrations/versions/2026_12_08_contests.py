"""Essays and orders name their contest, and what a unit sends may have a day of the act."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_08_contests"
down_revision = "2026_12_07_figure_history"

FORMER = "essays"
"""The id that the one contest of every plan of before has."""


def upgrade() -> None:
    contest = sa.Column("contest", sa.String, nullable=False, server_default=FORMER)
    op.add_column("essays", contest)  # a constant default: the rows are not written anew
    op.alter_column("essays", "contest", server_default=None)
    op.add_column("essays", sa.Column("acted_on", sa.Date))
    op.add_column("orders", sa.Column("contest", sa.String))
    orders = sa.table("orders", sa.column("contest"), sa.column("obligation"))
    op.execute(orders.update().where(orders.c.obligation.is_(None)).values(contest=FORMER))
    op.add_column("declared_reports", sa.Column("acted_on", sa.Date))
