"""A campaign as it was announced so far. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.campaigns.models import CampaignHead, CampaignVersion
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import PLAN, UNITS, load_campaign
from services.contracts.campaign.problems import CampaignProblems


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


def announced_of(head: CampaignHead, rows: Sequence[CampaignVersion]) -> AnnouncedCampaign:
    """A campaign from its rows, in the order of versions, one of which has documents.

    Raises CampaignProblems where the newest version can't be read. Older ones that can't be are
    left out: nobody acts by them.
    """
    versions = []
    newest = next(row for row in reversed(rows) if row.plan is not None)
    for row in rows:
        if row.plan is None or row.units is None:
            continue
        try:
            campaign = load_campaign({PLAN: row.plan.encode(), UNITS: row.units.encode()})
        except CampaignProblems:
            if row is newest:
                raise
            continue
        versions.append(AnnouncedVersion(row.version, campaign, row.document, row.reason, row.at))
    withdrawn = rows[-1].at if rows[-1].plan is None else None
    return AnnouncedCampaign(head.campaign, head.generation, versions, withdrawn)
