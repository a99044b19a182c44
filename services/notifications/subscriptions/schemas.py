"""Bodies of the subscriptions' routes; what is asked for is in `subscription_request.py`."""

import json
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from services.notifications.channels.registry import CHANNELS, TARGETS
from services.notifications.models import Subscription
from services.notifications.subscriptions.visibility import VisibilityScope

Limit = Annotated[int, Query(ge=1, le=200, description="Most items of one page.")]


class SubscriptionOut(BaseModel):
    """A subscription. Where it goes to and its note are not for ops."""

    id: UUID
    campaign: str | None = Field(
        description="None: all campaigns, those to come included.", examples=["hanoi-2020"]
    )
    unit: str = Field(examples=["SNV"])
    event_types: list[str] = Field(examples=[["deadline-missed"]])
    channel: str = Field(examples=["email"])
    address: str | None = Field(examples=["thidua@example.org"])
    url: str | None = Field(examples=[None])
    language: str = Field(examples=["vi"])
    content_type: str = Field(examples=["application/cloudevents+json"])
    personal_data: bool
    note: str | None
    owner_unit: str | None = Field(description="None: the Board.", examples=["SNV"])
    state: Literal["active", "disabled", "deleted"]
    disabled_reason: str | None = None
    disabled_at: datetime | None = None
    created_at: datetime

    @classmethod
    def of(cls, row: Subscription, scope: VisibilityScope) -> "SubscriptionOut":
        """As this caller may see it."""
        target = row.target if scope.may_read_targets else None
        return cls.model_validate(
            {
                **row.model_dump(exclude={"target", "host", "secret", "note"}),
                **dict.fromkeys(TARGETS),
                CHANNELS[row.channel].field: target,
                "note": row.note if scope.may_read_targets else None,
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


def forgetting(answer: bytes, subscription: UUID) -> bytes:
    """A stored answer about a subscription (made, resumed) without where it went and its note.

    Answers about others stay as they are.
    """
    document = json.loads(answer)
    kept = document.get("subscription", document)
    if kept.get("id") != str(subscription):
        return answer
    kept.update(dict.fromkeys([*TARGETS, "note"]))
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
