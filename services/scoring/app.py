"""The composition root of scoring: one screen. What takes and publishes which events: events.py."""

from services.campaigns.parts import Campaigns
from services.campaigns.take import CHANNEL
from services.chassis.base import Chassis
from services.chassis.consuming.consumer import EventConsumer
from services.chassis.running.service import Service
from services.contracts.events import RuleSetAdopted, ScoreEntered
from services.contracts.topics import topic_of
from services.scoring.as_of.past_standings import AsOfQueries
from services.scoring.context import ScoringContext
from services.scoring.events import FOLLOWED, HANDLERS, PUBLISHED
from services.scoring.metrics import METRICS
from services.scoring.points import router as points
from services.scoring.points.guard import Guard
from services.scoring.points.worker import Worker
from services.scoring.publications import router as publications
from services.scoring.publications.watermark import PublishedThrough, WatermarkWait
from services.scoring.rebuilding.takeover import refuse_unfinished
from services.scoring.rule_sets import router as rule_sets
from services.scoring.rule_sets.adopt import take
from services.scoring.rule_sets.contradictions import Contradictions
from services.scoring.score_entries import router as score_entries
from services.scoring.score_entries.enter import ScoreEntries
from services.scoring.scored_campaign import scored_campaign
from services.scoring.settings import ScoringSettings
from services.scoring.what_if import router as what_if
from services.scoring.what_if.simulations import Simulations


def compose(
    settings: ScoringSettings, published_through: PublishedThrough | None = None
) -> Service:
    """The service, declared; nothing is connected yet. `published_through`: by default from
    Kafka."""
    chassis = Chassis("scoring", settings, metrics=METRICS)
    database, clock = chassis.database, chassis.clock
    campaigns = Campaigns(
        chassis, follows=FOLLOWED, take=take, make=scored_campaign, first=[RuleSetAdopted]
    )
    registry = campaigns.registry
    worker = Worker(
        database,
        registry,
        clock=clock,
        metrics=chassis.metrics,
        interval_s=settings.recompute_interval_ms / 1000,
        sweep_s=settings.sweep_s,
    )
    contradictions = Contradictions(database, registry, chassis.metrics)
    chassis.listener.on(CHANNEL, worker.sweeping.wake)
    chassis.listener.on(CHANNEL, contradictions.loop.wake)
    (handler,) = set(HANDLERS.values())
    ingest = handler(registry, campaigns.unknown, clock, worker.mark_dirty)
    contexts = [
        ScoringContext(database, clock, registry),
        campaigns.follower,
        AsOfQueries(database, clock),
        Simulations(database, clock),
        ScoreEntries(allow_simulated=settings.environment == "local", ingest=ingest),
        publications.PublicationContext(
            published_through or WatermarkWait(settings, database, campaigns.follower)
        ),
        worker.latencies,
        contradictions,
    ]

    async def start() -> None:
        await refuse_unfinished(database)
        await campaigns.start()
        await worker.catch_up()

    loops = [*campaigns.loops, worker.loop, worker.sweeping, contradictions.loop]
    if settings.guard_s:
        guard = Guard(database, registry, clock, chassis.metrics, every_s=settings.guard_s)
        loops.append(guard.loop)
    consumer = EventConsumer(
        service="scoring",
        settings=settings,
        database=database,
        topics=[topic_of(settings.topic_prefix, fact) for fact in HANDLERS],
        check=ingest.check,
        handle=ingest.handle,
        metrics=chassis.metrics,
        missing=ingest.missing,
        before_kafka=chassis.deployment.require,
    )
    return Service(
        chassis,
        title="Thi Đua: scoring",
        description="Điểm thi đua, xếp hạng và diễn giải điểm.\n"
        "Emulation points, standings and their reasons.",
        routers=[
            points.router,
            points.of_the_service,
            score_entries.router,
            score_entries.of_scorers,
            publications.router,
            rule_sets.router,
            what_if.router,
        ],
        contexts=contexts,
        consumers=[consumer],
        loops=loops,
        topics=[*campaigns.topics, *(topic_of(settings.topic_prefix, fact) for fact in PUBLISHED)],
        watermark_of=[topic_of(settings.topic_prefix, ScoreEntered)],
        on_start=[start],
    )
