"""The composition root of notifications: one screen."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import structlog

from services.chassis.base import Chassis
from services.chassis.consuming.consumer import EventConsumer
from services.chassis.running.loops import Loop
from services.chassis.running.service import Service
from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import load_campaign
from services.contracts.envelope import Event
from services.contracts.topics import topic_of
from services.notifications.api import deliveries, reports, statistics, subscriptions
from services.notifications.channels.email import EmailChannel
from services.notifications.channels.webhook import WebhookChannel
from services.notifications.delivering.sender import Sender
from services.notifications.delivering.wakeup import Wakeup, announce
from services.notifications.events import GIVES, TAKES, judge
from services.notifications.metrics import METRICS
from services.notifications.names import names_of
from services.notifications.settings import NotificationsSettings
from services.notifications.subscribing.matching import schedule_deliveries
from services.notifications.subscribing.subscriptions import reseal

log = structlog.get_logger(__name__)

_MEASURE_EVERY_S = 1.0


def compose(settings: NotificationsSettings, campaign: Campaign | None = None) -> Service:
    """The service, declared; nothing is connected yet. `campaign`: by default the settings'.

    Raises CampaignProblems when the campaign's files don't fit, with all that is wrong in them.
    """
    chassis = Chassis("notifications", settings, metrics=METRICS)
    campaign = campaign or load_campaign(settings.campaign_dir)
    tree, seal = campaign.units, settings.seal
    webhooks = Sender(
        chassis,
        settings,
        "webhook",
        WebhookChannel(settings, seal),
        concurrency=settings.webhook_concurrency,
    )
    senders = [webhooks]
    if settings.smtp_host:
        mails = EmailChannel(settings, names_of(campaign), now=lambda: datetime.now(UTC))
        senders.append(
            Sender(chassis, settings, "email", mails, concurrency=settings.email_concurrency)
        )

    def wake() -> None:
        for sender in senders:
            sender.wake()

    async def apply(tx: Transaction, events: Sequence[Event]) -> None:
        if await schedule_deliveries(tx, events, tree):
            await announce(tx)
            tx.on_commit(wake)

    async def seal_anew() -> None:
        if settings.previous_secret_keys:
            async with chassis.database.transaction() as tx:
                renewed, broken = await reseal(tx, seal)
            log.info("secrets sealed anew", renewed=renewed, unreadable=broken)

    consumer = EventConsumer(
        service="notifications",
        settings=settings,
        database=chassis.database,
        topics=[topic_of(settings.topic_prefix, fact) for fact in TAKES],
        judge=partial(judge, tree=tree, campaign=campaign.plan.campaign),
        apply=apply,
        metrics=chassis.metrics,
    )
    return Service(
        chassis,
        title="Thi Đua: notifications",
        description="Subscriptions, mails and webhooks. Đăng ký nhận tin, thư và webhook.",
        routers=[
            subscriptions.router(chassis, settings, campaign),
            deliveries.router(chassis, tree, wake=wake),
            statistics.router(chassis),
        ],
        consumers=[consumer],
        loops=[
            *senders,
            Wakeup(settings.database_url, [wake]),
            Loop("measure", partial(reports.measure, chassis), every_s=_MEASURE_EVERY_S),
        ],
        topics=[topic_of(settings.topic_prefix, fact) for fact in GIVES],
        on_start=[seal_anew],
    )
