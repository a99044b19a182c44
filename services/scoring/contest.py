"""What scoring takes from a campaign: its rules, its clusters, who is in which."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from services.contracts.campaign import Campaign, RuleSet, Unit, UnitTree
from services.scoring.engine.tally import Tallier


@dataclass(frozen=True)
class Contest:
    """One campaign as scoring sees it. Immutable; made once at start."""

    campaign: str
    rules: RuleSet
    units: UnitTree
    clusters: Mapping[str, tuple[Unit, ...]]
    """Clusters in which somebody is scored, with the units that exist when the campaign closes.

    A fixed day, because points depend on facts and rules and never on when they are computed.
    """
    cluster_of: Mapping[str, str]
    """Cluster by unit code, of the units in `clusters`."""
    tallier: Tallier
    measures_digest: str
    """Names what tallies are made of: where it changes, they are counted again."""
    basis: Mapping[str, str]
    """By cluster: names what its points are computed with beside facts, its rules and units."""

    @classmethod
    def of(cls, campaign: Campaign) -> "Contest":
        """The contest of a campaign."""
        rules = campaign.rules
        clusters = {
            name: tuple(units)
            for name, units in campaign.units.clusters(campaign.plan.closes).items()
            if any(rules.table_for(unit) for unit in units)
        }
        return cls(
            campaign=campaign.plan.campaign,
            rules=rules,
            units=campaign.units,
            clusters=clusters,
            cluster_of={unit.code: name for name, units in clusters.items() for unit in units},
            tallier=Tallier(rules.measures),
            measures_digest=_sha256(
                {name: measure.model_dump(mode="json") for name, measure in rules.measures.items()}
            ),
            basis={
                name: _sha256([rules.digest(), [unit.model_dump(mode="json") for unit in units]])
                for name, units in clusters.items()
            },
        )


def _sha256(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
