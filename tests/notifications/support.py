"""Events to tell of: the examples of the fact sheets, in their envelopes."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import load_campaign
from services.contracts.envelope import Event, Invalid, decode, encode
from services.contracts.events import Fact
from services.notifications.channels.message import OutgoingMessage
from services.notifications.mail_texts.text import CampaignNames
from services.notifications.names import names_of

CAMPAIGN = Path(__file__).parents[2] / "infra" / "campaigns" / "hanoi-2020"
KEY = "c2VhbGluZy1rZXktb2YtdGhlLXRlc3RzLTMyLWJ5dGU="
"""A encryption key, of tests only."""


@cache
def hanoi() -> Campaign:
    """The campaign of 2020."""
    return load_campaign(CAMPAIGN)


@cache
def names() -> CampaignNames:
    """What its units and obligations are called."""
    return names_of(hanoi())


async def named(_campaign: str) -> CampaignNames:
    """The same for channels, which ask for each mail."""
    return names()


def a_fact(kind: type[Fact], **changes: Any) -> Any:
    """The example of a fact sheet, with changes."""
    return kind.model_validate({**kind.sheet.example, **changes})


def an_event(fact: Fact, *, now: datetime | None = None, event_id: UUID | None = None) -> Event:
    """A fact as a consumer gets it: through the envelope and back."""
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    _, message = encode(
        fact,
        source="submissions",
        now=now or datetime.now(UTC),
        traceparent=trace,
        event_id=event_id,
    )
    event = decode(message.key, message.headers, message.value)
    assert not isinstance(event, Invalid), event
    return event


def a_message(fact: Fact, target: str, **changes: Any) -> OutgoingMessage:
    """A message on its way to `target`; changes as keywords."""
    return replace(
        OutgoingMessage(
            delivery=UUID("0197a5c2-6f7e-7c3b-9f43-5a6d2a1c9d10"),
            attempt=1,
            subscription=UUID("e3f6f7a4-1c39-4b1e-8a8c-0f2e34f0a915"),
            event=an_event(fact),
            target=target,
            language="vi",
            content_type="application/cloudevents+json",
            encrypted_secret=None,
        ),
        **changes,
    )
