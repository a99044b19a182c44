"""What if: the campaign's facts scored by a draft rule set; nothing is written.

Both rule sets are applied to the same facts, read in one snapshot that cannot write; nothing is
stored, nothing is published.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from services.chassis.storage.database import Database
from services.contracts.rules import RuleSet
from services.measuring.records import KnownFact
from services.measuring.tally import SIMULATED
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.engine.compare import StandingsChange, compare
from services.scoring.engine.results import ClusterResult
from services.scoring.facts import queries as fact_queries
from services.scoring.repeatable_read import repeatable_read
from services.scoring.scored_campaign import ScoredCampaign


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a draft would change."""

    present: CampaignSnapshot | None
    """None for a campaign that has no rule set in force."""
    draft: CampaignSnapshot
    asked_at: datetime
    facts: int
    simulated: bool
    change: StandingsChange


async def what_if(
    database: Database, campaign: ScoredCampaign, draft: RuleSet, now: datetime
) -> WhatIf:
    """Compares the points by the draft with the points by the rules in force.

    Read a cluster at a time: memory is that of the largest cluster's facts. Computing leaves the
    event loop free.
    """
    sides = Sides(campaign.snapshot(now), CampaignTimeline(campaign.newest, draft).at(now))
    async with repeatable_read(database) as tx:
        for name, units in sides.clusters():
            facts = await fact_queries.of_units(tx, campaign.id, units)
            await asyncio.to_thread(sides.add, name, facts)
    return await asyncio.to_thread(sides.compared, now)


class Sides:
    """Two snapshots over the same facts, cluster by cluster. Pure."""

    def __init__(self, present: CampaignSnapshot | None, draft: CampaignSnapshot) -> None:
        self._present = present
        self._draft = draft
        self._before: dict[str, ClusterResult] = {}
        self._after: dict[str, ClusterResult] = {}
        self._facts = 0
        self._simulated = False

    def clusters(self) -> list[tuple[str, list[str]]]:
        """The clusters of both, by name, with the codes of the units whose facts count in them."""
        found: dict[str, set[str]] = {}
        for snapshot in filter(None, (self._present, self._draft)):
            for name in snapshot.clusters:
                found.setdefault(name, set()).update(snapshot.members(name))
        return [(name, sorted(found[name])) for name in sorted(found)]

    def add(self, cluster: str, facts: Collection[KnownFact]) -> None:
        """Score one cluster by both; `facts` are all those of its units."""
        present, draft = self._present, self._draft
        tallies = others = draft.tallier.tallies(facts)
        # Most drafts change points and not what is counted: the tallies are then the same.
        if present is not None and present.measures_digest != draft.measures_digest:
            tallies = present.tallier.tallies(facts)
        self._facts += len(facts)
        self._simulated |= any(SIMULATED in tally for tally in tallies.values())
        for snapshot, counted, results in (
            (present, tallies, self._before),
            (draft, others, self._after),
        ):
            if snapshot and cluster in snapshot.clusters:
                results[cluster] = snapshot.scored(cluster, snapshot.counted(counted))

    def compared(self, now: datetime) -> WhatIf:
        """What the draft would change in the clusters that were added."""
        return WhatIf(
            self._present,
            self._draft,
            asked_at=now,
            facts=self._facts,
            simulated=self._simulated,
            change=compare(self._before, self._after),
        )
