"""What all endpoints of scoring need; what those of one feature need besides, its router names."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from services.chassis.clock import Clock
from services.chassis.http import context_of
from services.chassis.storage.database import Database
from services.scoring.campaign_snapshot import CurrentSnapshot


@dataclass(frozen=True, slots=True)
class ScoringContext:
    """Made once by `app.compose`. It knows no feature."""

    database: Database
    clock: Clock
    snapshot: CurrentSnapshot


Context = Annotated[ScoringContext, Depends(context_of(ScoringContext))]
"""Parameter type of endpoints."""
