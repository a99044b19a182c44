"""Events become deliveries: what takes every event that notifications reads."""

from collections.abc import Callable, Mapping, Sequence

from services.campaigns.parts import Campaigns
from services.campaigns.registry import UnknownCampaignError, UnreadableCampaignError
from services.campaigns.unknown import NotAnnouncedYetError
from services.chassis.consuming.deduplicate import new_in_inbox
from services.chassis.retry import PermanentError, TransientError
from services.chassis.storage.database import Transaction
from services.contracts.envelope import Event
from services.contracts.events import UnitFact
from services.notifications.campaign import NotificationsCampaign
from services.notifications.deliveries.take import announce
from services.notifications.subscriptions.matching import schedule_deliveries


class Scheduler:
    """Takes events of all campaigns; the consumer calls `handle` for each batch."""

    def __init__(
        self, campaigns: Campaigns[NotificationsCampaign], wake: Callable[[], None]
    ) -> None:
        """`wake` is called after each commit that made deliveries."""
        self._registry = campaigns.registry
        self._unknown = campaigns.unknown
        self._wake = wake

    async def handle(self, tx: Transaction, events: Sequence[Event]) -> Sequence[Event]:
        """A delivery of each event for each subscription that it concerns, and who sends them
        learns of it. Returns the events that are new here.

        Before its first lock it knows all campaigns, units and names. Raises what passes while
        one of them may be on its way; PermanentError for a campaign or unit that is not.
        """
        campaigns = await self._campaigns_of(events)
        await self._registry.require_all_current(tx, campaigns.values())
        new = await new_in_inbox(tx, events) if events else []
        if new and await schedule_deliveries(tx, new, campaigns):
            await announce(tx)
            tx.on_commit(self._wake)
        return new

    async def _campaigns_of(self, events: Sequence[Event]) -> Mapping[str, NotificationsCampaign]:
        """Of the whole batch, before anything is refused: so one wait serves all of it."""
        campaigns: dict[str, NotificationsCampaign] = {}
        refused: list[NotAnnouncedYetError | PermanentError] = []
        for name in sorted({event.data.campaign for event in events}):
            try:
                campaigns[name] = await self._registry.of(name)
            except UnreadableCampaignError as error:
                # Announced by a newer version: its facts wait for that version to run here.
                raise TransientError(f"{name} can't be read by this version") from error
            except UnknownCampaignError:
                self._note(refused, self._unknown.refuse_campaign, name)
        for event in events:
            fact = event.data
            if (campaign := campaigns.get(fact.campaign)) is None:
                continue
            if isinstance(fact, UnitFact) and fact.unit not in campaign.units:
                self._note(refused, self._unknown.refuse_unit, campaign.id, fact.unit)
            for code in campaign.names.nameless(fact):
                self._note(refused, self._unknown.give_time, campaign.id, code)
        passing = [error for error in refused if isinstance(error, NotAnnouncedYetError)]
        if refused:
            raise (passing or refused)[0]
        return campaigns

    @staticmethod
    def _note(
        refused: list[NotAnnouncedYetError | PermanentError],
        refuse: Callable[..., None],
        *what: str,
    ) -> None:
        try:
            refuse(*what)
        except (NotAnnouncedYetError, PermanentError) as error:
            refused.append(error)
