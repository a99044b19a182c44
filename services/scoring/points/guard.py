"""Checks that running points equal what the facts give; else it alerts and repairs them.

SQL by hand: locks, and sets of units.
"""

import asyncio
from collections.abc import Collection
from typing import Any

import structlog

from services.campaigns.registry import CampaignChangedError, CampaignRegistry
from services.chassis.clock import Clock
from services.chassis.loops.loop import Loop
from services.chassis.observability.metrics import Metrics
from services.chassis.storage.database import Database
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.digest import unit_digest
from services.scoring.engine.results import UnitPoints
from services.scoring.generation import require_current
from services.scoring.metrics import DIVERGENCE
from services.scoring.points.recompute import decode_points
from services.scoring.scored_campaign import ScoredCampaign
from services.scoring.tallies import queries as tally_queries
from services.scoring.tallies.recount import recount, units_with_facts

log = structlog.get_logger(__name__)

_LONGEST_ROUND_S = 1800
"""A round reads all facts: about ten seconds, and ten more for each million of them."""

_WHAT = ("tally", "points")
"""What can differ."""


class Guard:
    """Runs `verify` now and then, not at the start, where others have much to do.

    A campaign is verified from the second round on that finds it: its counters are exposed at 0
    before, so that an alert sees the first finding.
    """

    def __init__(
        self,
        database: Database,
        campaigns: CampaignRegistry[ScoredCampaign],
        clock: Clock,
        metrics: Metrics,
        *,
        every_s: float,
    ) -> None:
        self.loop = Loop("guard", self._tick, every_s=every_s, limit_s=_LONGEST_ROUND_S)
        self._database = database
        self._campaigns = campaigns
        self._clock = clock
        self._metrics = metrics
        self._zeroed: set[str] = set()

    async def _tick(self) -> None:
        for campaign in await self._campaigns.all():
            if campaign.id not in self._zeroed:
                self._zeroed.add(campaign.id)
                for what in _WHAT:
                    self._metrics.count(DIVERGENCE, 0, campaign=campaign.id, what=what)
                continue
            try:
                await self._verify(campaign)
            except CampaignChangedError:  # the next round has the campaign as it is now
                self._campaigns.stale(campaign.id)

    async def _verify(self, campaign: ScoredCampaign) -> None:
        if (snapshot := campaign.snapshot(self._clock.now())) is not None:
            await verify(self._database, snapshot, campaign.unit_codes, self._metrics)


async def verify(
    database: Database,
    snapshot: CampaignSnapshot,
    units: Collection[str],
    metrics: Metrics | None = None,
    *,
    pause_s: float = 0.02,
) -> list[str]:
    """Compare all running numbers of a campaign with the truth; what differed, by unit or cluster,
    and is mended. `units`: all that it ever had.

    Each unit is compared under its lock, so that a fact in flight is in both or in neither; no lock
    is held for longer than one unit's facts take. A mended unit makes its cluster due. `pause_s`
    lies between two units: the guard has time, facts that arrive have not.
    """
    found, campaign = [], snapshot.campaign
    async with database.transaction() as tx:
        counted = await units_with_facts(tx, campaign, units)
    for unit in counted:
        async with database.transaction() as tx:
            await require_current(tx, snapshot)
            if await recount(tx, campaign, snapshot.tallier, unit):
                found.append(unit)
                _alert(metrics, "tally", campaign, unit)
        await asyncio.sleep(pause_s)
    for cluster in snapshot.clusters:
        if await _points_differ(database, snapshot, cluster):
            found.append(cluster)
            _alert(metrics, "points", campaign, cluster)
    return found


async def _points_differ(database: Database, snapshot: CampaignSnapshot, cluster: str) -> bool:
    """Whether points that claim to be up to their tallies are not; then they are made due."""
    async with database.transaction() as tx:
        await require_current(tx, snapshot)
        state = await tx.fetchrow(
            "SELECT seen, basis FROM clusters WHERE campaign = $1 AND cluster = $2 FOR UPDATE",
            snapshot.campaign,
            cluster,
        )
        tallies, versions = await tally_queries.read(
            tx, snapshot.campaign, snapshot.members(cluster)
        )
        seen = sum(versions.values())
        if state is None or (state["seen"], state["basis"]) != (seen, snapshot.basis[cluster]):
            return False  # behind, not wrong: its recompute is due
        truth = snapshot.scored(cluster, snapshot.counted(tallies))
        rows = await tx.fetch(
            "SELECT unit, cluster, total, maximum, rank, level, digest, detail::text FROM points"
            " WHERE campaign = $1 AND unit = ANY($2)",
            snapshot.campaign,
            [points.unit for points in truth.units],
        )
        stored = {row["unit"]: row for row in rows}
        wrong = [
            points.unit
            for points in truth.units
            if not _is(cluster, points, stored.get(points.unit))
        ]
        if not wrong:
            return False
        # Without a digest a row equals nothing: the recompute writes it anew and says so.
        await tx.execute(
            "UPDATE points SET digest = '' WHERE campaign = $1 AND unit = ANY($2)",
            snapshot.campaign,
            wrong,
        )
        await tx.execute(
            "UPDATE clusters SET seen = NULL WHERE campaign = $1 AND cluster = $2",
            snapshot.campaign,
            cluster,
        )
        return True


def _is(cluster: str, points: UnitPoints, row: Any) -> bool:
    """Whether a row of `points` says what it must, in its columns and in its detail."""
    return (
        row is not None
        and (row["cluster"], row["total"], row["maximum"], row["rank"], row["level"])
        == (cluster, points.total, points.maximum, points.rank, points.level)
        and row["digest"] == unit_digest(points) == unit_digest(decode_points(row["detail"]))
    )


def _alert(metrics: Metrics | None, what: str, campaign: str, where: str) -> None:
    log.error("running points differ from the truth", what=what, campaign=campaign, where=where)
    if metrics is not None:
        metrics.count(DIVERGENCE, campaign=campaign, what=what)
