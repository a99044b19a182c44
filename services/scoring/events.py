"""Which events scoring takes and gives: the map of the service."""

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
    Fact,
    FigureReported,
    ObligationFulfilled,
    ObligationWaived,
    PointsPublished,
    PointsRecomputed,
    ScoreEntered,
    StandingsPublished,
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

GIVES: tuple[type[Fact], ...] = (
    ScoreEntered,
    PointsRecomputed,
    PointsPublished,
    StandingsPublished,
)
"""A mark is given and taken: counted where it is entered, it comes back as a repetition."""


def topics(prefix: str) -> list[str]:
    """The topics that scoring reads."""
    return [topic_of(prefix, fact) for fact in TAKES]
