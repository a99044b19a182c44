"""Scores clusters soon after a new fact, once for many facts at a time, and after any crash."""

import contextlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from services.chassis.clock import Clock
from services.chassis.loops.loop import Loop
from services.chassis.observability.metrics import Metrics
from services.chassis.storage.database import Database
from services.scoring.campaign_snapshot import CampaignSnapshot, CurrentSnapshot
from services.scoring.generation import REASON, SupersededError, is_current
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
from services.scoring.tallies.ingest import DirtyCluster, DirtyClusters

_QUIET_S = 30.0
"""Pause of the loop when nobody wakes it; the sweep wakes it for what others left."""


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
        snapshot: CurrentSnapshot,
        *,
        clock: Clock,
        metrics: Metrics,
        interval_s: float,
    ) -> None:
        self.latencies = Latencies()
        self.loop = Loop("recompute", self._tick, every_s=_QUIET_S)
        self._database = database
        self._now = snapshot
        self._clock = clock
        self._metrics = metrics
        self._throttle = RecomputeThrottle(interval_s)
        self._waiting: dict[str, DirtyCluster] = {}
        self._superseded = False

    def degraded(self) -> str | None:
        """Why nothing is scored here: others work by rules or units that were adopted later."""
        return REASON if self._superseded else None

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
        """Find clusters that are behind: a process may have died between facts and points."""
        snapshot = self._now()
        async with self._database.transaction() as tx:
            self._superseded = not await is_current(tx, snapshot)
            due = [] if self._superseded else await clusters_due(tx, snapshot)
        self._metrics.set(CLUSTERS_DUE, len(due))
        self._wait({cluster: DirtyCluster() for cluster in due})

    async def catch_up(self) -> None:
        """Score every cluster that is behind, before the first request is answered."""
        await self.sweep()
        with contextlib.suppress(SupersededError):  # while we started: the sweep notices
            await self._score(list(self._waiting), wait=True)

    async def _tick(self) -> float | None:
        if self._superseded:
            return None  # the sweep wakes us when that is over
        began = time.monotonic()
        due = self._throttle.due(self._waiting, began)
        if due:
            try:
                await self._score(due)
            except SupersededError:
                self._superseded = True
                return None
            self._throttle.scored(due, began, time.monotonic())
        if not self._waiting:
            return None
        return self._throttle.next_round(self._waiting) - time.monotonic()

    async def _score(self, clusters: Sequence[str], *, wait: bool = False) -> None:
        """Score clusters that wait. What another replica is at comes again, unless we `wait`."""
        snapshot = self._now()
        for some in at_once(clusters):
            touches = {cluster: self._waiting.pop(cluster) for cluster in some}
            # On a day a cluster may be dissolved; the sweep finds where its units are now.
            scored = {name: touches[name] for name in some if name in snapshot.clusters}
            try:
                busy = await self._score_at_once(snapshot, scored, wait=wait)
            except BaseException:
                self._wait(touches)
                raise
            self._wait({cluster: touches[cluster] for cluster in busy})

    async def _score_at_once(
        self, snapshot: CampaignSnapshot, touches: DirtyClusters, *, wait: bool
    ) -> frozenset[str]:
        started = time.monotonic()
        causes = {cluster: touch.cause for cluster, touch in touches.items()}
        now = self._clock.now()
        async with self._database.transaction() as tx:
            done = await recompute(tx, snapshot, list(touches), now=now, causes=causes, wait=wait)
        took = time.monotonic() - started
        recorded = [
            moment
            for cluster, touch in touches.items()
            if cluster not in done.busy
            for moment in touch.recorded
        ]
        visible = self.latencies.add(recorded, datetime.now(UTC))
        self._metrics.observe_all(VISIBLE_SECONDS, visible)
        if done.changed:
            self._metrics.observe(RECOMPUTE_SECONDS, took)
            self._metrics.count(RECOMPUTES, len(done.changed))
            self._metrics.count(POINTS_CHANGED, sum(done.changed.values()))
        return done.busy
