"""The map of scoring: what takes each event, and which command publishes which events.

From Kafka to `…/standings`, each arrow with its file (under services/scoring, else as named):

    topic             → a batch in one transaction     services/chassis/consuming/batch.py
    a batch           → facts and tallies, as a whole  tallies/ingest.py   (`Ingest.handle`)
      a fact            → table `facts`, once            facts/queries.py    (`take`)
      what it changes   → table `unit_measures`          tallies/queries.py  (`write`)
    a changed tally   → its cluster is due             points/worker.py    (`mark_dirty`, `sweep`)
    a cluster due     → tables `clusters`, `points`,   points/recompute.py (`recompute`)
                        `points_history`, and its event
    tables            → what is stored, what is behind points/queries.py
    GET …/standings  → ranks, totals, levels          points/router.py    (`read_standings`)

From an announcement to what is counted by it:

    a campaign topic  → table `campaign_versions`      services/campaigns/follower.py, take.py
      its rule set      → table `rule_sets`, published   rule_sets/adopt.py  (`take`, `adopt`)
    rule_sets, clock  → table `tallied`: at work       tallies/put_to_work.py
    all of them       → what a replica works by        scored_campaign.py

The arithmetic is pure and stands apart: what facts add to a tally is engine/running.py and
services/measuring/tally.py, what a cluster's tallies are worth engine/score.py, the tables are
models.py.
"""

from collections.abc import Callable
from typing import Any, Final

from services.contracts.events import (
    CampaignAnnounced,
    CampaignWithdrawn,
    Fact,
    PointsPublished,
    PointsRecomputed,
    RuleSetAdopted,
    ScoreEntered,
    StandingsPublished,
    UnitFact,
)
from services.scoring.facts.fact import TAKES
from services.scoring.points.recompute import recompute
from services.scoring.publications.publish import publish
from services.scoring.rule_sets.adopt import adopt
from services.scoring.score_entries.enter import ScoreEntries
from services.scoring.tallies.ingest import Ingest

HANDLERS: Final[dict[type[UnitFact], type[Ingest]]] = dict.fromkeys(TAKES, Ingest)
"""Event → what takes it. One handler has them all: a batch is stored and counted as a whole."""

FOLLOWED: Final[tuple[type[Fact], ...]] = (CampaignAnnounced, CampaignWithdrawn, RuleSetAdopted)
"""Events about campaigns, which `rule_sets.adopt.take` takes, outside the consumer group."""

PUBLISHES: Final[dict[Callable[..., Any], tuple[type[Fact], ...]]] = {
    ScoreEntries.enter: (ScoreEntered,),
    recompute: (PointsRecomputed,),
    adopt: (RuleSetAdopted,),
    publish: (PointsPublished, StandingsPublished),
}
"""Command → events. The `router.py` of its folder calls a command, `Worker` calls `recompute`.

A score-entered is counted where it is entered, and comes back from its topic as a repetition; so
does a rule set that is adopted."""

PUBLISHED: Final[tuple[type[Fact], ...]] = tuple(
    dict.fromkeys(fact for facts in PUBLISHES.values() for fact in facts)
)
"""Every event that this service publishes, once."""
