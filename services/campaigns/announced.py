"""A campaign as it was announced so far. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.contracts.campaign.campaign import Campaign


@dataclass(frozen=True, slots=True)
class AnnouncedVersion:
    """A version that holds from a moment on."""

    version: int
    campaign: Campaign
    document: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class AnnouncedCampaign:
    """All versions of a campaign, and which state of it this is."""

    id: str
    generation: int
    """See `models.CampaignHead`."""
    versions: Sequence[AnnouncedVersion]
    """In their order, at least one; a withdrawal is none of them."""
    withdrawn_at: datetime | None = None

    @property
    def newest(self) -> Campaign:
        """Plan and units as they are now."""
        return self.versions[-1].campaign

    def known_at(self, moment: datetime) -> Campaign:
        """Plan and units as they were known at a moment; before the first version, that one."""
        known = [one.campaign for one in self.versions if one.at <= moment]
        return known[-1] if known else self.versions[0].campaign
