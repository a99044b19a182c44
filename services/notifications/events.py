"""The map of notifications: what takes each event, and what publishes which events.

    a fact → `Scheduler.handle` writes `events` and `deliveries` → `Sender` sends, `conclude` ends
    a campaign → `take_version` writes `campaigns` and `campaign_versions` → `make` reads them

Commands publish nothing: they change `subscriptions`. Notifications does not take what it
publishes: a mail about a mail that failed would fail in turn, and so on
(docs/decisions/0074-no-deliveries-about-deliveries.md).
"""

from collections.abc import Callable
from typing import Any, Final

from services.contracts.events import FACTS, DeliveryFailed, Fact, SubscriptionDisabled
from services.notifications.campaign import FOLLOWED
from services.notifications.deliveries.conclude import conclude
from services.notifications.deliveries.schedule import Scheduler
from services.notifications.subscriptions.subscription_request import SUBSCRIBABLE

__all__ = ["FOLLOWED", "HANDLERS", "PUBLISHED", "PUBLISHES"]

HANDLERS: Final[dict[type[Fact], type[Scheduler]]] = dict.fromkeys(
    (fact for fact in FACTS if fact.event in SUBSCRIBABLE), Scheduler
)
"""Event → what takes it. One handler has them all: a batch is matched as a whole."""

PUBLISHES: Final[dict[Callable[..., Any], tuple[type[Fact], ...]]] = {
    conclude: (DeliveryFailed, SubscriptionDisabled),
}
"""What ends an attempt → events: a delivery was given up, a subscription was switched off."""

PUBLISHED: Final[tuple[type[Fact], ...]] = tuple(
    dict.fromkeys(fact for facts in PUBLISHES.values() for fact in facts)
)
"""Every event that this service publishes, once."""
