"""The composition root of scoring: one screen."""

from services.chassis.base import Chassis
from services.chassis.consuming.consumer import EventConsumer
from services.chassis.running.loops import Loop
from services.chassis.running.service import Service
from services.contracts.campaign.loader import load_campaign
from services.contracts.topics import topic_of
from services.scoring.api import entries, operations, publications, standings, units, what_if
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.events import GIVES, topics
from services.scoring.metrics import METRICS
from services.scoring.points.guard import Guard
from services.scoring.points.worker import Worker
from services.scoring.queries import rules_in_force
from services.scoring.queries.as_of import AsOfQueries
from services.scoring.rebuilding.takeover import refuse_unfinished
from services.scoring.score_entries.enter import ScoreEntries
from services.scoring.settings import ScoringSettings
from services.scoring.tallies.ingest import Ingest
from services.scoring.tallies.recount import prepare


def compose(settings: ScoringSettings) -> Service:
    """The service, declared; nothing is connected yet.

    Raises CampaignProblems when the campaign's files don't fit, with all that is wrong in them.
    """
    chassis = Chassis("scoring", settings, metrics=METRICS)
    timeline = CampaignTimeline(load_campaign(settings.campaign_dir))

    def snapshot() -> CampaignSnapshot:
        return timeline.at(chassis.clock.now())

    worker = Worker(
        chassis.database,
        snapshot,
        clock=chassis.clock,
        metrics=chassis.metrics,
        interval_s=settings.recompute_interval_ms / 1000,
    )
    ingest = Ingest(snapshot, worker.mark_dirty)
    hindsight = AsOfQueries(chassis.database, timeline, chassis.clock)
    desk = ScoreEntries(
        opens=timeline.opens,
        allow_simulated=settings.environment == "local",
        counting=lambda: Ingest(snapshot, worker.mark_dirty),
    )

    async def start() -> None:
        await refuse_unfinished(chassis.database)
        await prepare(chassis.database, snapshot())
        await rules_in_force.record(chassis.database, timeline, chassis.clock.now())
        await worker.catch_up()

    loops = [worker.loop, Loop("sweep", worker.sweep, every_s=settings.sweep_s)]
    if settings.guard_s:
        guard = Guard(chassis.database, snapshot, chassis.metrics, every_s=settings.guard_s)
        loops.append(guard.loop)
    return Service(
        chassis,
        title="Thi Đua: scoring",
        description="Emulation points, standings and their reasons. Điểm thi đua và căn cứ.",
        routers=[
            standings.router(chassis, snapshot, hindsight),
            units.router(chassis, snapshot, hindsight),
            entries.router(chassis, snapshot, desk),
            publications.router(chassis, snapshot),
            what_if.router(chassis, timeline, settings),
            operations.router(worker.latencies),
        ],
        consumers=[
            EventConsumer(
                service="scoring",
                settings=settings,
                database=chassis.database,
                topics=topics(settings.topic_prefix),
                check=ingest.check,
                handle=ingest.handle,
                metrics=chassis.metrics,
            )
        ],
        loops=loops,
        topics=[topic_of(settings.topic_prefix, fact) for fact in GIVES],
        on_start=[start],
    )
