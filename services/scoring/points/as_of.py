"""Points as of a moment, in the shape of those that are stored: one answer shows both."""

from services.scoring.as_of.past_standings import AsOfMoment
from services.scoring.engine.digest import cluster_digest, unit_digest
from services.scoring.engine.results import ClusterResult
from services.scoring.points.queries import StoredCluster, StoredPoints


def computed(
    as_of: AsOfMoment, result: ClusterResult
) -> tuple[StoredCluster, dict[str, StoredPoints]]:
    """A cluster and its units' points by code, as `points/queries.py` reads them."""
    digests = {points.unit: unit_digest(points) for points in result.units}
    state = StoredCluster(
        digest=cluster_digest(result.cluster, digests),
        simulated=result.simulated,
        computed_at=as_of.asked_at,
        up_to_date=True,
    )
    return state, {
        points.unit: StoredPoints(
            points=points,
            cluster=result.cluster,
            version=None,
            digest=digests[points.unit],
            computed_at=as_of.asked_at,
        )
        for points in result.units
    }
