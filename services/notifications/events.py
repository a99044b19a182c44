"""Which events notifications takes and gives, and what it does with each.

| takes | does |
|---|---|
| all facts of submissions and scoring | a delivery for each subscription that it concerns |

| gives | when |
|---|---|
| delivery-failed | a delivery was given up |
| subscription-disabled | a subscription was switched off |

It does not take what it gives: a mail about a mail that failed would fail in turn, and so on
(docs/decisions/0074-no-deliveries-about-deliveries.md).
"""

from services.chassis.consuming.classify import OtherCampaignError
from services.chassis.retry import PermanentError
from services.contracts.campaign.units import UnitTree
from services.contracts.envelope import Event
from services.contracts.events import FACTS, DeliveryFailed, SubscriptionDisabled, UnitFact

GIVES = (DeliveryFailed, SubscriptionDisabled)
TAKES = tuple(fact for fact in FACTS if fact not in GIVES)

SUBSCRIBABLE = frozenset(fact.event for fact in TAKES)
"""Short names that a subscription may ask for."""
NOT_FOR_SUBSCRIBERS = frozenset(fact.event for fact in GIVES)


def check(event: Event, tree: UnitTree, campaign: str) -> None:
    """Refuse an event that can never be matched: of a unit that no day of the campaign knew.

    Raises PermanentError, and OtherCampaignError for an event of another campaign than `campaign`:
    nobody subscribed to that here.
    """
    fact = event.data
    if fact.campaign != campaign:
        raise OtherCampaignError(fact.campaign)
    if isinstance(fact, UnitFact) and fact.unit not in tree:
        raise PermanentError("unknown-unit", f"the campaign has no unit {fact.unit}")
