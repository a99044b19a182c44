"""Counts tallies again from the facts, unit by unit, and compares them with the running ones.

Used when the measures of the rule set changed, and by the guard that looks for divergence. Where
both differ, the truth wins.
"""

from collections.abc import Sequence

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from services.chassis.storage.database import Transaction
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.tally import Tally
from services.scoring.facts import queries as fact_queries
from services.scoring.generation import lock_campaign
from services.scoring.models import CampaignState, ClusterState, StoredFact, UnitMeasures
from services.scoring.tallies import queries

log = structlog.get_logger(__name__)


async def prepare(tx: Transaction, snapshot: CampaignSnapshot) -> int:
    """Before the first event: a row for each unit and cluster, tallies by these measures, and the
    rules and units adopted.

    Returns the units whose tallies had to be counted again. Replicas may do it side by side.
    """
    changed = 0
    state = await _laid_out(tx, snapshot)
    if state.measures_digest != snapshot.measures_digest:
        for unit in await _units_with_facts(tx, snapshot):
            changed += await recount(tx, snapshot, unit)
        state.measures_digest = snapshot.measures_digest
    # From this commit on every replica works by these rules and units, or not at all.
    state.generation = snapshot.generation
    await tx.session.flush()
    if changed:
        log.info("tallies counted again, the measures changed", units=changed)
    return changed


async def _laid_out(tx: Transaction, snapshot: CampaignSnapshot) -> CampaignState:
    """A row for each unit and cluster, and the campaign's own, which is locked: until the
    transaction ends nobody takes facts or scores."""
    campaign = snapshot.campaign
    begun = {"campaign": campaign, "measures_digest": "", "generation": ""}
    await tx.session.exec(insert(CampaignState).values(begun).on_conflict_do_nothing())
    state = await lock_campaign(tx, campaign)
    units = sorted(unit.code for unit in snapshot.units)
    clusters = sorted({unit.cluster for unit in snapshot.units.rows if unit.cluster is not None})
    for table, rows in (
        (UnitMeasures, [{"campaign": campaign, "unit": unit} for unit in units]),
        (ClusterState, [{"campaign": campaign, "cluster": cluster} for cluster in clusters]),
    ):
        if rows:
            await tx.session.exec(insert(table).on_conflict_do_nothing(), params=rows)
    return state


async def truth(tx: Transaction, snapshot: CampaignSnapshot, unit: str) -> Tally:
    """What the facts of a unit say, all of them read."""
    facts = await fact_queries.of_unit(tx, snapshot.campaign, unit)
    return snapshot.tallier.tallies(facts).get(unit, {})


async def recount(tx: Transaction, snapshot: CampaignSnapshot, unit: str) -> bool:
    """Count one unit from its facts; True if its running tally was another and was replaced."""
    running = (await queries.lock(tx, snapshot.campaign, [unit])).get(unit)
    counted = await truth(tx, snapshot, unit)
    if running is None or running == counted:
        return False
    await queries.write(tx, snapshot.campaign, {unit: counted})
    return True


async def _units_with_facts(tx: Transaction, snapshot: CampaignSnapshot) -> Sequence[str]:
    wanted = select(StoredFact.unit).where(StoredFact.campaign == snapshot.campaign)
    return (await tx.session.exec(wanted.distinct().order_by(col(StoredFact.unit)))).all()
