"""Score clusters again: read their tallies, write what changed, publish what changed.

One transaction, held by the locks on the clusters' rows: two replicas never score one cluster side
by side, and the second finds that there is nothing left to do, or goes on without the clusters that
the first one has. Several clusters cost as many statements as one.

SQL by hand: locks in one order, and sets of clusters, on the way of every round.
"""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from services.chassis.storage.database import Transaction
from services.contracts.events import PointsRecomputed
from services.contracts.wording import plain
from services.measuring.slots import Tally
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.digest import cluster_digest, unit_digest
from services.scoring.engine.results import ClusterResult, UnitPoints
from services.scoring.engine.texts import level_title
from services.scoring.generation import require_current
from services.scoring.tallies import queries as tally_queries

_encode = msgspec.json.Encoder(decimal_format="string").encode
decode_points = msgspec.json.Decoder(UnitPoints).decode
"""`points.detail` as it was computed."""

_AT_ONCE = 50
"""Clusters of one transaction: all of Hanoi's. Some 0.05 s of work, in which their rows are
locked."""


def at_once(clusters: Sequence[str]) -> Iterator[Sequence[str]]:
    """Clusters in parts, each fit for one transaction."""
    return (clusters[start : start + _AT_ONCE] for start in range(0, len(clusters), _AT_ONCE))


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What a recompute did."""

    changed: Mapping[str, int]
    """For each cluster that was behind: units that have another total, rank, level, line or
    cluster."""
    busy: frozenset[str] = frozenset()
    """Clusters that somebody else is at, which were left to him."""


@dataclass(frozen=True, slots=True)
class _ScoredCluster:
    """A cluster's new standing."""

    result: ClusterResult
    seen: int
    """Sum of the versions of the tallies that it counts, of predecessors too."""
    digests: Mapping[str, str]
    """By unit."""


@dataclass(frozen=True, slots=True)
class _Changed:
    """One unit's new points."""

    points: UnitPoints
    result: ClusterResult
    """The cluster that it is one of."""
    digest: str
    version: int
    is_news: bool
    """Whether it is to be published: a first row without any fact is none of anybody's news."""


async def recompute(
    tx: Transaction,
    snapshot: CampaignSnapshot,
    clusters: Collection[str],
    *,
    now: datetime,
    causes: Mapping[str, str | None] | None = None,
    publish: bool = True,
    wait: bool = True,
) -> Recomputed:
    """Bring the points of clusters up to their tallies.

    `now` is the time under which changes are recorded; points don't depend on it. `causes` are the
    traceparents of the facts behind them, by cluster. Without `wait` clusters that somebody else is
    at are left out, so that one that is held up holds up no other. Raises what the database raises,
    KeyError for a cluster that is not in the snapshot, CampaignChangedError where the campaign is
    not as the snapshot has it.
    """
    await require_current(tx, snapshot)
    members = {name: snapshot.members(name) for name in clusters}
    known = await _lock(tx, snapshot, clusters, wait=wait)
    busy = frozenset(clusters) - known.keys()
    tallies, versions = await tally_queries.read(
        tx, snapshot.campaign, [unit for cluster in known for unit in members[cluster]]
    )
    counted = snapshot.counted(tallies)
    scored = []
    for cluster, before in known.items():
        seen = sum(versions.get(unit, 0) for unit in members[cluster])
        if before != (seen, snapshot.basis[cluster]):
            scored.append(await _score(snapshot, cluster, counted, seen))
    if not scored:
        return Recomputed({}, busy)
    changed = await _changed(tx, snapshot, scored, counted)
    for one in scored:
        cluster = one.result.cluster
        if known[cluster][1] != snapshot.basis[cluster]:
            await _forget_unscored(tx, snapshot.campaign, cluster, list(one.digests))
    await _store(tx, snapshot, changed, now)
    if publish:
        for unit in changed:
            if unit.is_news:
                cause = (causes or {}).get(unit.result.cluster)
                await tx.publish(_fact(snapshot, unit, now), cause=cause)
    await _mark(tx, snapshot, scored, now)
    done = dict.fromkeys((one.result.cluster for one in scored), 0)
    for unit in changed:
        done[unit.result.cluster] += 1
    return Recomputed(done, busy)


