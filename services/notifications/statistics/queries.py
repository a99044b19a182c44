"""Counts of deliveries and subscriptions, for the API and for the gauges."""

from collections.abc import Callable, Iterable

from sqlmodel import col, func, select

from services.chassis.base import Chassis
from services.chassis.storage.database import Transaction
from services.notifications import metrics
from services.notifications.channels.registry import CHANNELS
from services.notifications.models import Delivery, StoredEvent, Subscription
from services.notifications.statistics.schemas import ChannelCounts, DeliveryStatisticsOut


async def statistics(tx: Transaction) -> DeliveryStatisticsOut:
    """Counts of deliveries by campaign, channel and state, and of subscriptions."""
    total = _none_yet()
    by_campaign: dict[str, dict[str, ChannelCounts]] = {}
    counted = (
        select(StoredEvent.campaign, Delivery.channel, Delivery.state, func.count())
        .join(StoredEvent, col(StoredEvent.event_id) == col(Delivery.event_id))
        .group_by(col(StoredEvent.campaign), col(Delivery.channel), col(Delivery.state))
        .order_by(col(StoredEvent.campaign))
    )
    for campaign, channel, state, count in await tx.session.exec(counted):
        for counts in (total, by_campaign.setdefault(campaign, _none_yet())):
            setattr(counts[channel], state, getattr(counts[channel], state) + count)
    kept = select(Subscription.state, func.count()).where(Subscription.state != "deleted")
    states = await tx.session.exec(kept.group_by(col(Subscription.state)))
    return DeliveryStatisticsOut(
        deliveries=total,
        campaigns=by_campaign,
        subscriptions={"active": 0, "disabled": 0} | dict(states.all()),
    )


def _none_yet() -> dict[str, ChannelCounts]:
    return {channel: ChannelCounts() for channel in CHANNELS}


async def measure(chassis: Chassis, campaigns: Callable[[], Iterable[str]]) -> None:
    """Set the gauges: backlog and age by channel, subscriptions that are off.

    `campaigns`: those that there are. The count of what failed begins for each at 0, as
    `increase()` needs it to see the first one.
    """
    for campaign in campaigns():
        for channel in CHANNELS:
            chassis.metrics.count(
                metrics.DELIVERIES, 0, channel=channel, state="failed", campaign=campaign
            )
    waiting = select(Delivery.channel, func.count(), func.min(Delivery.created_at), func.now())
    waiting = waiting.where(Delivery.state == "pending").group_by(col(Delivery.channel))
    off = select(func.count()).where(col(Subscription.state) == "disabled")
    async with chassis.database.transaction() as tx:
        found = {
            channel: (pending, (now - oldest).total_seconds())
            for channel, pending, oldest, now in await tx.session.exec(waiting)
        }
        disabled = (await tx.session.exec(off)).one()
    for channel in CHANNELS:
        pending, oldest_s = found.get(channel, (0, 0.0))
        chassis.metrics.set(metrics.BACKLOG, pending, channel=channel)
        chassis.metrics.set(metrics.OLDEST_SECONDS, oldest_s, channel=channel)
    chassis.metrics.set(metrics.DISABLED, disabled)
