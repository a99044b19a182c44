"""Which events scoring takes; `app.py` maps them to their handler."""

from services.contracts.events import (
    CeremonyReported,
    CommendationProposed,
    ConferenceReported,
    ContestReported,
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineMoved,
    EssayJudged,
    EssaySubmitted,
    EssayWithdrawn,
    FigureReported,
    ObligationFulfilled,
    ObligationWaived,
    ScoreEntered,
    UnitFact,
)
from services.contracts.topics import topic_of

TAKES: tuple[type[UnitFact], ...] = (
    EssaySubmitted,
    EssayWithdrawn,
    EssayJudged,
    CommendationProposed,
    FigureReported,
    ConferenceReported,
    ContestReported,
    CeremonyReported,
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineMoved,
    ObligationFulfilled,
    ObligationWaived,
    ScoreEntered,
)
"""Every fact about a unit, so that a rule set may count any of them without a new release."""


def topics(prefix: str) -> list[str]:
    """The topics that scoring reads."""
    return [topic_of(prefix, fact) for fact in TAKES]
