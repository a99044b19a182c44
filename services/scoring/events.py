"""The map of scoring: what takes each event, and which command publishes which events.

a fact → `Ingest.handle` writes `facts` and `unit_measures`, and marks the unit's cluster dirty
       → `Worker` has `recompute` write `clusters`, `points` and `points_history`
"""

from collections.abc import Callable
from typing import Any, Final

from services.contracts.events import (
    Fact,
    PointsPublished,
    PointsRecomputed,
    ScoreEntered,
    StandingsPublished,
    UnitFact,
)
from services.scoring.facts.fact import TAKES
from services.scoring.points.recompute import recompute
from services.scoring.publications.publish import publish
from services.scoring.score_entries.enter import ScoreEntries
from services.scoring.tallies.ingest import Ingest

HANDLERS: Final[dict[type[UnitFact], type[Ingest]]] = dict.fromkeys(TAKES, Ingest)
"""Event → what takes it. One handler has them all: a batch is stored and counted as a whole."""

PUBLISHES: Final[dict[Callable[..., Any], tuple[type[Fact], ...]]] = {
    ScoreEntries.enter: (ScoreEntered,),
    recompute: (PointsRecomputed,),
    publish: (PointsPublished, StandingsPublished),
}
"""Command → events. The `router.py` of its folder calls a command, `Worker` calls `recompute`.

A score-entered is counted where it is entered, and comes back from its topic as a repetition."""

PUBLISHED: Final[tuple[type[Fact], ...]] = tuple(
    dict.fromkeys(fact for facts in PUBLISHES.values() for fact in facts)
)
"""Every event that this service publishes, once."""
