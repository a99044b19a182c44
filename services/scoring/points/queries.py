"""Points as they are stored; to be read in one `repeatable_read`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.chassis.problems import UNAVAILABLE, Refusal
from services.chassis.storage.database import Transaction
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.results import UnitPoints
from services.scoring.points.recompute import clusters_due, decode_points


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
    rows = await tx.fetch("SELECT * FROM clusters WHERE campaign = $1", snapshot.campaign)
    found = {row["cluster"]: row for row in rows}
    for cluster, basis in snapshot.basis.items():
        if cluster not in found or found[cluster]["basis"] != basis:
            raise Refusal(
                UNAVAILABLE,
                detail=(
                    "Bảng điểm vừa thay đổi, hệ thống đang tính lại. Thử lại sau vài giây.",
                    "The rules have just changed and points are being computed: try again soon.",
                ),
                headers={"Retry-After": "2"},
            )
    return {
        cluster: StoredCluster(
            digest=found[cluster]["digest"],
            simulated=found[cluster]["simulated"],
            computed_at=found[cluster]["computed_at"],
            up_to_date=cluster not in due,
        )
        for cluster in sorted(snapshot.clusters)
    }


async def points(
    tx: Transaction, snapshot: CampaignSnapshot, units: Collection[str]
) -> dict[str, StoredPoints]:
    """The points of units, by code."""
    rows = await tx.fetch(
        "SELECT unit, cluster, version, digest, computed_at, detail::text FROM points"
        " WHERE campaign = $1 AND unit = ANY($2)",
        snapshot.campaign,
        list(units),
    )
    return {
        row["unit"]: StoredPoints(
            points=decode_points(row["detail"]),
            cluster=row["cluster"],
            version=row["version"],
            digest=row["digest"],
            computed_at=row["computed_at"],
        )
        for row in rows
    }


async def history(
    tx: Transaction, snapshot: CampaignSnapshot, unit: str, *, before: int | None, most: int
) -> list[Any]:
    """Versions of one unit's points below `before`, newest first, at most so many rows."""
    return await tx.fetch(
        "SELECT version, computed_at, total, maximum, rank, level, digest, lines::text"
        "  FROM points_history WHERE campaign = $1 AND unit = $2 AND version < $3"
        " ORDER BY version DESC LIMIT $4",
        snapshot.campaign,
        unit,
        before if before is not None else 2**31 - 1,
        most,
    )
