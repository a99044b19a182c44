"""Tallies of a database whose facts were stored without them: each unit counted from its facts."""

from collections.abc import Sequence

from services.chassis.storage.database import Database
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.rebuilding.storing import Told
from services.scoring.rebuilding.throttle import Throttle
from services.scoring.tallies.recount import recount


async def units_with_facts(database: Database, snapshot: CampaignSnapshot) -> list[str]:
    """Units to count, those with most facts first."""
    async with database.transaction() as tx:
        rows = await tx.fetch(
            "SELECT unit FROM facts WHERE campaign = $1 GROUP BY unit ORDER BY count(*) DESC, unit",
            snapshot.campaign,
        )
    return [row["unit"] for row in rows]


async def count(
    unhurried: Throttle, snapshot: CampaignSnapshot, units: Sequence[str], told: Told
) -> None:
    """Count these units, each in a transaction of its own: again does no harm."""
    for unit in units:
        async with unhurried.transaction() as tx:
            await recount(tx, snapshot, unit)
        told(1)
