"""What if: a draft rule set against the season's facts, without a trace.

Both rule sets are applied to the same facts, read in one snapshot that cannot write; nothing is
stored, nothing is said.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.chassis.database import Database
from services.contracts.campaign import RuleSet
from services.contracts.campaign.loader import load_campaign
from services.scoring.contest import Contest, Season
from services.scoring.engine.compare import Comparison, compare
from services.scoring.engine.records import KnownFact
from services.scoring.engine.results import ClusterResult
from services.scoring.engine.score import score_cluster
from services.scoring.engine.tally import SIMULATED, Tally
from services.scoring.facts import store as fact_store
from services.scoring.points.standings import snapshot


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a draft would change."""

    present: Contest
    draft: Contest
    asked_at: datetime
    facts: int
    simulated: bool
    comparison: Comparison

    @property
    def changes_nothing(self) -> bool:
        """Whether nobody moves."""
        return not self.comparison.movers


def read_draft(directory: Path, content: bytes) -> RuleSet:
    """The rule set of a draft, checked against the campaign's plan and units as at a start.

    Raises CampaignProblems with all that is wrong in it.
    """
    return load_campaign(directory, draft=content).rules


async def what_if(database: Database, season: Season, draft: RuleSet, now: datetime) -> WhatIf:
    """The season by the draft, held against the season by the rules in force. Reads all facts;
    computing leaves the event loop free."""
    present, other = season.at(now), season.under(draft).at(now)
    units = present.cluster_of.keys() | other.cluster_of.keys()
    async with snapshot(database) as tx:
        facts = await fact_store.of_units(tx, season.campaign, units)
    return await asyncio.to_thread(compared, present, other, facts, now)


def compared(present: Contest, draft: Contest, facts: Sequence[KnownFact], now: datetime) -> WhatIf:
    """Two contests over the same facts. Pure."""
    tallies = present.tallier.tallies(facts)
    # Most drafts change points and not what is counted: the tallies are then the same.
    others = (
        tallies
        if draft.measures_digest == present.measures_digest
        else draft.tallier.tallies(facts)
    )
    return WhatIf(
        present,
        draft,
        asked_at=now,
        facts=len(facts),
        simulated=any(SIMULATED in tally for tally in tallies.values()),
        comparison=compare(_scored(present, tallies), _scored(draft, others)),
    )


def _scored(contest: Contest, tallies: Mapping[str, Tally]) -> dict[str, ClusterResult]:
    return {
        name: score_cluster(name, units, tallies, contest.rules, contest.day)
        for name, units in contest.clusters.items()
    }
