"""Clusters that are scored together: each as if alone, and none held up by another."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.chassis.clock import SystemClock
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import CHASSIS_METRICS
from services.chassis.storage.database import Database, Transaction
from services.chassis.storage.outbox import decode_headers
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.results import ClusterResult
from services.scoring.metrics import METRICS, RECOMPUTES
from services.scoring.points import recompute as module
from services.scoring.points.recompute import Recomputed, recompute
from services.scoring.points.recompute_throttle import BEHIND_S
from services.scoring.points.worker import Worker
from services.scoring.scored_campaign import ScoredCampaign
from services.scoring.tallies.ingest import DirtyCluster, Ingest
from tests.scoring.campaign import sample_snapshot
from tests.scoring.facts import essay, event
from tests.scoring.running import (
    UnknownForGood,
    campaigns_of,
    guarded,
    points_facts,
    recompute_due,
    take,
)
from tests.scoring.service import until

CONTEST = sample_snapshot()
A, B, C = "departments", "front-and-mass-organisations", "urban-districts"
IN = {name: [unit.code for unit in CONTEST.clusters[name]] for name in CONTEST.clusters}
TRACES = {A: f"00-{'a' * 32}-{'1' * 16}-01", B: f"00-{'b' * 32}-{'2' * 16}-01"}


async def hears(database: Database, *clusters: str, name: str = "a") -> None:
    """A fact about the first unit of each."""
    facts = [event(essay(IN[cluster][0], f"{cluster}-{name}")) for cluster in clusters]
    await take(database, facts)


async def scored(database: Database, clusters: Sequence[str], **how: Any) -> Recomputed:
    snapshot = how.pop("snapshot", CONTEST)
    async with database.transaction() as tx:
        return await recompute(tx, snapshot, clusters, now=datetime.now(UTC), **how)


async def rows(database: Database, question: str, *args: object) -> list[Any]:
    async with database.transaction() as tx:
        return await tx.fetch(question, *args)


async def is_whole(database: Database, snapshot: CampaignSnapshot = CONTEST) -> None:
    """Points are those of the facts, each unit once in its cluster, versions without a gap."""
    assert await guarded(database, snapshot) == []
    found = await rows(database, "SELECT unit, cluster, version FROM points")
    assert {row["unit"]: row["cluster"] for row in found} == dict(snapshot.cluster_of)
    past = await rows(database, "SELECT unit, version FROM points_history")
    for row in found:
        versions = sorted(one["version"] for one in past if one["unit"] == row["unit"])
        assert versions == list(range(1, row["version"] + 1))


# ---- several at once


async def test_only_those_that_are_behind_are_scored_and_each_says_its_own_cause(
    database: Database,
) -> None:
    await hears(database, A, B)
    before = await rows(database, "SELECT computed_at FROM clusters WHERE cluster = $1", C)
    done = await scored(database, [A, B, C], causes=TRACES)
    assert set(done.changed) == {A, B}
    assert await rows(database, "SELECT computed_at FROM clusters WHERE cluster = $1", C) == before
    published = await rows(
        database,
        "SELECT key, headers FROM event_log WHERE topic LIKE '%points-recomputed%'",
    )
    for cluster in (A, B):
        traces = {
            dict(decode_headers(row["headers"]))["ce_traceparent"].decode().split("-")[1]
            for row in published
            if row["key"].decode() in IN[cluster]
        }
        assert traces == {TRACES[cluster].split("-")[1]}
    await is_whole(database)


async def test_an_error_in_one_cluster_leaves_nothing_of_any(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hears(database, A, B)
    whole = CampaignSnapshot.scored

    def faulty(snapshot: CampaignSnapshot, cluster: str, counted: Any) -> ClusterResult:
        if cluster == B:
            raise RuntimeError("a bug")
        return whole(snapshot, cluster, counted)

    count = "SELECT (SELECT count(*) FROM points_history), (SELECT count(*) FROM outbox)"
    before = await rows(database, count)
    with monkeypatch.context() as patched:
        patched.setattr(CampaignSnapshot, "scored", faulty)
        with pytest.raises(RuntimeError, match="a bug"):
            await scored(database, [A, B])
    assert await rows(database, count) == before
    assert set((await scored(database, [A, B])).changed) == {A, B}
    await is_whole(database)


# ---- units and rules that change


def moved(unit: str, source: str, target: str) -> CampaignSnapshot:
    """The contest after one unit went to another cluster."""
    leaving = next(one for one in CONTEST.clusters[source] if one.code == unit)
    clusters = dict(CONTEST.clusters)
    clusters[source] = tuple(one for one in clusters[source] if one is not leaving)
    clusters[target] = (*clusters[target], leaving)
    return replace(
        CONTEST,
        clusters=clusters,
        cluster_of={**CONTEST.cluster_of, unit: target},
        basis={**CONTEST.basis, source: "without it", target: "with it"},
    )


@pytest.mark.parametrize("with_facts", [True, False])
@pytest.mark.parametrize("at_once", [[[A, B]], [[A], [B]], [[B], [A]]])
@pytest.mark.parametrize(("source", "target"), [(A, B), (B, A)])
async def test_a_unit_that_moves_takes_its_points_along(
    database: Database, source: str, target: str, at_once: list[list[str]], *, with_facts: bool
) -> None:
    unit = IN[source][0]
    if with_facts:
        await hears(database, source)
        await recompute_due(database, CONTEST)
    snapshot = moved(unit, source, target)
    published = len(await points_facts(database))
    for clusters in at_once:
        await scored(database, clusters, snapshot=snapshot)
    await is_whole(database, snapshot)
    if with_facts:
        now = [fact for fact in (await points_facts(database))[published:] if fact.unit == unit]
        assert [fact.cluster for fact in now] == [target]


async def test_what_changed_of_one_cluster_is_done_to_no_other(database: Database) -> None:
    gone = IN[A][-1]
    clusters = {**CONTEST.clusters, A: CONTEST.clusters[A][:-1]}
    snapshot = replace(
        CONTEST,
        clusters=clusters,
        cluster_of={unit: name for unit, name in CONTEST.cluster_of.items() if unit != gone},
        basis={**CONTEST.basis, A: "one less"},
    )
    await hears(database, B)
    done = await scored(database, [A, B, C], snapshot=snapshot)
    assert set(done.changed) == {A, B}
    await is_whole(database, snapshot)


async def test_the_guard_finds_a_row_in_the_wrong_cluster(database: Database) -> None:
    await rows(database, "UPDATE points SET cluster = $1 WHERE unit = $2", B, IN[A][0])
    assert await guarded(database, CONTEST) == [A]
    await recompute_due(database, CONTEST)
    await is_whole(database)


# ---- rounds that meet


@asynccontextmanager
async def held(database: Database, *clusters: str) -> AsyncIterator[Transaction]:
    """Somebody is at these clusters."""
    async with database.transaction() as tx:
        await tx.fetch("SELECT FROM clusters WHERE cluster = ANY($1) FOR UPDATE", list(clusters))
        yield tx


async def test_two_rounds_that_meet_score_each_fact_once(database: Database) -> None:
    await hears(database, A, B)
    async with database.transaction() as tx:
        first = await recompute(tx, CONTEST, [A, B], now=datetime.now(UTC))
        second = asyncio.create_task(scored(database, [B, A, C]))

        async def waits() -> bool:
            return bool(await rows(database, "SELECT FROM pg_locks WHERE NOT granted"))

        await until(waits)
        await hears(database, B, name="meanwhile")
        await hears(database, C)
    assert set(first.changed) == {A, B}
    assert set((await second).changed) == {B, C}
    await is_whole(database)


async def test_rounds_of_the_same_clusters_in_any_order_wait_in_no_circle(
    database: Database,
) -> None:
    for number in range(20):
        await hears(database, A, B, C, name=str(number))
        await asyncio.gather(
            scored(database, [A, B, C]), scored(database, [C, B, A]), scored(database, [B, C])
        )
    await is_whole(database)


async def test_what_somebody_is_at_is_left_to_him_where_nobody_is_to_wait(
    database: Database,
) -> None:
    await hears(database, A, B)
    async with held(database, A):
        done = await scored(database, [A, B], wait=False)
    assert (set(done.changed), done.busy) == ({B}, {A})


# ---- the worker


class Working:
    """A worker whose loop runs, and facts for it."""

    def __init__(self, database: Database, *, interval_s: float = 0.01) -> None:
        registry = campaigns_of(database)
        self.metrics = Metrics([*CHASSIS_METRICS, *METRICS])
        self.worker = Worker(
            database,
            registry,
            clock=SystemClock(),
            metrics=self.metrics,
            interval_s=interval_s,
            sweep_s=60,
        )
        self._database = database
        mark_dirty = self.worker.mark_dirty
        self._ingest = Ingest(registry, UnknownForGood(), SystemClock(), mark_dirty)

    async def hears(self, *clusters: str, name: str = "a") -> None:
        """As from the consumer."""
        facts = [event(essay(IN[cluster][0], f"{cluster}-{name}")) for cluster in clusters]
        async with self._database.transaction() as tx:
            await self._ingest.handle(tx, facts)

    async def has_shown(self, facts: int) -> None:
        """So many facts are in the points."""

        async def shown() -> bool:
            return self.worker.latencies.count >= facts

        await until(shown)
        assert self.worker.latencies.count == facts

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Its loop."""
        loop = self.worker.loop
        task = asyncio.create_task(loop.run(clock=SystemClock(), metrics=self.metrics))
        try:
            yield
        finally:
            await loop.stop()
            await task


