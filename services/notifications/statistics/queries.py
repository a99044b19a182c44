"""Counts of deliveries and subscriptions, for the API and for the gauges."""

from sqlmodel import col, func, select

from services.chassis.base import Chassis
from services.chassis.storage.database import Transaction
from services.notifications import metrics
from services.notifications.channels.registry import CHANNELS
from services.notifications.models import Delivery, Subscription
from services.notifications.statistics.schemas import ChannelCounts, DeliveryStatisticsOut


async def statistics(tx: Transaction) -> DeliveryStatisticsOut:
    """Counts of deliveries by channel and state, and of subscriptions."""
    counts: dict[str, ChannelCounts] = {channel: ChannelCounts() for channel in CHANNELS}
    by_state = select(Delivery.channel, Delivery.state, func.count()).group_by(
        col(Delivery.channel), col(Delivery.state)
    )
    for channel, state, count in await tx.session.exec(by_state):
        setattr(counts[channel], state, count)
    kept = select(Subscription.state, func.count()).where(Subscription.state != "deleted")
    states = await tx.session.exec(kept.group_by(col(Subscription.state)))
    return DeliveryStatisticsOut(
        deliveries=counts,
        subscriptions={"active": 0, "disabled": 0} | dict(states.all()),
    )


async def measure(chassis: Chassis) -> None:
    """Set the gauges: backlog and age by channel, subscriptions that are off."""
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
