"""What notifications publishes about its own work, for operators and for the subscriber."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from services.contracts.events.base import Fact, FactSheet, Label, Moment, Text


class DeliveryFailed(Fact):
    """An event could not be brought to a subscriber, and no further attempt will be made."""

    event: ClassVar[str] = "delivery-failed"
    key_field: ClassVar[str] = "subscription_id"
    aggregate_field: ClassVar[str] = "subscription_id"
    moment_field: ClassVar[str] = "failed_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="notifications",
        when="the last attempt failed or the receiver refused for good",
        key="subscription_id",
        content="which event, which subscription, which channel, how many attempts, the cause",
        never="the address of the subscriber, the content",
        example={
            "campaign": "hanoi-2020",
            "subscription_id": "e3f6f7a4-1c39-4b1e-8a8c-0f2e34f0a915",
            "event_id": "f3f6f7a4-1c39-4b1e-8a8c-0f2e34f0a916",
            "event_type": "vn.gov.hanoi.thidua.deadline-missed.v1",
            "channel": "webhook",
            "attempts": 8,
            "cause": "HTTP 500",
            "failed_at": "2020-07-10T01:00:00+07:00",
        },
    )

    subscription_id: UUID = Field(description="The subscription.")
    event_id: UUID = Field(description="`ce_id` of the event that was not brought.")
    event_type: Label = Field(description="`ce_type` of that event.")
    channel: Label = Field(description="The way it was tried: email, webhook.")
    attempts: int = Field(ge=1, description="How often it was tried.")
    cause: Text = Field(description="What the last attempt met.")
    failed_at: Moment = Field(description="When it was given up.")


class SubscriptionDisabled(Fact):
    """A subscription was switched off: it failed too long, or its receiver is gone for good."""

    event: ClassVar[str] = "subscription-disabled"
    key_field: ClassVar[str] = "subscription_id"
    aggregate_field: ClassVar[str] = "subscription_id"
    moment_field: ClassVar[str] = "disabled_at"
    sheet: ClassVar[FactSheet] = FactSheet(
        publisher="notifications",
        when="the subscription is switched off",
        key="subscription_id",
        content="which subscription and why",
        never="the address of the subscriber",
        example={
            "campaign": "hanoi-2020",
            "subscription_id": "e3f6f7a4-1c39-4b1e-8a8c-0f2e34f0a915",
            "reason": "HTTP 410 Gone",
            "disabled_at": "2020-07-10T01:00:00+07:00",
        },
    )

    subscription_id: UUID = Field(description="The subscription.")
    reason: Text = Field(description="Why it was switched off.")
    disabled_at: Moment = Field(description="When it was switched off.")
