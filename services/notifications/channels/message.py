"""What a channel sends: one attempt to deliver one event to one subscription."""

from dataclasses import dataclass
from uuid import UUID

from services.contracts.envelope import Event
from services.notifications.mail_texts.rendering import Language


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One attempt."""

    delivery: UUID
    """The same over all attempts: message ids derive from it, and a receiver knows repetitions."""
    attempt: int
    subscription: UUID
    event: Event
    """As this subscriber may read it: personal data is already withheld where it has to be."""
    target: str
    """E-mail address or URL."""
    language: Language
    content_type: str
    """Of webhooks: `application/cloudevents+json` or `application/json`."""
    encrypted_secret: bytes | None
    """For channels that sign."""
