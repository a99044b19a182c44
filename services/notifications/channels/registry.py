"""All channels. CONTRIBUTING.md has the recipe for one more."""

from services.notifications.channels.channel import ChannelKind
from services.notifications.channels.email.channel import EMAIL
from services.notifications.channels.webhook.channel import WEBHOOK

CHANNELS: dict[str, ChannelKind] = {kind.name: kind for kind in (EMAIL, WEBHOOK)}
TARGETS = sorted({kind.field for kind in CHANNELS.values()})
"""The fields that have a subscription's target: one of them is filled, by its channel."""
