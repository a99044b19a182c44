"""A service as one object, and how it is run.

# app.py, the composition root: one screen
def compose(settings: Settings) -> Service:
    chassis = Chassis("submissions", settings, metrics=METRICS)
    deadlines = Loop("deadlines", DeadlineClock(chassis).tick, every_s=1)
    return Service(chassis, title=…, description=…, routers=[essays.router],
                   contexts=[CampaignContext(…)], loops=[deadlines])

# __main__.py
run("submissions", Settings, compose)
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NoReturn, TypeVar

from fastapi import APIRouter, FastAPI

from services.chassis.base import Chassis
from services.chassis.consuming.consumer import EventConsumer
from services.chassis.dead_letters.service import DeadLetterService
from services.chassis.http import dead_letters as dead_letters_api
from services.chassis.http.api import create_api
from services.chassis.http.tokens import Authenticator
from services.chassis.loops.loop import Loop
from services.chassis.relay.watermark import WatermarkPublisher
from services.chassis.running.lifespan import Lifespan
from services.chassis.running.process import run_process
from services.chassis.service_settings import ServiceSettings
from services.contracts.watermark import watermark_topic

S = TypeVar("S", bound=ServiceSettings)

_COUNT_LETTERS_EVERY_S = 5.0


@dataclass(frozen=True)
class Service:
    """One service, declared."""

    chassis: Chassis
    title: str
    description: str
    routers: Sequence[APIRouter] = ()
    contexts: Sequence[object] = ()
    """What the endpoints of `routers` get by `Depends(context_of(…))`, one of a type."""
    consumers: Sequence[EventConsumer] = ()
    loops: Sequence[Loop] = ()
    topics: Sequence[str] = ()
    """Names of the topics it publishes, and of those that it follows without a group; what else it
    reads is known from its consumers."""
    watermark_of: Sequence[str] = ()
    """Those of them whose facts others count: the service says up to when they are published."""
    on_start: Sequence[Callable[[], Awaitable[None]]] = ()
    """Before the first request: what must be in the database. An error ends the process."""


def create_app(service: Service, *, on_death: Callable[[], None] = lambda: None) -> FastAPI:
    """The application with the whole service in its lifespan; `app.state.lifespan` knows whether a
    part died.

    `on_death` is called when a part died that must not: the process is to end.
    """
    chassis = service.chassis
    loops, routers, contexts = list(service.loops), list(service.routers), list(service.contexts)
    if service.consumers:
        dead_letters = DeadLetterService(service.consumers, chassis.metrics)
        routers.append(dead_letters_api.router)
        contexts.append(dead_letters)
        measure = partial(dead_letters.measure, chassis.database)
        loops.append(Loop("dead letters", measure, every_s=_COUNT_LETTERS_EVERY_S))
    topics = [*service.topics, *(name for one in service.consumers for name in one.needs)]
    if service.watermark_of:
        settings = chassis.settings
        watermark = WatermarkPublisher(
            settings,
            chassis.database,
            topics=service.watermark_of,
            metrics=chassis.metrics,
            before_kafka=chassis.deployment.require,
        )
        every_s = settings.watermark_ms / 1000
        loops.append(Loop("watermark", watermark.tick, every_s=every_s, close=watermark.close))
        topics.append(watermark_topic(settings.topic_prefix))
    authenticator = Authenticator(chassis.settings, chassis.metrics)
    lifespan = Lifespan(
        chassis,
        authenticator=authenticator.parts,
        consumers=service.consumers,
        loops=loops,
        topics=topics,
        on_start=service.on_start,
        on_death=on_death,
    )
    app = create_api(
        chassis,
        routers,
        title=service.title,
        description=service.description,
        contexts=contexts,
        authenticator=authenticator,
        lifespan=lifespan.lifespan,
    )
    app.state.lifespan = lifespan
    return app


def run(name: str, kind: type[S], compose: Callable[[S], Service]) -> NoReturn:
    """Run a service until SIGTERM or SIGINT, or until a part of it dies; the whole `__main__.py`.

    Exits 0 after a stop, 1 after a death, 78 when settings, database or consumer group do not fit.
    """
    run_process(name, kind, lambda settings, died: create_app(compose(settings), on_death=died))
