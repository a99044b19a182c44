"""Score one cluster again: read its tallies, write what changed, say what changed.

One transaction, held by the lock on the cluster's row: two replicas never score one cluster side by
side, and the second finds that there is nothing left to do.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from services.chassis.storage.database import Transaction
from services.contracts.campaign.base import plain
from services.contracts.events import PointsRecomputed
from services.scoring.contest import Contest
from services.scoring.counting import tallies
from services.scoring.engine.digest import cluster_digest, unit_digest
from services.scoring.engine.results import ClusterResult, UnitPoints
from services.scoring.engine.score import score_cluster
from services.scoring.engine.tally import Tally

_encode = msgspec.json.Encoder(decimal_format="string").encode
decode_points = msgspec.json.Decoder(UnitPoints).decode
"""`points.detail` as it was computed."""


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What a recompute did."""

    digest: str
    changed: int
    """Units that have another total, rank, level or line."""


@dataclass(frozen=True, slots=True)
class _Changed:
    """One unit's new points."""

    points: UnitPoints
    digest: str
    version: int
    said: bool
    """Whether it is to be published: a first row without any fact is none of anybody's news."""


async def recompute(
    tx: Transaction,
    contest: Contest,
    cluster: str,
    *,
    now: datetime,
    cause: str | None = None,
    publish: bool = True,
) -> Recomputed | None:
    """Bring the points of a cluster up to its tallies; None where they are.

    `now` is the time under which changes are recorded; points don't depend on it. `cause` is the
    traceparent of the fact behind it. Raises what the database raises, KeyError for a cluster that
    is not in the contest, LookupError before `prepare` has run.
    """
    units = contest.clusters[cluster]
    state = await tx.fetchrow(
        "SELECT seen, basis FROM clusters WHERE campaign = $1 AND cluster = $2 FOR UPDATE",
        contest.campaign,
        cluster,
    )
    counted, seen = await tallies.read(tx, contest.campaign, [unit.code for unit in units])
    basis = contest.basis[cluster]
    if state is None:
        raise LookupError(f"the cluster {cluster} has no row: run `prepare` first")
    if (state["seen"], state["basis"]) == (seen, basis):
        return None
    result = score_cluster(cluster, units, counted, contest.rules, contest.day)
    digests = {points.unit: unit_digest(points) for points in result.units}
    changed = await _changed(tx, contest, result, digests, counted)
    if state["basis"] != basis:
        await _forget_unscored(tx, contest.campaign, cluster, list(digests))
    await _store(tx, contest, result, changed, now)
    if publish:
        for one in changed:
            if one.said:
                await tx.publish(_fact(contest, result, one, now), cause=cause)
    digest = cluster_digest(cluster, digests)
    await tx.execute(
        "UPDATE clusters SET seen = $3, basis = $4, digest = $5, simulated = $6, computed_at = $7"
        " WHERE campaign = $1 AND cluster = $2",
        *(contest.campaign, cluster, seen, basis, digest, result.simulated, now),
    )
    return Recomputed(digest, len(changed))


async def _changed(
    tx: Transaction,
    contest: Contest,
    result: ClusterResult,
    digests: Mapping[str, str],
    counted: Mapping[str, Tally],
) -> list[_Changed]:
    rows = await tx.fetch(
        "SELECT unit, version, digest FROM points WHERE campaign = $1 AND unit = ANY($2)",
        contest.campaign,
        list(digests),
    )
    present = {row["unit"]: row for row in rows}
    last = await _last_versions(tx, contest.campaign, digests.keys() - present.keys())
    changed = []
    for points in result.units:
        before = present.get(points.unit)
        if before is not None and before["digest"] == digests[points.unit]:
            continue
        version = 1 + (before["version"] if before else last.get(points.unit, 0))
        said = before is not None or bool(counted.get(points.unit))
        changed.append(_Changed(points, digests[points.unit], version, said))
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
    tx: Transaction,
    contest: Contest,
    result: ClusterResult,
    changed: list[_Changed],
    now: datetime,
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
        INSERT INTO points (campaign, cluster, computed_at,
                            unit, version, total, maximum, rank, level, digest, detail)
        SELECT $1, $2, $3, *
          FROM unnest($4::text[], $5::int[], $6::numeric[], $7::numeric[], $8::int[],
                      $9::text[], $10::text[], $11::json[])
        ON CONFLICT (campaign, unit) DO UPDATE
           SET cluster = excluded.cluster, computed_at = excluded.computed_at,
               version = excluded.version,
               total = excluded.total, maximum = excluded.maximum, rank = excluded.rank,
               level = excluded.level, digest = excluded.digest, detail = excluded.detail
        """,
        *(contest.campaign, result.cluster, now),
        *columns,
        [_encode(one.points).decode() for one in changed],
    )
    await tx.execute(
        """
        INSERT INTO points_history (campaign, computed_at,
                                    unit, version, total, maximum, rank, level, digest, lines)
        SELECT $1, $2, *
          FROM unnest($3::text[], $4::int[], $5::numeric[], $6::numeric[], $7::int[],
                      $8::text[], $9::text[], $10::json[])
        """,
        *(contest.campaign, now),
        *columns,
        [_encode(_line_points(one.points)).decode() for one in changed],
    )


def _line_points(points: UnitPoints) -> dict[str, str]:
    return {line.criterion: plain(line.points) for line in points.lines}


def _fact(
    contest: Contest, result: ClusterResult, one: _Changed, now: datetime
) -> PointsRecomputed:
    rules = contest.rules
    return PointsRecomputed(
        campaign=contest.campaign,
        simulated=result.simulated,
        unit=one.points.unit,
        version=one.version,
        cluster=result.cluster,
        total=one.points.total,
        maximum=one.points.maximum,
        rank=one.points.rank,
        units_in_cluster=len(result.units),
        level=one.points.level,
        rule_set=rules.rule_set,
        sample=rules.sample,
        digest=one.digest,
        recomputed_at=now,
    )


async def clusters_due(tx: Transaction, contest: Contest) -> list[str]:
    """Clusters whose points are behind their tallies, rules or units."""
    versions = await tx.fetch(
        "SELECT unit, version FROM unit_measures WHERE campaign = $1", contest.campaign
    )
    seen: dict[str, int] = dict.fromkeys(contest.clusters, 0)
    for row in versions:
        if cluster := contest.cluster_of.get(row["unit"]):
            seen[cluster] += row["version"]
    states = await tx.fetch(
        "SELECT cluster, seen, basis FROM clusters WHERE campaign = $1", contest.campaign
    )
    present = {row["cluster"]: (row["seen"], row["basis"]) for row in states}
    return [
        cluster
        for cluster in contest.clusters
        if present.get(cluster) != (seen[cluster], contest.basis[cluster])
    ]
