"""The protocol of a channel, which sends messages to receivers, and its declaration.

Each channel declares itself as a `ChannelKind`; `registry.py` lists them. Everything else (what a
subscription may ask for, who is sent to when, the statistics) reads the registry.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from services.contracts.wording import Bilingual
from services.notifications.channels.message import OutgoingMessage
from services.notifications.channels.outcomes import Outcome
from services.notifications.mail_texts.text import CampaignNames
from services.notifications.settings import NotificationsSettings

NamesOf = Callable[[str], Awaitable[CampaignNames]]
"""The names of a campaign, by its id. Raises UnknownCampaignError where it can't be read here, and
the database's errors."""


class Channel(Protocol):
    """Brings messages to receivers."""

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Try once. What a receiver or the network does is an outcome, never an exception."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """One channel, declared."""

    name: str
    """As in subscriptions and in `deliveries.channel`."""
    title: Bilingual
    """What people call it, inside a sentence."""
    field: str
    """The field of `SubscriptionRequest` and `SubscriptionOut` that has the target."""
    target_missing: Bilingual
    """What is answered when that field is empty."""
    why_unavailable: Callable[[NotificationsSettings], Bilingual | None]
    """Why nobody can subscribe by it here; None when one can."""
    why_not_target: Callable[[str, NotificationsSettings], Bilingual | None]
    """Why nothing can be sent to this target; None when it can, as far as is known now."""
    open: Callable[[NotificationsSettings, NamesOf], Channel]
    """The channel; nothing is connected yet."""
    concurrency: Callable[[NotificationsSettings], int]
    """Attempts at once."""
    signs: bool = False
    """Subscriptions get a secret, shown once, which signs what they are sent."""
    host: Callable[[str], str | None] = lambda _: None
    """The machine behind a target, where several subscriptions may share one."""
    patience_s: float | None = None
    """An attempt that takes longer than this gives its place to others and goes on beside them.
    None: never, because the channel's own connections are as many as its places. Seconds."""
    per_minute: Callable[[NotificationsSettings], int] = lambda _: 0
    """Attempts begun a minute by one process; 0: any number."""
