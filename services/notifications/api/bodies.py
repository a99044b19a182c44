"""What goes out over HTTP."""

import json
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from services.notifications.models import Subscription
from services.notifications.subscribing.rights import Keeper

Limit = Annotated[int, Query(ge=1, le=200, description="Most items of one page.")]


class SubscriptionOut(BaseModel):
    """A subscription. Where it goes to and its note are not for ops."""

    id: UUID
    unit: str = Field(examples=["SNV"])
    event_types: list[str] = Field(examples=[["deadline-missed"]])
    channel: Literal["email", "webhook"]
    address: str | None = Field(examples=["thidua@example.org"])
    url: str | None = Field(examples=[None])
    language: str = Field(examples=["vi+en"])
    personal_data: bool
    note: str | None
    owner_unit: str | None = Field(description="None: the Board.", examples=["SNV"])
    state: Literal["active", "disabled", "deleted"]
    disabled_reason: str | None = None
    disabled_at: datetime | None = None
    created_at: datetime

    @classmethod
    def of(cls, row: Subscription, keeper: Keeper) -> "SubscriptionOut":
        """As this caller may see it."""
        target = row.target if keeper.may_read_targets else None
        return cls.model_validate(
            {
                **row.model_dump(exclude={"target", "secret", "note"}),
                "address": target if row.channel == "email" else None,
                "url": target if row.channel == "webhook" else None,
                "note": row.note if keeper.may_read_targets else None,
            }
        )


class SubscriptionMade(SubscriptionOut):
    """A new subscription. The secret is shown here and never again."""

    secret: str | None = Field(
        default=None,
        description="Webhooks: verifies signatures (Standard Webhooks). Shown once: not in a"
        " replayed answer, and nowhere else. Lost: delete the subscription and make another.",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw0123456789A="],
    )


class SubscriptionList(BaseModel):
    """A page of subscriptions."""

    items: list[SubscriptionOut]
    next: UUID | None = Field(description="Give it as `after` for the next page; None: no more.")


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
    state: Literal["pending", "held", "accepted", "failed", "cancelled"]
    created_at: datetime
    next_attempt_at: datetime | None = Field(description="While pending.")
    concluded_at: datetime | None
    attempts: list[AttemptOut]


class DeliveryList(BaseModel):
    """A page of deliveries, newest first."""

    items: list[DeliveryOut]
    next: UUID | None = Field(description="Give it as `before` for the next page; None: no more.")


class ChannelCounts(BaseModel):
    """Deliveries of one channel by state."""

    accepted: int = 0
    pending: int = 0
    held: int = 0
    failed: int = 0
    cancelled: int = 0


class StatisticsOut(BaseModel):
    """What was sent so far."""

    email: ChannelCounts
    webhook: ChannelCounts
    subscriptions: dict[Literal["active", "disabled"], int]


def forgetting(answer: bytes, subscription: UUID) -> bytes:
    """A stored answer about a subscription (made, resumed) without where it went and its note.

    Answers about others stay as they are.
    """
    document = json.loads(answer)
    said = document.get("subscription", document)
    if said.get("id") != str(subscription):
        return answer
    said.update(address=None, url=None, note=None)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
