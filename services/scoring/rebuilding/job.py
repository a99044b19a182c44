"""The two things that are done by several processes at once: store a share of the topics, and count
some units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.chassis.broker.topic_reader import Share, open_reader
from services.chassis.storage.database import Database
from services.contracts.campaign import Campaign
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.events import topics
from services.scoring.rebuilding.checkpoint import positions_in
from services.scoring.rebuilding.counting import count
from services.scoring.rebuilding.storing import Stored, Told, store
from services.scoring.rebuilding.throttle import Throttle
from services.scoring.settings import ScoringSettings


@dataclass(frozen=True)
class Job:
    """One rebuild, as each process needs to know it."""

    settings: ScoringSettings
    url: str
    """Of the database that is rebuilt into."""
    campaign: Campaign
    day: date
    """Of the contest by which is counted."""


@dataclass(frozen=True)
class Store:
    """An order to store a share of the topics."""

    share: Share


@dataclass(frozen=True)
class Count:
    """An order to count some units."""

    units: Sequence[str]


Order = Store | Count


async def carry_out(order: Order, job: Job, snapshot: CampaignSnapshot, told: Told) -> Stored:
    """Do it; what was stored.

    Raises RebuildError when the database was restarted meanwhile, and what Kafka and PostgreSQL
    raise.
    """
    prefix = job.settings.topic_prefix
    database = Database(job.url, 1, source="scoring rebuild", topic_prefix=prefix)
    unhurried = Throttle(database)
    try:
        if isinstance(order, Count):
            await count(unhurried, snapshot, order.units, told)
            return Stored()
        async with unhurried.transaction() as tx:
            since = await positions_in(tx)
        async with open_reader(
            job.settings, topics(prefix), since=since, share=order.share
        ) as reader:
            return await store(reader, unhurried, snapshot, told)
    finally:
        await database.close()
