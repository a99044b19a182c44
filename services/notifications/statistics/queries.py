"""Counts of deliveries and subscriptions, for the API and for the gauges."""

from services.chassis.base import Chassis
from services.chassis.storage.database import Transaction
from services.notifications import metrics
from services.notifications.channels.registry import CHANNELS
from services.notifications.statistics.schemas import ChannelCounts, DeliveryStatisticsOut

_BACKLOG = """
SELECT channel, count(*) AS pending,
       coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest
  FROM deliveries WHERE state = 'pending' GROUP BY channel
"""


async def statistics(tx: Transaction) -> DeliveryStatisticsOut:
    """Counts of deliveries by channel and state, and of subscriptions."""
    counts: dict[str, ChannelCounts] = {channel: ChannelCounts() for channel in CHANNELS}
    for row in await tx.fetch("SELECT channel, state, count(*) FROM deliveries GROUP BY 1, 2"):
        setattr(counts[row["channel"]], row["state"], row["count"])
    states = await tx.fetch(
        "SELECT state, count(*) FROM subscriptions WHERE state <> 'deleted' GROUP BY state"
    )
    return DeliveryStatisticsOut(
        deliveries=counts,
        subscriptions={"active": 0, "disabled": 0} | {r["state"]: r["count"] for r in states},
    )


async def measure(chassis: Chassis) -> None:
    """Set the gauges: backlog and age by channel, subscriptions that are off."""
    async with chassis.database.transaction() as tx:
        found = {row["channel"]: row for row in await tx.fetch(_BACKLOG)}
        disabled = await tx.fetchval("SELECT count(*) FROM subscriptions WHERE state = 'disabled'")
    for channel in CHANNELS:
        row = found.get(channel)
        chassis.metrics.set(metrics.BACKLOG, row["pending"] if row else 0, channel=channel)
        chassis.metrics.set(metrics.OLDEST_SECONDS, row["oldest"] if row else 0, channel=channel)
    chassis.metrics.set(metrics.DISABLED, disabled)
