"""One delivery on its way: the event, who gets it, under which id. What a channel is handed."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.contracts.envelope import Event
from services.notifications.channels.outcomes import Outcome
from services.notifications.mail_texts.rendering import Language


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One attempt to bring one event to one subscription."""

    delivery: UUID
    """The same over all attempts; message ids derive from it, so that a receiver can tell."""
    attempt: int
    subscription: UUID
    event: Event
    """As this subscriber may read it: personal data is already withheld where it has to be."""
    target: str
    """E-mail address or URL."""
    language: Language
    encrypted_secret: bytes | None
    """For webhooks."""


class Channel(Protocol):
    """Brings messages to receivers."""

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Try once. What a receiver or the network does is an outcome, never an exception."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...
