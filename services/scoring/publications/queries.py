"""Publications in the database: read whole, written once."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.chassis.storage.database import Transaction
from services.scoring.models import Publication, PublishedUnit


async def all_of(tx: Transaction, campaign: str) -> Sequence[Publication]:
    """All publications of a campaign, the last one first."""
    wanted = select(Publication).where(Publication.campaign == campaign)
    return (await tx.session.exec(wanted.order_by(col(Publication.version).desc()))).all()


async def last_of(tx: Transaction, campaign: str) -> Publication | None:
    """The publication that is in force."""
    wanted = select(Publication).where(Publication.campaign == campaign)
    newest_first = wanted.order_by(col(Publication.version).desc())
    return (await tx.session.exec(newest_first.limit(1))).first()


async def units_of(tx: Transaction, publication: Publication) -> Sequence[PublishedUnit]:
    """The points of all its units."""
    wanted = select(PublishedUnit).where(
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
