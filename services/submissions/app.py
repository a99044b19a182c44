"""The composition root of submissions: one screen. Which command publishes what: events.py."""

from services.chassis.base import Chassis
from services.chassis.clock import SimulatedClock
from services.chassis.running.service import Service
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import load_campaign
from services.contracts.topics import topic_of
from services.submissions.context import CampaignContext
from services.submissions.essays import router as essays
from services.submissions.essays.submit import EssayIntake
from services.submissions.events import PUBLISHED
from services.submissions.figures import router as figures
from services.submissions.metrics import METRICS
from services.submissions.obligations import router as obligations
from services.submissions.obligations.deadline_clock import DeadlineClock
from services.submissions.obligations.seed import seed_obligations
from services.submissions.proposals import router as proposals
from services.submissions.reports import router as reports
from services.submissions.settings import SubmissionsSettings
from services.submissions.statistics import router as statistics


def compose(settings: SubmissionsSettings, campaign: Campaign | None = None) -> Service:
    """The service, declared; nothing is connected yet. `campaign`: by default the settings'.

    Raises CampaignProblems when the campaign's files don't fit, with all that is wrong in them.
    """
    chassis = Chassis("submissions", settings, metrics=METRICS)
    campaign = campaign or load_campaign(settings.campaign_dir)
    context = CampaignContext(campaign, allow_simulated=settings.environment == "local")
    deadlines = DeadlineClock(
        chassis.database,
        chassis.clock,
        context,
        chassis.metrics,
        grace_seconds=settings.grace_seconds,
        batch=settings.timer_batch,
        simulated=settings.clock == "simulated",
    )
    if isinstance(chassis.clock, SimulatedClock):
        chassis.clock.on_move(deadlines.loop.wake)

    async def seed() -> None:
        await seed_obligations(chassis.database, context)

    topics = [topic_of(settings.topic_prefix, fact) for fact in PUBLISHED]
    return Service(
        chassis,
        title="Thi Đua: submissions",
        description="Bài dự thi, báo cáo, nội dung phải thực hiện.\n"
        "Essays, reports and obligations of a campaign.",
        routers=[
            essays.router,
            proposals.router,
            figures.router,
            reports.router,
            obligations.router,
            statistics.router,
        ],
        contexts=[settings, context, deadlines, EssayIntake(chassis, context)],
        loops=[deadlines.loop, deadlines.measuring],
        topics=topics,
        watermark_of=topics,
        on_start=[seed],
    )
