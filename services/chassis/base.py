"""What every service is built on: database, clock, metrics. Made once; tests replace each."""

from collections.abc import Sequence

from services.chassis.clock import Clock, clock_of
from services.chassis.deployment import DeploymentCheck
from services.chassis.loops.listener import Listener
from services.chassis.observability.health import Health
from services.chassis.observability.metrics import Metric, Metrics
from services.chassis.observability.registry import CHASSIS_METRICS
from services.chassis.service_settings import ServiceSettings
from services.chassis.storage.database import Database


class Chassis:
    """Database, clock, metrics, health and listener of one service; nothing is connected yet."""

    def __init__(
        self,
        name: str,
        settings: ServiceSettings,
        *,
        metrics: Sequence[Metric] = (),
        database: Database | None = None,
        clock: Clock | None = None,
    ) -> None:
        """`name` is the service's name, as in CloudEvents `source`; `metrics` are its own."""
        self.name = name
        self.settings = settings
        self.database = database or Database(
            settings.database_url,
            settings.database_pool_size,
            source=name,
            topic_prefix=settings.topic_prefix,
        )
        self.deployment = DeploymentCheck(name, settings, self.database)
        self.clock = clock or clock_of(settings, self.database)
        self.metrics = Metrics((*CHASSIS_METRICS, *metrics))
        self.health = Health(self.metrics)
        self.listener = Listener(settings.database_url, name=name)
