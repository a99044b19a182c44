"""Points as they stood, in the shape of those that are stored: one view shows both."""

from typing import Annotated, Any

from fastapi import Query

from services.scoring.api.views import RulesInForceOut
from services.scoring.engine.digest import cluster_digest, unit_digest
from services.scoring.engine.results import ClusterResult
from services.scoring.points.standings import StoredCluster, StoredPoints
from services.scoring.queries.as_of import AsOfMoment
from services.scoring.queries.rules_in_force import InForce

AsOf = Annotated[
    str | None,
    Query(
        max_length=64,
        description="The moment to look back to: RFC 3339, or a local day, which means its end."
        " From the facts known and the rules in force then. Absent: now.",
        examples=["2020-06-30", "2020-06-30T17:00:00+07:00"],
    ),
]


def computed(
    then: AsOfMoment, result: ClusterResult
) -> tuple[StoredCluster, dict[str, StoredPoints]]:
    """A cluster and its units' points by code, as `points.standings` reads them."""
    digests = {points.unit: unit_digest(points) for points in result.units}
    state = StoredCluster(
        digest=cluster_digest(result.cluster, digests),
        simulated=result.simulated,
        computed_at=then.asked_at,
        up_to_date=True,
    )
    return state, {
        points.unit: StoredPoints(
            points=points,
            cluster=result.cluster,
            version=None,
            digest=digests[points.unit],
            computed_at=then.asked_at,
        )
        for points in result.units
    }


def moment_out(then: AsOfMoment) -> dict[str, Any]:
    """What every as-of answer says of its moment: fields of `AsOfOut` without the counts."""
    return {
        "moment": then.moment,
        "asked_at": then.asked_at,
        "rules": in_force_out(then.rules),
        "rules_differ": then.rules_differ,
        "units_differ": then.units_differ,
    }


def in_force_out(rules: InForce) -> RulesInForceOut:
    """A rule set that was in force."""
    return RulesInForceOut(**{name: getattr(rules, name) for name in RulesInForceOut.model_fields})