async def _lock(
    tx: Transaction, snapshot: CampaignSnapshot, clusters: Collection[str], *, wait: bool
) -> dict[str, tuple[int | None, str | None]]:
    """What clusters have counted and by which basis; theirs until the transaction ends.

    Locked in the order of their names, as by everyone: nobody waits in a circle.
    """
    known = await _locked(tx, snapshot, clusters, wait=wait)
    if len(known) < len(clusters):
        # Some are another's now, or were never scored: the first to score one makes its row.
        made = await tx.fetch(
            "INSERT INTO clusters (campaign, cluster)"
            " SELECT $1, cluster FROM unnest($2::text[]) AS new (cluster) ORDER BY cluster"
            " ON CONFLICT DO NOTHING RETURNING cluster",
            snapshot.campaign,
            list(set(clusters) - known.keys()),
        )
        known |= {row["cluster"]: (None, None) for row in made}
    return {cluster: known[cluster] for cluster in sorted(known)}


async def _locked(
    tx: Transaction, snapshot: CampaignSnapshot, clusters: Collection[str], *, wait: bool
) -> dict[str, tuple[int | None, str | None]]:
    rows = await tx.fetch(
        f"""
        SELECT cluster, seen, basis FROM clusters WHERE campaign = $1 AND cluster = ANY($2)
         ORDER BY cluster FOR UPDATE {"" if wait else "SKIP LOCKED"}
        """,  # noqa: S608 - constants
        snapshot.campaign,
        list(clusters),
    )
    return {row["cluster"]: (row["seen"], row["basis"]) for row in rows}


async def _score(
    snapshot: CampaignSnapshot, cluster: str, counted: Mapping[str, Tally], seen: int
) -> _ScoredCluster:
    # It makes way before each cluster, about a millisecond of work: facts come meanwhile.
    await asyncio.sleep(0)
    result = snapshot.scored(cluster, counted)
    return _ScoredCluster(
        result, seen, {points.unit: unit_digest(points) for points in result.units}
    )


async def _changed(
    tx: Transaction,
    snapshot: CampaignSnapshot,
    scored: Sequence[_ScoredCluster],
    counted: Mapping[str, Tally],
) -> list[_Changed]:
    units = [unit for one in scored for unit in one.digests]
    rows = await tx.fetch(
        "SELECT unit, cluster, version, digest FROM points WHERE campaign = $1 AND unit = ANY($2)",
        snapshot.campaign,
        units,
    )
    present = {row["unit"]: row for row in rows}
    last = await _last_versions(tx, snapshot.campaign, set(units) - present.keys())
    changed = []
    for one in scored:
        for points in one.result.units:
            digest, before = one.digests[points.unit], present.get(points.unit)
            # Who moved to another cluster has other points: they are not in the digest of a unit.
            here = (one.result.cluster, digest)
            if before is not None and (before["cluster"], before["digest"]) == here:
                continue
            version = 1 + (before["version"] if before else last.get(points.unit, 0))
            is_news = before is not None or bool(counted.get(points.unit))
            changed.append(_Changed(points, one.result, digest, version, is_news))
    return changed


async def _last_versions(tx: Transaction, campaign: str, units: Collection[str]) -> dict[str, int]:
    """Last versions of units without points: none, but where somebody removed a row by hand."""
    if not units:
        return {}
    rows = await tx.fetch(
        "SELECT unit, max(version) AS version FROM points_history"
        " WHERE campaign = $1 AND unit = ANY($2) GROUP BY unit",
        campaign,
        list(units),
    )
    return {row["unit"]: row["version"] for row in rows}


