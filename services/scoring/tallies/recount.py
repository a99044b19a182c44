"""Counts tallies again from the facts, unit by unit, and compares them with the running ones.

Used when the measures of the rule set changed, and by the guard that looks for divergence. Where
both differ, the truth wins.
"""

import structlog

from services.chassis.storage.database import Transaction
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.tally import Tally
from services.scoring.facts import sql as fact_store
from services.scoring.generation import adopt
from services.scoring.tallies import sql as tallies

log = structlog.get_logger(__name__)


async def prepare(tx: Transaction, snapshot: CampaignSnapshot) -> int:
    """Before the first event: a row for each unit and cluster, tallies by these measures, and the
    rules and units adopted.

    Returns the units whose tallies had to be counted again. Replicas may do it side by side.
    """
    changed = 0
    if not await _lay_out(tx, snapshot):
        for unit in await _units_with_facts(tx, snapshot):
            changed += await recount(tx, snapshot, unit)
        await _mark_counted(tx, snapshot)
    await adopt(tx, snapshot)
    if changed:
        log.info("tallies counted again, the measures changed", units=changed)
    return changed


async def _lay_out(tx: Transaction, snapshot: CampaignSnapshot) -> bool:
    """A row for each unit and cluster; whether the tallies are counted by today's measures.

    Until the transaction ends nobody takes facts or scores.
    """
    await tx.execute(
        "INSERT INTO campaigns (campaign, measures_digest, generation) VALUES ($1, '', '')"
        " ON CONFLICT DO NOTHING",
        snapshot.campaign,
    )
    counted_by = await tx.fetchval(
        "SELECT measures_digest FROM campaigns WHERE campaign = $1 FOR UPDATE",
        snapshot.campaign,
    )
    await tx.execute(
        "INSERT INTO unit_measures (campaign, unit) SELECT $1, unnest($2::text[])"
        " ON CONFLICT DO NOTHING",
        snapshot.campaign,
        sorted(unit.code for unit in snapshot.units),
    )
    await tx.execute(
        "INSERT INTO clusters (campaign, cluster) SELECT $1, unnest($2::text[])"
        " ON CONFLICT DO NOTHING",
        snapshot.campaign,
        sorted({unit.cluster for unit in snapshot.units if unit.cluster is not None}),
    )
    return bool(counted_by == snapshot.measures_digest)


async def _mark_counted(tx: Transaction, snapshot: CampaignSnapshot) -> None:
    """From now on the tallies are those of all facts, and are kept so with each fact."""
    await tx.execute(
        "UPDATE campaigns SET measures_digest = $2 WHERE campaign = $1",
        snapshot.campaign,
        snapshot.measures_digest,
    )


async def truth(tx: Transaction, snapshot: CampaignSnapshot, unit: str) -> Tally:
    """What the facts of a unit say, all of them read."""
    facts = await fact_store.of_unit(tx, snapshot.campaign, unit)
    return snapshot.tallier.tallies(facts).get(unit, {})


async def recount(tx: Transaction, snapshot: CampaignSnapshot, unit: str) -> bool:
    """Count one unit from its facts; True if its running tally was another and was replaced."""
    running = (await tallies.lock(tx, snapshot.campaign, [unit])).get(unit)
    counted = await truth(tx, snapshot, unit)
    if running is None or running == counted:
        return False
    await tallies.write(tx, snapshot.campaign, {unit: counted})
    return True


async def _units_with_facts(tx: Transaction, snapshot: CampaignSnapshot) -> list[str]:
    rows = await tx.fetch(
        "SELECT DISTINCT unit FROM facts WHERE campaign = $1 ORDER BY unit", snapshot.campaign
    )
    return [row["unit"] for row in rows]
