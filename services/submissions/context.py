"""What every command needs: the campaign that runs here, and when the command was received."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from fastapi import Depends

from services.chassis.http import context_of
from services.chassis.problems import Faults
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.deadlines import Deadline
from services.contracts.campaign.plan import ObligationPlan
from services.contracts.campaign.units import Unit
from services.submissions.eligibility import check_open, check_unit
from services.submissions.schemas import Body


@dataclass(frozen=True, slots=True)
class Receipt:
    """When a command was received: the request's arrival, not its commit, decides on lateness."""

    at: datetime
    """Aware, in the campaign's zone."""
    command_id: UUID
    """Names what the command makes: the same one when the command is repeated."""

    @property
    def day(self) -> date:
        """The local day."""
        return self.at.date()


class CampaignContext:
    """The campaign that runs here, and whether simulated data are accepted.

    It knows no feature: whatever these share is here, what one of them needs is in its folder.
    """

    def __init__(self, campaign: Campaign, *, allow_simulated: bool) -> None:
        self.campaign = campaign
        self.plan = campaign.plan
        self._allow_simulated = allow_simulated
        # A handful of different deadlines over hundreds of rows.
        self.planned_under = lru_cache(maxsize=256)(self._planned_under)

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days count."""
        return self.plan.zone

    def receipt(self, now: datetime, command_id: UUID) -> Receipt:
        """The receipt of a command that arrives now."""
        return Receipt(now.astimezone(self.zone), command_id)

    def day(self, now: datetime) -> date:
        """The local day."""
        return now.astimezone(self.zone).date()

    def check_body(self, faults: Faults, body: Body, receipt: Receipt) -> None:
        """The campaign runs and is the one that is meant; simulated data only where allowed."""
        check_open(faults, self.campaign, receipt.day)
        runs = self.plan.short_title
        if body.campaign not in (None, self.plan.campaign):
            faults.add(
                "/campaign",
                f"Hệ thống đang chạy {runs.vi} (mã {self.plan.campaign}). Sửa hoặc bỏ trường này.",
                f"What runs here is {runs.en} ({self.plan.campaign}): correct or omit this.",
                rule="campaign.same",
            )
        if body.simulated and not self._allow_simulated:
            faults.add(
                "/simulated",
                "Hệ thống chính thức không tiếp nhận dữ liệu mô phỏng. Bỏ trường này.",
                "Production accepts no simulated data: leave this out.",
                rule="data.simulated",
            )

    def check_sender(self, faults: Faults, body: Body, unit: str, receipt: Receipt) -> Unit | None:
        """The same, and the unit is known and exists on the day of receipt; else None."""
        self.check_body(faults, body, receipt)
        return check_unit(faults, self.campaign, unit, receipt.day)

    def _planned_under(self, obligation: str, last_days: str) -> ObligationPlan:
        """An obligation of the plan under other deadlines: last day by option, as JSON."""
        days = msgspec.json.decode(last_days, type=dict[str, date])
        return self.plan.obligation(obligation).with_deadlines(
            {option: Deadline(date=day, included=True) for option, day in days.items()}
        )


Context = Annotated[CampaignContext, Depends(context_of(CampaignContext))]
"""Parameter type of an endpoint."""
