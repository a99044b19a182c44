"""The composition root of notifications: one screen. What takes and publishes which events:
events.py."""

from functools import partial

from services.chassis.base import Chassis
from services.chassis.consuming.consumer import EventConsumer
from services.chassis.consuming.deduplicate import deduplicated
from services.chassis.loops.loop import Loop
from services.chassis.running.service import Service
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import load_campaign
from services.contracts.topics import topic_of
from services.notifications.channels.registry import CHANNELS
from services.notifications.context import NotificationsContext
from services.notifications.deliveries import router as deliveries
from services.notifications.deliveries.sender import Sender
from services.notifications.deliveries.take import CHANNEL
from services.notifications.events import HANDLERS, PUBLISHED
from services.notifications.metrics import METRICS
from services.notifications.names import names_of
from services.notifications.settings import NotificationsSettings
from services.notifications.statistics import router as statistics
from services.notifications.statistics.queries import measure
from services.notifications.subscriptions import router as subscriptions
from services.notifications.subscriptions.service import reencrypt_secrets

_MEASURE_EVERY_S = 1.0


def compose(settings: NotificationsSettings, campaign: Campaign | None = None) -> Service:
    """The service, declared; nothing is connected yet. `campaign`: by default the settings'.

    Raises CampaignProblems when the campaign's files don't fit, with all that is wrong in them.
    """
    chassis = Chassis("notifications", settings, metrics=METRICS)
    campaign = campaign or load_campaign(settings.campaign_dir)
    plan, units = campaign.plan, campaign.units
    names = names_of(plan, units)
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
    scheduler = handler(campaign, wake)
    consumer = EventConsumer(
        service="notifications",
        settings=settings,
        database=chassis.database,
        topics=[topic_of(settings.topic_prefix, fact) for fact in HANDLERS],
        check=scheduler.check,
        handle=deduplicated(scheduler.handle),
        metrics=chassis.metrics,
    )
    return Service(
        chassis,
        title="Thi Đua: notifications",
        description="Đăng ký nhận thông báo, thư điện tử và webhook.\n"
        "Subscriptions, mails and webhooks.",
        routers=[subscriptions.router, deliveries.router, statistics.router],
        contexts=[NotificationsContext(settings, plan, units, wake)],
        consumers=[consumer],
        loops=[*senders, Loop("measure", partial(measure, chassis), every_s=_MEASURE_EVERY_S)],
        topics=[topic_of(settings.topic_prefix, fact) for fact in PUBLISHED],
        on_start=[partial(reencrypt_secrets, chassis.database, settings)],
    )
