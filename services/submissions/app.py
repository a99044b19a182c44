"""The composition root of submissions: one screen. Which command publishes what: events.py."""

from services.campaigns.parts import Campaigns
from services.campaigns.take import CHANNEL
from services.chassis.base import Chassis
from services.chassis.clock import SimulatedClock
from services.chassis.running.service import Service
from services.contracts.events import CampaignAnnounced, CampaignWithdrawn
from services.contracts.topics import topic_of
from services.submissions.calendar import router as calendar
from services.submissions.calendar.read_limit import ReadLimit
from services.submissions.campaigns import router as campaigns
from services.submissions.campaigns.follow import follow
from services.submissions.context import context_maker
from services.submissions.declared_reports import router as declared_reports
from services.submissions.essays import router as essays
from services.submissions.essays.submit import EssayIntake
from services.submissions.events import PUBLISHED
from services.submissions.figures import router as figures
from services.submissions.metrics import METRICS
from services.submissions.obligations import router as obligations
from services.submissions.obligations.deadline_clock import DeadlineClock
from services.submissions.proposals import router as proposals
from services.submissions.reports import router as reports
from services.submissions.settings import SubmissionsSettings
from services.submissions.statistics import router as statistics


def compose(settings: SubmissionsSettings) -> Service:
    """The service, declared; nothing is connected yet."""
    chassis = Chassis("submissions", settings, metrics=METRICS)
    announced = Campaigns(
        chassis,
        follows=(CampaignAnnounced, CampaignWithdrawn),
        take=follow,
        make=context_maker(allow_simulated=settings.environment == "local"),
    )
    deadlines = DeadlineClock(
        chassis.database,
        chassis.clock,
        announced.registry,
        chassis.metrics,
        grace_seconds=settings.grace_seconds,
        batch=settings.timer_batch,
        simulated=settings.clock == "simulated",
    )
    chassis.listener.on(CHANNEL, deadlines.loop.wake)  # units owe something new
    if isinstance(chassis.clock, SimulatedClock):
        chassis.clock.on_move(deadlines.loop.wake)
    prefix = settings.topic_prefix
    return Service(
        chassis,
        title="Thi Đua: submissions",
        description="Đợt thi đua, bài dự thi, báo cáo, nội dung phải thực hiện.\n"
        "Campaigns; their essays, reports and obligations.",
        routers=[
            campaigns.router,
            essays.router,
            proposals.router,
            figures.router,
            reports.router,
            declared_reports.router,
            obligations.router,
            statistics.router,
            calendar.router,
        ],
        contexts=[
            settings,
            announced.registry,
            announced.follower,
            deadlines,
            EssayIntake(chassis, announced.registry),
            ReadLimit(),
        ],
        loops=[*announced.loops, deadlines.loop, deadlines.measuring],
        topics=[topic_of(prefix, fact) for fact in PUBLISHED],
        watermark_of=[topic_of(prefix, fact) for fact in PUBLISHED],
        on_start=[announced.start],
    )
