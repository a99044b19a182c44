"""Events become deliveries: what takes every event that notifications reads."""

from collections.abc import Callable, Sequence

from services.chassis.consuming.classify import OtherCampaignError
from services.chassis.retry import PermanentError
from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.contracts.envelope import Event
from services.contracts.events import UnitFact
from services.notifications.deliveries.take import announce
from services.notifications.subscriptions.matching import schedule_deliveries


class Scheduler:
    """Takes events of one campaign. The consumer calls `check` for each, then `handle`."""

    def __init__(self, campaign: Campaign, wake: Callable[[], None]) -> None:
        """`wake` is called after each commit that made deliveries."""
        self._campaign = campaign.plan.campaign
        self._units = campaign.units
        self._zone = campaign.plan.zone
        self._wake = wake

    def check(self, event: Event) -> None:
        """Refuse an event that can never be matched: of a unit that no day of the campaign knew.

        Raises PermanentError, and OtherCampaignError for an event of another campaign: nobody
        subscribed to that here.
        """
        fact = event.data
        if fact.campaign != self._campaign:
            raise OtherCampaignError(fact.campaign)
        if isinstance(fact, UnitFact) and fact.unit not in self._units:
            raise PermanentError("unknown-unit", f"the campaign has no unit {fact.unit}")

    async def handle(self, tx: Transaction, events: Sequence[Event]) -> None:
        """A delivery of each event for each subscription that it concerns, and who sends them
        learns of it. The events are new, each once (`deduplicated`)."""
        if await schedule_deliveries(tx, events, self._units, self._zone):
            await announce(tx)
            tx.on_commit(self._wake)
