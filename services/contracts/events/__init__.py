"""The published language: every event type of the system, one table.

To add one: the recipe "An event type" in CONTRIBUTING.md.
"""

from services.contracts.events.base import Fact, FactSheet, Title, UnitFact
from services.contracts.events.campaigns import (
    CampaignAnnounced,
    CampaignFact,
    CampaignWithdrawn,
    RuleSetAdopted,
)
from services.contracts.events.declared_reports import (
    DocumentAnswer,
    ReportReturned,
    ReportSubmitted,
)
from services.contracts.events.deliveries import DeliveryFailed, SubscriptionDisabled
from services.contracts.events.essays import (
    CommendationProposed,
    EssayJudged,
    EssaySubmitted,
    EssayWithdrawn,
)
from services.contracts.events.obligations import (
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineMoved,
    ObligationFact,
    ObligationFulfilled,
    ObligationReopened,
    ObligationWaived,
)
from services.contracts.events.publications import (
    CountedFact,
    PointsPublished,
    PublicationWatermark,
    PublishedGroup,
    PublishedLine,
    PublishedPart,
    PublishedSubtotal,
    StandingsPublished,
)
from services.contracts.events.reports import (
    CeremonyReported,
    CommuneSummary,
    ConferenceReported,
    ContestReported,
    FigureReported,
)
from services.contracts.events.scores import PointsRecomputed, ScoreEntered

FACTS: tuple[type[Fact], ...] = (
    CampaignAnnounced,
    CampaignWithdrawn,
    RuleSetAdopted,
    EssaySubmitted,
    EssayWithdrawn,
    EssayJudged,
    CommendationProposed,
    FigureReported,
    ConferenceReported,
    ContestReported,
    CeremonyReported,
    ReportSubmitted,
    ReportReturned,
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineMoved,
    ObligationFulfilled,
    ObligationWaived,
    ObligationReopened,
    ScoreEntered,
    PointsRecomputed,
    PointsPublished,
    StandingsPublished,
    DeliveryFailed,
    SubscriptionDisabled,
)
BY_TYPE: dict[str, type[Fact]] = {fact.ce_type(): fact for fact in FACTS}

__all__ = [
    "BY_TYPE",
    "FACTS",
    "CampaignAnnounced",
    "CampaignFact",
    "CampaignWithdrawn",
    "CeremonyReported",
    "CommendationProposed",
    "CommuneSummary",
    "ConferenceReported",
    "ContestReported",
    "CountedFact",
    "DeadlineApproaching",
    "DeadlineMissed",
    "DeadlineMoved",
    "DeliveryFailed",
    "DocumentAnswer",
    "EssayJudged",
    "EssaySubmitted",
    "EssayWithdrawn",
    "Fact",
    "FactSheet",
    "FigureReported",
    "ObligationFact",
    "ObligationFulfilled",
    "ObligationReopened",
    "ObligationWaived",
    "PointsPublished",
    "PointsRecomputed",
    "PublicationWatermark",
    "PublishedGroup",
    "PublishedLine",
    "PublishedPart",
    "PublishedSubtotal",
    "ReportReturned",
    "ReportSubmitted",
    "RuleSetAdopted",
    "ScoreEntered",
    "StandingsPublished",
    "SubscriptionDisabled",
    "Title",
    "UnitFact",
]
