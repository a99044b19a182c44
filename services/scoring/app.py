"""The composition root of scoring, and its map: event -> handler, event -> who publishes it."""

from collections.abc import Mapping
from typing import Any

from services.chassis.base import Chassis
from services.chassis.consuming.consumer import EventConsumer
from services.chassis.loops.loop import Loop
from services.chassis.running.service import Service
from services.contracts.events import (
    Fact,
    PointsPublished,
    PointsRecomputed,
    ScoreEntered,
    StandingsPublished,
    UnitFact,
)
from services.contracts.rules.loader import load_with_rules
from services.contracts.topics import topic_of
from services.scoring.campaign_snapshot import CampaignSnapshot, CampaignTimeline
from services.scoring.context import ScoringContext
from services.scoring.events import TAKES, topics
from services.scoring.metrics import METRICS
from services.scoring.points import router as points
from services.scoring.points.guard import Guard
from services.scoring.points.recompute import recompute
from services.scoring.points.worker import Worker
from services.scoring.publications import router as publications
from services.scoring.publications.publish import publish
from services.scoring.publications.watermark import PublishedThrough, WatermarkWait
from services.scoring.queries import router as queries
from services.scoring.queries import rules_in_force
from services.scoring.queries.as_of import AsOfQueries
from services.scoring.queries.simulations import Simulations
from services.scoring.rebuilding.takeover import refuse_unfinished
from services.scoring.score_entries import router as score_entries
from services.scoring.score_entries.enter import ScoreEntries
from services.scoring.settings import ScoringSettings
from services.scoring.tallies.ingest import Ingest
from services.scoring.tallies.recount import prepare

HANDLERS: Mapping[type[UnitFact], Any] = dict.fromkeys(TAKES, Ingest.handle)
"""Event -> what takes it. All go one way: `Ingest` writes `facts` and `unit_measures` and marks the
unit's cluster dirty; `Worker` has `recompute` write `clusters`, `points` and `points_history`."""

PUBLISHERS: Mapping[type[Fact], Any] = {
    ScoreEntered: ScoreEntries.enter,  # POST /v1/units/{code}/score-entries
    PointsRecomputed: recompute,  # after a fact
    PointsPublished: publish,  # POST /v1/publications
    StandingsPublished: publish,
}
"""Event -> what publishes it. A score-entered is counted where it is entered, and comes back from
its topic as a repetition."""


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
    ingest = Ingest(snapshot, worker.mark_dirty)
    context = ScoringContext(
        database=database,
        clock=clock,
        snapshot=snapshot,
        as_of=AsOfQueries(database, timeline, clock),
        simulations=Simulations(database, timeline, clock, settings.campaign_dir),
        score_entries=ScoreEntries(
            opens=timeline.opens,
            allow_simulated=settings.environment == "local",
            counting=lambda: Ingest(snapshot, worker.mark_dirty),
        ),
        published_through=published_through or WatermarkWait(settings, database, timeline),
        latencies=worker.latencies,
    )

    chassis.health.report("rules", worker.degraded)

    async def start() -> None:
        await refuse_unfinished(database)
        async with database.transaction() as tx:
            await prepare(tx, snapshot())
            await rules_in_force.record(tx, timeline, clock.now())
        await worker.catch_up()

    loops = [worker.loop, Loop("sweep", worker.sweep, every_s=settings.sweep_s)]
    if settings.guard_s:
        guard = Guard(database, snapshot, chassis.metrics, every_s=settings.guard_s)
        loops.append(guard.loop)
    consumer = EventConsumer(
        service="scoring",
        settings=settings,
        database=database,
        topics=topics(settings.topic_prefix),
        check=ingest.check,
        handle=ingest.handle,
        metrics=chassis.metrics,
    )
    return Service(
        chassis,
        title="Thi Đua: scoring",
        description="Điểm thi đua, xếp hạng và căn cứ.\n"
        "Emulation points, standings and their reasons.",
        routers=[points.router, score_entries.router, publications.router, queries.router],
        contexts=[context],
        consumers=[consumer],
        loops=loops,
        topics=[topic_of(settings.topic_prefix, fact) for fact in PUBLISHERS],
        watermark_of=[topic_of(settings.topic_prefix, ScoreEntered)],
        campaign=timeline.campaign,
        on_start=[start],
    )
