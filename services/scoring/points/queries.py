"""Points as they are stored, and which are behind; to be read in one `repeatable_read`.

SQL by hand: two columns of every tally, without the tallies, at each question for standings.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlmodel import col, select

from services.chassis.storage.database import Transaction
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.context import being_computed
from services.scoring.engine.results import UnitPoints
from services.scoring.models import ClusterState, CurrentPoints, PastPoints


@dataclass(frozen=True, slots=True)
class StoredCluster:
    """One cluster's state."""

    digest: str
    simulated: bool
    computed_at: datetime
    up_to_date: bool


@dataclass(frozen=True, slots=True)
class StoredPoints:
    """One unit's points."""

    points: UnitPoints
    cluster: str
    version: int | None
    """None for points that are computed for an answer and not stored."""
    digest: str
    computed_at: datetime


async def clusters(tx: Transaction, snapshot: CampaignSnapshot) -> dict[str, StoredCluster]:
    """The state of all clusters, by name.

    Raises Refusal (503) before they were scored once with today's rules.
    """
    due = set(await clusters_due(tx, snapshot))
    wanted = select(ClusterState).where(ClusterState.campaign == snapshot.campaign)
    found = {state.cluster: state for state in await tx.session.exec(wanted)}
    states = {}
    for cluster in sorted(snapshot.clusters):
        state = found.get(cluster)
        if (
            state is None
            or state.basis != snapshot.basis[cluster]
            or state.digest is None
            or state.computed_at is None
        ):
            raise being_computed()
        states[cluster] = StoredCluster(
            digest=state.digest,
            simulated=state.simulated,
            computed_at=state.computed_at,
            up_to_date=cluster not in due,
        )
    return states


async def points(
    tx: Transaction, snapshot: CampaignSnapshot, units: Collection[str]
) -> dict[str, StoredPoints]:
    """The points of units, by code."""
    wanted = select(CurrentPoints).where(
        CurrentPoints.campaign == snapshot.campaign, col(CurrentPoints.unit).in_(units)
    )
    return {
        row.unit: StoredPoints(
            points=msgspec.convert(row.detail, UnitPoints),
            cluster=row.cluster,
            version=row.version,
            digest=row.digest,
            computed_at=row.computed_at,
        )
        for row in await tx.session.exec(wanted)
    }


async def history(
    tx: Transaction, snapshot: CampaignSnapshot, unit: str, *, before: int | None, most: int
) -> Sequence[PastPoints]:
    """Versions of one unit's points below `before`, newest first, at most so many rows."""
    wanted = select(PastPoints).where(
        PastPoints.campaign == snapshot.campaign, PastPoints.unit == unit
    )
    if before is not None:
        wanted = wanted.where(PastPoints.version < before)
    newest_first = wanted.order_by(col(PastPoints.version).desc())
    return (await tx.session.exec(newest_first.limit(most))).all()


async def clusters_due(tx: Transaction, snapshot: CampaignSnapshot) -> list[str]:
    """Clusters whose points are behind their tallies, rules or units."""
    versions = await tx.fetch(
        "SELECT unit, version FROM unit_measures WHERE campaign = $1", snapshot.campaign
    )
    seen: dict[str, int] = dict.fromkeys(snapshot.clusters, 0)
    for row in versions:
        if cluster := snapshot.cluster_counting(row["unit"]):
            seen[cluster] += row["version"]
    states = await tx.fetch(
        "SELECT cluster, seen, basis FROM clusters WHERE campaign = $1", snapshot.campaign
    )
    present = {row["cluster"]: (row["seen"], row["basis"]) for row in states}
    return [
        cluster
        for cluster in snapshot.clusters
        if present.get(cluster) != (seen[cluster], snapshot.basis[cluster])
    ]
