"""The composition root of scoring: one screen. What takes and publishes which events: events.py."""

from services.chassis.base import Chassis
from services.chassis.consuming.consumer import EventConsumer
from services.chassis.loops.loop import Loop
from services.chassis.running.service import Service
from services.contracts.events import ScoreEntered
from services.contracts.rules.loader import load_with_rules
from services.contracts.topics import topic_of
from services.scoring.as_of.past_standings import AsOfQueries
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.context import ScoringContext
from services.scoring.events import HANDLERS, PUBLISHED
from services.scoring.metrics import METRICS
from services.scoring.points import router as points
from services.scoring.points.guard import Guard
from services.scoring.points.worker import Worker
from services.scoring.publications import router as publications
from services.scoring.publications.watermark import PublishedThrough, WatermarkWait
from services.scoring.rebuilding.takeover import refuse_unfinished
from services.scoring.rule_sets import queries as rule_set_queries
from services.scoring.rule_sets import router as rule_sets
from services.scoring.score_entries import router as score_entries
from services.scoring.score_entries.enter import ScoreEntries
from services.scoring.settings import ScoringSettings
from services.scoring.tallies.recount import prepare
from services.scoring.what_if import router as what_if
from services.scoring.what_if.simulations import Simulations


def compose(
    settings: ScoringSettings, published_through: PublishedThrough | None = None
) -> Service:
    """The service, declared; nothing is connected yet. `published_through`: by default from Kafka.

    Raises CampaignProblems when the campaign's files don't fit, with all that is wrong in them.
    """
    chassis = Chassis("scoring", settings, metrics=METRICS)
    database, clock = chassis.database, chassis.clock
    timeline = CampaignTimeline(*load_with_rules(settings.campaign_dir))

    def snapshot() -> CampaignSnapshot:
        return timeline.at(clock.now())

    worker = Worker(
        database,
        snapshot,
        clock=clock,
        metrics=chassis.metrics,
        interval_s=settings.recompute_interval_ms / 1000,
    )
    (handler,) = set(HANDLERS.values())
    ingest = handler(snapshot, worker.mark_dirty)
    contexts = [
        ScoringContext(database, clock, snapshot),
        AsOfQueries(database, timeline, clock),
        Simulations(database, timeline, clock, settings.campaign_dir),
        ScoreEntries(
            opens=timeline.opens,
            allow_simulated=settings.environment == "local",
            ingest=ingest,
        ),
        publications.PublicationContext(
            published_through or WatermarkWait(settings, database, timeline)
        ),
        worker.latencies,
    ]
    chassis.health.report("rules", worker.degraded)

    async def start() -> None:
        await refuse_unfinished(database)
        async with database.transaction() as tx:
            await prepare(tx, snapshot())
            await rule_set_queries.record(tx, timeline, clock.now())
        await worker.catch_up()

    loops = [worker.loop, Loop("sweep", worker.sweep, every_s=settings.sweep_s)]
    if settings.guard_s:
        guard = Guard(database, snapshot, chassis.metrics, every_s=settings.guard_s)
        loops.append(guard.loop)
    consumer = EventConsumer(
        service="scoring",
        settings=settings,
        database=database,
        topics=[topic_of(settings.topic_prefix, fact) for fact in HANDLERS],
        check=ingest.check,
        handle=ingest.handle,
        metrics=chassis.metrics,
    )
    return Service(
        chassis,
        title="Thi Đua: scoring",
        description="Điểm thi đua, xếp hạng và diễn giải điểm.\n"
        "Emulation points, standings and their reasons.",
        routers=[
            points.router,
            score_entries.router,
            publications.router,
            rule_sets.router,
            what_if.router,
        ],
        contexts=contexts,
        consumers=[consumer],
        loops=loops,
        topics=[topic_of(settings.topic_prefix, fact) for fact in PUBLISHED],
        watermark_of=[topic_of(settings.topic_prefix, ScoreEntered)],
        on_start=[start],
    )
