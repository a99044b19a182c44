"""What the endpoints of scoring need."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from services.chassis.clock import Clock
from services.chassis.http import context_of
from services.chassis.storage.database import Database
from services.scoring.campaign_snapshot import CurrentSnapshot
from services.scoring.points.latency import Latencies
from services.scoring.publications.watermark import PublishedThrough
from services.scoring.queries.as_of import AsOfQueries
from services.scoring.queries.simulations import Simulations
from services.scoring.score_entries.enter import ScoreEntries


@dataclass(frozen=True)
class ScoringContext:
    """Made once by `app.compose`."""

    database: Database
    clock: Clock
    snapshot: CurrentSnapshot
    as_of: AsOfQueries
    simulations: Simulations
    score_entries: ScoreEntries
    published_through: PublishedThrough
    latencies: Latencies


Context = Annotated[ScoringContext, Depends(context_of(ScoringContext))]
"""Parameter type of endpoints."""
