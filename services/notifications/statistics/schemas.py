"""Body of the statistics route."""

from typing import Literal

from pydantic import BaseModel, Field


class ChannelCounts(BaseModel):
    """Deliveries of one channel by state."""

    accepted: int = 0
    pending: int = 0
    held: int = 0
    failed: int = 0
    cancelled: int = 0


class DeliveryStatisticsOut(BaseModel):
    """What was sent so far."""

    deliveries: dict[str, ChannelCounts] = Field(description="By channel, of all campaigns.")
    campaigns: dict[str, dict[str, ChannelCounts]] = Field(
        description="The same by campaign: of those in which something was to be sent."
    )
    subscriptions: dict[Literal["active", "disabled"], int]
