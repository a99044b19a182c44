"""The composition root of notifications: one screen. What takes and publishes which events:
events.py."""

from functools import partial

from services.chassis.base import Chassis
from services.chassis.consuming.consumer import EventConsumer
from services.chassis.consuming.deduplicate import missing_in_inbox
from services.chassis.loops.loop import Loop
from services.chassis.running.service import Service
from services.contracts.topics import topic_of
from services.notifications.campaign import campaigns_of, names_in
from services.notifications.channels.registry import CHANNELS
from services.notifications.context import NotificationsContext
from services.notifications.deliveries import router as deliveries
from services.notifications.deliveries.sender import Sender
from services.notifications.deliveries.take import CHANNEL
from services.notifications.events import HANDLERS, PUBLISHED
from services.notifications.metrics import METRICS
from services.notifications.settings import NotificationsSettings
from services.notifications.statistics import router as statistics
from services.notifications.statistics.queries import measure
from services.notifications.subscriptions import router as subscriptions
from services.notifications.subscriptions.service import reencrypt_secrets

_MEASURE_EVERY_S = 1.0


def compose(settings: NotificationsSettings) -> Service:
    """The service, declared; nothing is connected yet."""
    chassis = Chassis("notifications", settings, metrics=METRICS)
    campaigns = campaigns_of(chassis)
    registry = campaigns.registry
    names = names_in(registry)
    senders = [
        Sender(chassis, settings, kind, kind.open(settings, names)).loop
        for kind in CHANNELS.values()
        if kind.why_unavailable(settings) is None
    ]

    def wake() -> None:
        for loop in senders:
            loop.wake()

    chassis.listener.on(CHANNEL, wake)
    (handler,) = set(HANDLERS.values())
    scheduler = handler(campaigns, wake)
    consumer = EventConsumer(
        service="notifications",
        settings=settings,
        database=chassis.database,
        topics=[topic_of(settings.topic_prefix, fact) for fact in HANDLERS],
        check=lambda _: None,
        handle=scheduler.handle,
        metrics=chassis.metrics,
        missing=missing_in_inbox,
        before_kafka=chassis.deployment.require,
    )
    measuring = Loop("measure", partial(measure, chassis, registry.known), every_s=_MEASURE_EVERY_S)
    return Service(
        chassis,
        title="Thi Đua: notifications",
        description="Đăng ký nhận thông báo, thư điện tử và webhook.\n"
        "Subscriptions, mails and webhooks.",
        routers=[subscriptions.router, deliveries.router, statistics.router],
        contexts=[NotificationsContext(settings, registry, wake)],
        consumers=[consumer],
        loops=[*campaigns.loops, *senders, measuring],
        topics=[*campaigns.topics, *(topic_of(settings.topic_prefix, fact) for fact in PUBLISHED)],
        on_start=[campaigns.start, partial(reencrypt_secrets, chassis.database, settings)],
    )
