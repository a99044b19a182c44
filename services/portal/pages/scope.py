"""Which campaign and unit a page is about, and whether who asks may see it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from services.contracts.campaign.units import Unit
from services.portal.campaigns import KnownCampaign
from services.portal.visit import Here, NoSuchPageError, NotForYouError, Visit


@dataclass(frozen=True, slots=True)
class CampaignPages:
    """A campaign, and who looks at it."""

    visit: Visit
    known: KnownCampaign

    @property
    def base(self) -> str:
        """The path of the campaign's pages, without the language."""
        return f"/dot/{self.known.id}"

    @property
    def takes_essays(self) -> bool:
        """Whether the campaign has an essay contest."""
        return bool(self.known.campaign.plan.contests)

    @property
    def api_path(self) -> str:
        """The path of the campaign in the services."""
        return f"/v1/campaigns/{self.known.id}"

    def unit_of(self, code: str | None) -> Unit:
        """The unit that a page is about: the one that is asked for, else the reader's own.

        Whether the reader may see it, the services decide. Raises NoSuchPageError for an unknown
        one, NotForYouError where none is asked for by who has none.
        """
        wanted = code or self.visit.signed_in.unit
        if wanted is None:
            raise NotForYouError
        unit = self.known.unit(wanted)
        if unit is None:
            raise NoSuchPageError
        return unit


async def _scope(here: Here, campaign: str) -> CampaignPages:
    known = await here.campaign(campaign)
    assert known is not None  # noqa: S101 - asked by its code
    return CampaignPages(here, known)


In = Annotated[CampaignPages, Depends(_scope)]
"""Parameter type of the pages of one campaign."""
