"""Campaigns as the pages need them: plan and unit tree, read once a version.

Who may read which campaign the service decides at each page; what is kept here is a version as it
answered it, which never changes.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import load_campaign
from services.contracts.campaign.units import Unit
from services.contracts.reading import read_moment
from services.portal.api import ApiOfReader

_KEPT = 8
"""Campaigns kept read: some 5 MB each of 650 units."""


@dataclass(frozen=True, slots=True)
class KnownCampaign:
    """One campaign as it is now."""

    id: str
    state: str
    """announced, open, closed or withdrawn."""
    version: int
    campaign: Campaign

    def unit(self, code: str | None) -> Unit | None:
        """The unit of that code, as it was last; None where there is none."""
        return self.campaign.units.get(code) if code is not None else None


@dataclass(frozen=True, slots=True)
class Listed:
    """All campaigns."""

    now: datetime
    """The services' time, by which they judge what is late."""
    campaigns: Sequence[Mapping[str, Any]]

    def of_today(self, today: date) -> Mapping[str, Any] | None:
        """The one that somebody wants to see first: one that runs, else the newest."""
        day = today.isoformat()
        running = (one for one in self.campaigns if one["opens"] <= day <= one["closes"])
        return next(running, next(iter(self.campaigns), None))


class KnownCampaigns:
    """Reads campaigns, and remembers the newest versions."""

    def __init__(self) -> None:
        self._read: OrderedDict[tuple[str, int], Campaign] = OrderedDict()

    async def list(self, api: ApiOfReader) -> Listed:
        """All campaigns but those that were withdrawn, the one that opened last first. Raises
        RefusedByServiceError and AwayError."""
        answer = await api.get("submissions", "/v1/campaigns")
        shown = [one for one in answer["campaigns"] if one["state"] != "withdrawn"]
        shown.sort(key=lambda one: (one["opens"], one["campaign"]), reverse=True)
        return Listed(read_moment(answer["now"]), shown)

    async def of(self, api: ApiOfReader, listed: Mapping[str, Any]) -> KnownCampaign:
        """A campaign of the list. Raises RefusedByServiceError and AwayError."""
        key = (str(listed["campaign"]), int(listed["version"]))
        campaign = self._read.get(key)
        if campaign is None:
            path = f"/v1/campaigns/{key[0]}/versions/{key[1]}"
            answer = await api.get("submissions", path)
            files = {name: text.encode() for name, text in answer["files"].items()}
            campaign = self._read[key] = await asyncio.to_thread(load_campaign, files)
            if len(self._read) > _KEPT:
                self._read.popitem(last=False)
        self._read.move_to_end(key)
        return KnownCampaign(key[0], str(listed["state"]), key[1], campaign)