async def test_a_cluster_that_is_held_up_holds_up_no_other(database: Database) -> None:
    working = Working(database)
    async with working.running():
        async with held(database, A):
            await working.hears(A, B)
            await working.has_shown(1)
            await working.hears(C)
            await working.has_shown(2)
        await working.has_shown(3)
    await is_whole(database)


async def test_of_many_clusters_those_that_were_not_reached_stay_due(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    names = list(CONTEST.clusters)[:5]
    whole, failed, back = CampaignSnapshot.scored, asyncio.Event(), asyncio.Event()

    def away(snapshot: CampaignSnapshot, cluster: str, counted: Any) -> ClusterResult:
        if cluster == names[2] and not back.is_set():
            failed.set()
            raise ConnectionResetError("the database is away")
        return whole(snapshot, cluster, counted)

    monkeypatch.setattr(CampaignSnapshot, "scored", away)
    working = Working(database)
    async with working.running():
        await working.hears(*names)
        await failed.wait()
        await working.has_shown(2)
        back.set()
        await working.has_shown(5)
    await is_whole(database)


async def test_a_cluster_dissolved_since_its_fact_came_stops_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = Working(database)
    await working.hears(A, B)
    clusters = {name: units for name, units in CONTEST.clusters.items() if name != A}
    without = replace(CONTEST, clusters=clusters)
    monkeypatch.setattr(ScoredCampaign, "snapshot", lambda _self, _now: without)
    async with working.running():
        await working.has_shown(1)


async def test_a_burst_is_scored_once_an_interval(database: Database) -> None:
    working = Working(database, interval_s=0.4)
    started = datetime.now(UTC)
    async with working.running():
        for number in range(60):
            await working.hears(A, name=str(number))
        await working.has_shown(60)
    took = (datetime.now(UTC) - started) / timedelta(seconds=0.4)
    assert 1 <= (working.metrics.value(RECOMPUTES, campaign="hanoi-2020") or 0) <= took + 2
    await is_whole(database)


async def test_facts_are_as_late_as_the_oldest_that_was_taken_with_them(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Working(database).worker
    report: list[float] = []
    monkeypatch.setattr(worker._throttle, "mark_dirty", lambda _now, late_s: report.append(late_s))
    now = datetime.now(UTC)
    old = now - timedelta(seconds=BEHIND_S + 60)
    a, b = ("hanoi-2020", A), ("hanoi-2020", B)
    worker.mark_dirty({a: DirtyCluster([now, old]), b: DirtyCluster([now])})
    worker.mark_dirty({a: DirtyCluster([datetime.now(UTC)])})
    worker.mark_dirty({})
    assert len(report) == 2
    assert report[0] > BEHIND_S + 59
    assert report[1] < 1
