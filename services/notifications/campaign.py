"""What notifications makes of a campaign: its units, by which events are matched and rights are
decided, and the names for the codes in facts."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from services.campaigns.announced import AnnouncedCampaign
from services.campaigns.parts import Campaigns
from services.campaigns.registry import CampaignRegistry
from services.campaigns.take import take_version
from services.chassis.base import Chassis
from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.units import UnitTree
from services.contracts.events import CampaignAnnounced, CampaignFact, CampaignWithdrawn
from services.notifications.mail_texts.text import CampaignNames
from services.notifications.names import names_of


@dataclass(frozen=True, slots=True)
class NotificationsCampaign:
    """One campaign, as it is announced now."""

    id: str
    generation: int
    units: UnitTree
    """Every unit that any version had: facts of one that a later version dropped still arrive."""
    names: CampaignNames
    zone: ZoneInfo
    """Whose days count."""
    withdrawn: bool = False
    """Before it opened: nothing more happens in it."""

    def day(self, moment: datetime) -> date:
        """The local day of a moment."""
        return moment.astimezone(self.zone).date()


FOLLOWED: Final[tuple[type[CampaignFact], ...]] = (CampaignAnnounced, CampaignWithdrawn)
"""Facts that make, change and end what is kept of a campaign here."""

Registry = CampaignRegistry[NotificationsCampaign]


def campaigns_of(chassis: Chassis) -> Campaigns[NotificationsCampaign]:
    """The campaigns of one process of notifications."""
    return Campaigns(
        chassis,
        follows=FOLLOWED,
        take=partial(take_version, on_version=nothing_to_do),
        make=make,
    )


def names_in(registry: Registry) -> Callable[[str], Awaitable[CampaignNames]]:
    """The names of a campaign, looked up whenever something is sent; raises what `of` does."""

    async def names(campaign: str) -> CampaignNames:
        return (await registry.of(campaign)).names

    return names


async def nothing_to_do(_tx: Transaction, _fact: CampaignFact) -> None:
    """Subscriptions name campaigns or none: a new version changes no row of theirs."""


async def make(_tx: Transaction, announced: AnnouncedCampaign) -> NotificationsCampaign:
    """What notifications needs of an announced campaign."""
    versions = [one.campaign for one in announced.versions]
    return NotificationsCampaign(
        id=announced.id,
        generation=announced.generation,
        units=_units_of(versions),
        names=names_of(*versions),
        zone=announced.newest.plan.zone,
        withdrawn=announced.withdrawn_at is not None,
    )


def _units_of(versions: Sequence[Campaign]) -> UnitTree:
    """The newest tree, with the units that only earlier versions have."""
    newest = versions[-1].units
    known = {unit.code: unit for version in versions for unit in version.units}
    dropped = [unit for code, unit in known.items() if code not in newest]
    return UnitTree([*newest.rows, *dropped]) if dropped else newest
