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
        )

    def measures_digest(self) -> str:
        """Names what tallies are made of: where it changes, they are counted again."""
        measures = {name: m.model_dump(mode="json") for name, m in self.rules.measures.items()}
        return _sha256(measures)

    def basis(self, cluster: str) -> str:
        """Names what a cluster's points are computed with, beside its facts: rules and units."""
        units = [unit.model_dump(mode="json") for unit in self.clusters[cluster]]
        return _sha256([self.rules.digest(), units])


def _sha256(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
