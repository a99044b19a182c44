"""The composition root of submissions: one screen."""

from services.chassis.base import Chassis
from services.chassis.clock import SimulatedClock
from services.chassis.running.service import Service
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import load_campaign
from services.contracts.topics import topic_of
from services.submissions.api import board, essays, figures, obligations, proposals, reports
from services.submissions.desk.desk import Desk
from services.submissions.events import GIVES
from services.submissions.metrics import METRICS
from services.submissions.obligations.deadline_clock import DeadlineClock
from services.submissions.obligations.seeding import seed_obligations
from services.submissions.settings import SubmissionsSettings


def compose(settings: SubmissionsSettings, campaign: Campaign | None = None) -> Service:
    """The service, declared; nothing is connected yet. `campaign`: by default the settings'.

    Raises CampaignProblems when the campaign's files don't fit, with all that is wrong in them.
    """
    chassis = Chassis("submissions", settings, metrics=METRICS)
    campaign = campaign or load_campaign(settings.campaign_dir)
    desk = Desk(campaign, allow_simulated=settings.environment == "local")
    deadlines = DeadlineClock(
        chassis.database,
        chassis.clock,
        desk,
        chassis.metrics,
        grace_seconds=settings.grace_seconds,
        batch=settings.timer_batch,
        simulated=settings.clock == "simulated",
    )
    if isinstance(chassis.clock, SimulatedClock):
        chassis.clock.on_move(deadlines.loop.wake)

    async def seed() -> None:
        await seed_obligations(chassis.database, desk)

    return Service(
        chassis,
        title="Thi Đua: submissions",
        description="Essays, reports and obligations of a campaign. Bài dự thi, báo cáo, nghĩa vụ.",
        routers=[
            essays.router(chassis, desk),
            proposals.router(chassis, desk),
            figures.router(chassis, desk),
            reports.router(chassis, desk),
            obligations.router(chassis, desk),
            board.router(
                chassis, desk, ahead_units=settings.ahead_units, on_move=deadlines.loop.wake
            ),
        ],
        loops=[deadlines.loop, deadlines.measuring],
        topics=[topic_of(settings.topic_prefix, fact) for fact in GIVES],
        on_start=[seed],
    )
