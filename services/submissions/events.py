"""The map of submissions: which command publishes which events. It reads none."""

from collections.abc import Callable
from typing import Any, Final

from services.contracts.events import (
    CampaignAnnounced,
    CampaignWithdrawn,
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
    ObligationReopened,
    ObligationWaived,
    ReportReturned,
    ReportSubmitted,
)
from services.submissions.campaigns.amend import amend_campaign
from services.submissions.campaigns.announce import announce_campaign
from services.submissions.campaigns.withdraw import withdraw_campaign
from services.submissions.declared_reports.send_back import return_report
from services.submissions.declared_reports.submit import submit_report
from services.submissions.essays.judge import judge_essay
from services.submissions.essays.submit import submit_essays
from services.submissions.essays.withdraw import withdraw_essay
from services.submissions.figures.service import report_figure
from services.submissions.obligations.deadline_clock import DeadlineClock
from services.submissions.obligations.move_deadline import move_deadline
from services.submissions.obligations.waive import waive_obligation
from services.submissions.proposals.service import propose_commendation
from services.submissions.reports.service import (
    report_ceremony,
    report_conference,
    report_contest,
)

PUBLISHES: Final[dict[Callable[..., Any], tuple[type[Fact], ...]]] = {
    announce_campaign: (CampaignAnnounced,),
    amend_campaign: (
        CampaignAnnounced,
        ObligationFulfilled,
        DeadlineMissed,
        DeadlineMoved,
        ObligationWaived,
        EssaySubmitted,
    ),
    withdraw_campaign: (CampaignWithdrawn,),
    submit_essays: (EssaySubmitted, DeadlineMissed, ObligationFulfilled),
    withdraw_essay: (EssayWithdrawn, ObligationFulfilled, ObligationReopened),
    judge_essay: (EssayJudged,),
    propose_commendation: (CommendationProposed,),
    report_figure: (FigureReported,),
    report_conference: (ConferenceReported, DeadlineMissed, ObligationFulfilled),
    report_contest: (ContestReported, DeadlineMissed, ObligationFulfilled),
    report_ceremony: (CeremonyReported, DeadlineMissed, ObligationFulfilled),
    submit_report: (ReportSubmitted, DeadlineMissed, ObligationFulfilled),
    return_report: (ReportReturned, ObligationReopened),
    move_deadline: (DeadlineMoved, ObligationFulfilled, EssaySubmitted),
    waive_obligation: (
        ObligationWaived,
        ObligationReopened,
        ObligationFulfilled,
        DeadlineMissed,
    ),
    DeadlineClock.fire: (DeadlineApproaching, DeadlineMissed),
}
"""Command → events. The `router.py` of its folder calls a command, the clock's loop
`DeadlineClock.fire`. Where a last day depends on what a command stores, it publishes DeadlineMoved
too, and what follows from that (`obligations/known_days.py`)."""

PUBLISHED: Final[tuple[type[Fact], ...]] = tuple(
    dict.fromkeys(fact for facts in PUBLISHES.values() for fact in facts)
)
"""Every event that this service publishes, once."""
