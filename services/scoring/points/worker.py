"""Scores clusters soon after a new fact, once for many facts at a time, and after any crash."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog

from services.campaigns.registry import (
    CampaignChangedError,
    CampaignRegistry,
    UnknownCampaignError,
)
from services.chassis.clock import Clock
from services.chassis.loops.loop import Loop
from services.chassis.observability.metrics import Metrics
from services.chassis.storage.database import Database
from services.scoring.campaign_snapshot import CampaignSnapshot, ClusterKey
from services.scoring.metrics import (
    CLUSTERS_DUE,
    POINTS_CHANGED,
    RECOMPUTE_SECONDS,
    RECOMPUTES,
    VISIBLE_SECONDS,
)
from services.scoring.points.latency import Latencies
from services.scoring.points.queries import clusters_due
from services.scoring.points.recompute import at_once, recompute
from services.scoring.points.recompute_throttle import RecomputeThrottle
from services.scoring.scored_campaign import ScoredCampaign
from services.scoring.tallies.ingest import DirtyCluster, DirtyClusters
from services.scoring.tallies.put_to_work import put_to_work

_log = structlog.get_logger(__name__)

_QUIET_S = 30.0
"""Pause of the loop when nobody wakes it; the sweep wakes it for what others left."""

_LONGEST_SWEEP_S = 1800
"""By other measures all facts of a campaign are counted again: ten seconds for each million."""

_BEHIND_S = 0.05
"""Pause before a campaign that became another one is read anew and its clusters are scored."""


class Worker:
    """Keeps points up to tallies, in the process that took the facts.

    The first fact after a quiet time is scored at once; then a cluster waits `interval_s` before
    it is scored again. So a burst costs one recompute a cluster and interval, and a single fact no
    delay. Where facts come for all clusters at once, scoring rests between two rounds
    (`RecomputeThrottle`), so that those that come are taken meanwhile.
    """

    def __init__(
        self,
        database: Database,
        campaigns: CampaignRegistry[ScoredCampaign],
        *,
        clock: Clock,
        metrics: Metrics,
        interval_s: float,
        sweep_s: float,
    ) -> None:
        self.latencies = Latencies()
        self.loop = Loop("recompute", self._tick, every_s=_QUIET_S)
        self.sweeping = Loop("sweep", self.sweep, every_s=sweep_s, limit_s=_LONGEST_SWEEP_S)
        """To be woken when a campaign changed."""
        self._database = database
        self._campaigns = campaigns
        self._clock = clock
        self._metrics = metrics
        self._throttle = RecomputeThrottle[ClusterKey](interval_s)
        self._waiting: dict[ClusterKey, DirtyCluster] = {}

    def mark_dirty(self, clusters: DirtyClusters) -> None:
        """Tallies of these clusters changed: their points are due."""
        if recorded := [moment for touch in clusters.values() for moment in touch.recorded]:
            late_s = (datetime.now(UTC) - min(recorded)).total_seconds()
            self._throttle.mark_dirty(time.monotonic(), late_s=late_s)
        self._wait(clusters)

    def _wait(self, clusters: DirtyClusters) -> None:
        for cluster, touch in clusters.items():
            self._waiting.setdefault(cluster, DirtyCluster()).add(touch)
        if clusters:
            self.loop.wake()

    async def sweep(self) -> None:
        """Of each campaign put the rule set to work that has come into force, and find clusters
        that are behind: a process may have died between facts and points."""
        await self._campaigns.refresh()
        for campaign in sorted(self._campaigns.known()):
            try:
                await self._sweep(campaign)
            except CampaignChangedError:
                self._campaigns.stale(campaign)  # another replica was first
                self.sweeping.wake()
            except UnknownCampaignError:
                continue  # one that can't be read, which health reports

    async def _sweep(self, name: str) -> None:
        campaign, now = await self._campaigns.of(name), self._clock.now()
        if campaign.due_at(now) is not None:
            async with self._database.transaction() as tx:
                await put_to_work(tx, campaign, now)
            self._campaigns.stale(name)
            campaign = await self._campaigns.of(name)
        if (snapshot := campaign.snapshot(now)) is None:
            return
        async with self._database.transaction() as tx:
            due = await clusters_due(tx, snapshot)
        self._metrics.set(CLUSTERS_DUE, len(due), campaign=name)
        self._wait({(name, cluster): DirtyCluster() for cluster in due})

    async def catch_up(self) -> None:
        """Score every cluster that is behind, before the first request is answered."""
        await self.sweep()
        await self._score(list(self._waiting), wait=True)

    async def _tick(self) -> float | None:
        began = time.monotonic()
        due = self._throttle.due(self._waiting, began)
        if due:
            if not await self._score(due):
                return _BEHIND_S
            self._throttle.scored(due, began, time.monotonic())
        if not self._waiting:
            return None
        return self._throttle.next_round(self._waiting) - time.monotonic()

    async def _score(self, clusters: Sequence[ClusterKey], *, wait: bool = False) -> bool:
        """Score clusters that wait; whether all campaigns were as this replica has them.

        What another replica is at comes again, unless we `wait`.
        """
        by_campaign: dict[str, list[str]] = {}
        for name, cluster in clusters:
            by_campaign.setdefault(name, []).append(cluster)
        current = True
        for name, of_campaign in by_campaign.items():
            try:
                await self._score_campaign(name, of_campaign, wait=wait)
            except CampaignChangedError as error:
                _log.info("scoring stands back", campaign=name, why=str(error))
                self._campaigns.stale(name)
                current = False
            except UnknownCampaignError:
                for cluster in of_campaign:  # the sweep finds them once it can be read
                    self._waiting.pop((name, cluster), None)
        return current

    async def _score_campaign(self, name: str, clusters: Sequence[str], *, wait: bool) -> None:
        snapshot = (await self._campaigns.of(name)).snapshot(self._clock.now())
        for some in at_once(clusters):
            touches = {(name, cluster): self._waiting.pop((name, cluster)) for cluster in some}
            if snapshot is None:
                continue
            # On a day a cluster may be dissolved; the sweep finds where its units are now.
            scored = {key: touch for key, touch in touches.items() if key[1] in snapshot.clusters}
            try:
                busy = await self._score_at_once(snapshot, scored, wait=wait)
            except BaseException:
                self._wait(touches)
                raise
            self._wait({(name, cluster): touches[name, cluster] for cluster in busy})

    async def _score_at_once(
        self, snapshot: CampaignSnapshot, touches: DirtyClusters, *, wait: bool
    ) -> frozenset[str]:
        started = time.monotonic()
        causes = {cluster: touch.cause for (_, cluster), touch in touches.items()}
        now = self._clock.now()
        async with self._database.transaction() as tx:
            done = await recompute(tx, snapshot, list(causes), now=now, causes=causes, wait=wait)
        took = time.monotonic() - started
        recorded = [
            moment
            for (_, cluster), touch in touches.items()
            if cluster not in done.busy
            for moment in touch.recorded
        ]
        visible, name = self.latencies.add(recorded, datetime.now(UTC)), snapshot.campaign
        if visible:
            self._metrics.observe_all(VISIBLE_SECONDS, visible, campaign=name)
        if done.changed:
            changed = sum(done.changed.values())
            self._metrics.observe(RECOMPUTE_SECONDS, took, campaign=name)
            self._metrics.count(RECOMPUTES, len(done.changed), campaign=name)
            self._metrics.count(POINTS_CHANGED, changed, campaign=name)
        return done.busy
