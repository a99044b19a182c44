"""Publications in the database: written once, read without what an answer does not need."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from services.chassis.storage.database import Transaction
from services.chassis.storage.models import without
from services.scoring.models import Publication, PublishedUnit


async def all_of(tx: Transaction, campaign: str) -> Sequence[Publication]:
    """All publications of a campaign, the last one first, each without its rule set."""
    return (await tx.session.exec(_newest_first(campaign))).all()


async def last_of(tx: Transaction, campaign: str) -> Publication | None:
    """The publication that is in force, without its rule set."""
    return (await tx.session.exec(_newest_first(campaign).limit(1))).first()


async def units_of(tx: Transaction, publication: Publication) -> Sequence[tuple[str, Any]]:
    """Cluster and `detail` of all its units; each one's facts are read with `unit_of`."""
    wanted = select(PublishedUnit.cluster, PublishedUnit.detail).where(
        PublishedUnit.campaign == publication.campaign,
        PublishedUnit.version == publication.version,
    )
    return (await tx.session.exec(wanted)).all()


async def unit_of(tx: Transaction, publication: Publication, unit: str) -> PublishedUnit | None:
    """The points of one unit in it."""
    return await tx.session.get(PublishedUnit, (publication.campaign, publication.version, unit))


async def put_back(tx: Transaction, row: Publication | PublishedUnit) -> None:
    """Store what a topic has, unless it is there."""
    await tx.session.exec(insert(type(row)).values(row.model_dump()).on_conflict_do_nothing())


def _newest_first(campaign: str) -> SelectOfScalar[Publication]:
    wanted = select(Publication).where(Publication.campaign == campaign)
    return wanted.options(without(Publication.rules)).order_by(col(Publication.version).desc())
