"""The composition root of notifications: one screen."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import structlog

from services.chassis.base import Chassis
from services.chassis.consuming.consumer import EventConsumer
from services.chassis.consuming.deduplicate import deduplicated
from services.chassis.loops.loop import Loop
from services.chassis.running.service import Service
from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import load_campaign
from services.contracts.envelope import Event
from services.contracts.topics import topic_of
from services.notifications.channels.email.channel import EmailChannel
from services.notifications.channels.webhook.channel import WebhookChannel
from services.notifications.deliveries.router import router as deliveries_router
from services.notifications.deliveries.sender import Sender
from services.notifications.deliveries.wakeup import CHANNEL, announce
from services.notifications.events import GIVES, TAKES, check
from services.notifications.metrics import METRICS
from services.notifications.names import names_of
from services.notifications.settings import NotificationsSettings
from services.notifications.statistics.queries import measure
from services.notifications.statistics.router import router as statistics_router
from services.notifications.subscriptions.matching import schedule_deliveries
from services.notifications.subscriptions.router import router as subscriptions_router
from services.notifications.subscriptions.service import reencrypt_secrets

log = structlog.get_logger(__name__)

_MEASURE_EVERY_S = 1.0


def compose(settings: NotificationsSettings, campaign: Campaign | None = None) -> Service:
    """The service, declared; nothing is connected yet. `campaign`: by default the settings'.

    Raises CampaignProblems when the campaign's files don't fit, with all that is wrong in them.
    """
    chassis = Chassis("notifications", settings, metrics=METRICS)
    campaign = campaign or load_campaign(settings.campaign_dir)
    tree, encryption = campaign.units, settings.secret_encryption
    webhooks = Sender(
        chassis,
        settings,
        "webhook",
        WebhookChannel(settings, encryption),
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
            sender.loop.wake()

    chassis.listener.on(CHANNEL, wake)

    async def schedule(tx: Transaction, events: Sequence[Event]) -> None:
        if await schedule_deliveries(tx, events, tree):
            await announce(tx)
            tx.on_commit(wake)

    async def encrypt_anew() -> None:
        if settings.previous_secret_keys:
            async with chassis.database.transaction() as tx:
                renewed, broken = await reencrypt_secrets(tx, encryption)
            log.info("secrets encrypted anew", renewed=renewed, unreadable=broken)

    consumer = EventConsumer(
        service="notifications",
        settings=settings,
        database=chassis.database,
        topics=[topic_of(settings.topic_prefix, fact) for fact in TAKES],
        check=partial(check, tree=tree, campaign=campaign.plan.campaign),
        handle=deduplicated(schedule),
        metrics=chassis.metrics,
    )
    return Service(
        chassis,
        title="Thi Đua: notifications",
        description="Subscriptions, mails and webhooks. Đăng ký nhận tin, thư và webhook.",
        routers=[
            subscriptions_router(chassis, settings, campaign),
            deliveries_router(chassis, tree, wake=wake),
            statistics_router(chassis),
        ],
        consumers=[consumer],
        loops=[
            *(sender.loop for sender in senders),
            Loop("measure", partial(measure, chassis), every_s=_MEASURE_EVERY_S),
        ],
        topics=[topic_of(settings.topic_prefix, fact) for fact in GIVES],
        on_start=[encrypt_anew],
    )
