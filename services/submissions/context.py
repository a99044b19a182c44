"""What every command needs: the campaign that its route names, and when it was received."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from fastapi import Depends

from services.campaigns.announced import AnnouncedCampaign
from services.campaigns.path import CampaignPath, campaign_of_path
from services.campaigns.registry import CampaignRegistry, Make
from services.chassis.http import context_of
from services.chassis.problems import Faults
from services.chassis.storage.database import Transaction
from services.contracts.campaign.contest import Contest
from services.contracts.campaign.deadlines import Deadline
from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.units import Unit
from services.submissions.eligibility import check_open, check_unit
from services.submissions.orders.order import Orders
from services.submissions.orders.queries import orders_of
from services.submissions.schemas import Body


@dataclass(frozen=True, slots=True)
class Receipt:
    """When a command was received: the request's arrival, not its commit, decides on lateness."""

    at: datetime
    """Aware, in the campaign's zone."""
    command_id: UUID
    """Names what the command makes: the same one when the command is repeated."""
    account: str | None = None
    """The subject of the token with which it came; read by the Board alone, and in no event."""

    @property
    def day(self) -> date:
        """The local day."""
        return self.at.date()


class CampaignContext:
    """One campaign as it was announced so far, and whether simulated data are accepted.

    It knows no feature: whatever these share is here, what one of them needs is in its folder.
    """

    def __init__(
        self, announced: AnnouncedCampaign, orders: Orders, *, allow_simulated: bool
    ) -> None:
        """`orders`: those about the ends of contests are up to date, because they make the campaign
        another one; of the others there may be more by now."""
        self._orders = orders
        self.announced = announced
        self.id = announced.id
        self.generation = announced.generation
        self.campaign = announced.newest
        self.plan = self.campaign.plan
        self.awaiting = self.plan.awaiting
        """By obligation those whose last days depend on it; empty in most plans."""
        self._allow_simulated = allow_simulated
        # A handful of different deadlines over hundreds of rows.
        self.planned_under = lru_cache(maxsize=256)(self._planned_under)

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days count."""
        return self.plan.zone

    def receipt(self, now: datetime, command_id: UUID, account: str | None = None) -> Receipt:
        """The receipt of a command that arrives now."""
        return Receipt(now.astimezone(self.zone), command_id, account)

    def day(self, now: datetime) -> date:
        """The local day."""
        return now.astimezone(self.zone).date()

    def with_predecessors(self, unit: str, day: date) -> list[str]:
        """The unit, and those that it took over by that local day."""
        return [unit, *(one.code for one in self.campaign.units.predecessors(unit, day))]

    def contest_end(self, contest: Contest, unit: str | None = None) -> date:
        """The last day of a contest for a unit or for all, as documents moved it."""
        return self._orders.contest_end(contest, unit)

    def check_body(self, faults: Faults, body: Body, receipt: Receipt) -> None:
        """The campaign is open; simulated data only where allowed."""
        withdrawn = self.announced.withdrawn_at is not None
        check_open(faults, self.campaign, receipt.day, withdrawn=withdrawn)
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

    def ended_by(self, day: date) -> tuple[str, ...]:
        """Units that are no more on a local day, in the file's order."""
        return tuple(unit.code for unit in self.campaign.units if unit.ends <= day)

    def _planned_under(self, obligation: str, last_days: str) -> ObligationPlan:
        """An obligation under other deadlines: last day by option, as JSON, null where it is not
        known yet.

        Those are the options that a unit has. What an amendment took out of the plan is as the last
        version had it.
        """
        days = msgspec.json.decode(last_days, type=dict[str, date | None])
        plans = [
            planned
            for version in reversed(self.announced.versions)
            for planned in version.campaign.plan.obligations
            if planned.id == obligation
        ]
        options = {option.id: option for planned in reversed(plans) for option in planned.options}
        due = {option: Deadline(date=day, included=True) for option, day in days.items() if day}
        own = tuple(options[option] for option in days)
        return plans[0].model_copy(update={"options": own}).with_deadlines(due)


def context_maker(*, allow_simulated: bool) -> Make[CampaignContext]:
    """What the registry calls for each campaign."""

    async def make(tx: Transaction, announced: AnnouncedCampaign) -> CampaignContext:
        orders = await orders_of(tx, announced.id, announced.newest.units)
        return CampaignContext(announced, orders, allow_simulated=allow_simulated)

    return make


Registry = Annotated[CampaignRegistry[CampaignContext], Depends(context_of(CampaignRegistry))]
"""Parameter type of an endpoint: all campaigns."""


async def _context(campaign: CampaignPath, campaigns: Registry) -> CampaignContext:
    return await campaign_of_path(campaigns, campaign)


Context = Annotated[CampaignContext, Depends(_context)]
"""Parameter type of an endpoint: the campaign that its path names. Refuses (404) an unknown one."""
