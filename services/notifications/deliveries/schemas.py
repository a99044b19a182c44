"""Bodies of the deliveries' routes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.notifications.subscriptions.schemas import SubscriptionOut


class ResumptionIn(BaseModel):
    """How to go on."""

    model_config = ConfigDict(extra="forbid")
    failed_too: bool = Field(
        default=False, description="Also send again what was given up. Never what was accepted."
    )


class ResumptionOut(BaseModel):
    """The subscription, on again."""

    subscription: SubscriptionOut
    put_back: int = Field(description="Deliveries that are due again.", examples=[3])


class AttemptOut(BaseModel):
    """One attempt."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: Literal["accepted", "transient", "refused", "gone", "lost"] | None = Field(
        description="None while it runs; lost: the process died, nobody knows."
    )
    code: int | None = Field(description="HTTP status or SMTP reply code.")
    detail: str | None


class DeliveryOut(BaseModel):
    """One event for this subscription."""

    id: UUID
    message_id: str = Field(description="`webhook-id` of a webhook; part of a mail's Message-ID.")
    event_id: UUID
    event_type: str = Field(examples=["vn.gov.hanoi.thidua.deadline-missed.v1"])
    campaign: str = Field(description="Of the event.", examples=["hanoi-2020"])
    state: Literal["pending", "held", "accepted", "failed", "cancelled"]
    created_at: datetime
    next_attempt_at: datetime | None = Field(description="While pending.")
    concluded_at: datetime | None
    attempts: list[AttemptOut]


class DeliveryList(BaseModel):
    """A page of deliveries, newest first."""

    items: list[DeliveryOut]
    next: UUID | None = Field(description="Give it as `before` for the next page; None: no more.")