async def _forget_unscored(tx: Transaction, campaign: str, cluster: str, scored: list[str]) -> None:
    """Take away the present points of units that the cluster's rules score no more.

    Their history stays; points they get again later go on from its last version.
    """
    await tx.execute(
        "DELETE FROM points WHERE campaign = $1 AND cluster = $2 AND unit <> ALL ($3)",
        campaign,
        cluster,
        scored,
    )


async def _store(
    tx: Transaction, snapshot: CampaignSnapshot, changed: Sequence[_Changed], now: datetime
) -> None:
    if not changed:
        return
    columns: tuple[list[Any], ...] = (
        [one.points.unit for one in changed],
        [one.version for one in changed],
        [one.points.total for one in changed],
        [one.points.maximum for one in changed],
        [one.points.rank for one in changed],
        [one.points.level for one in changed],
        [one.digest for one in changed],
    )
    await tx.execute(
        """
        INSERT INTO points (campaign, computed_at,
                            unit, version, total, maximum, rank, level, digest, detail, cluster)
        SELECT $1, $2, *
          FROM unnest($3::text[], $4::int[], $5::numeric[], $6::numeric[], $7::int[],
                      $8::text[], $9::text[], $10::json[], $11::text[])
        ON CONFLICT (campaign, unit) DO UPDATE
           SET cluster = excluded.cluster, computed_at = excluded.computed_at,
               version = excluded.version,
               total = excluded.total, maximum = excluded.maximum, rank = excluded.rank,
               level = excluded.level, digest = excluded.digest, detail = excluded.detail
        """,
        *(snapshot.campaign, now),
        *columns,
        [_encode(one.points).decode() for one in changed],
        [one.result.cluster for one in changed],
    )
    await tx.execute(
        """
        INSERT INTO points_history (campaign, computed_at,
                                    unit, version, total, maximum, rank, level, digest, lines)
        SELECT $1, $2, *
          FROM unnest($3::text[], $4::int[], $5::numeric[], $6::numeric[], $7::int[],
                      $8::text[], $9::text[], $10::json[])
        """,
        *(snapshot.campaign, now),
        *columns,
        [_encode(_line_points(one.points)).decode() for one in changed],
    )


def _line_points(points: UnitPoints) -> dict[str, str]:
    return {line.criterion: plain(line.points) for line in points.lines}


async def _mark(
    tx: Transaction, snapshot: CampaignSnapshot, scored: Sequence[_ScoredCluster], now: datetime
) -> None:
    """Clusters are up to these tallies and this basis."""
    results = [one.result for one in scored]
    await tx.execute(
        """
        UPDATE clusters AS c
           SET seen = n.seen, basis = n.basis, digest = n.digest, simulated = n.simulated,
               computed_at = $2
          FROM unnest($3::text[], $4::bigint[], $5::text[], $6::text[], $7::boolean[])
               AS n (cluster, seen, basis, digest, simulated)
         WHERE c.campaign = $1 AND c.cluster = n.cluster
        """,
        snapshot.campaign,
        now,
        [result.cluster for result in results],
        [one.seen for one in scored],
        [snapshot.basis[result.cluster] for result in results],
        [cluster_digest(one.result.cluster, one.digests) for one in scored],
        [result.simulated for result in results],
    )


def _fact(snapshot: CampaignSnapshot, one: _Changed, now: datetime) -> PointsRecomputed:
    rules = snapshot.rules
    return PointsRecomputed(
        campaign=snapshot.campaign,
        simulated=one.result.simulated,
        unit=one.points.unit,
        version=one.version,
        cluster=one.result.cluster,
        total=one.points.total,
        maximum=one.points.maximum,
        rank=one.points.rank,
        units_in_cluster=len(one.result.units),
        level=one.points.level,
        level_title=level_title(rules, one.points),
        rule_set=rules.rule_set,
        sample=rules.sample,
        digest=one.digest,
        recomputed_at=now,
    )
