"""The desk that takes commands: what every command needs, and what is asked of every one."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.chassis.problems import Faults
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.units import Unit
from services.contracts.envelope import uuid7
from services.submissions.desk.commands import Body
from services.submissions.desk.standing import check_open, check_unit
from services.submissions.obligations.store import ObligationStore


@dataclass(frozen=True, slots=True)
class Receipt:
    """When a command came in: the request's arrival, not its commit, decides about lateness."""

    at: datetime
    """Aware, in the campaign's zone."""

    @property
    def day(self) -> date:
        """The local day."""
        return self.at.date()


class Desk:
    """The campaign that runs here, its obligations, and whether simulated data are taken."""

    def __init__(self, campaign: Campaign, *, allow_simulated: bool) -> None:
        self.campaign = campaign
        self.plan = campaign.plan
        self.obligations = ObligationStore(campaign)
        self._allow_simulated = allow_simulated

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days count."""
        return self.plan.zone

    def receipt(self, now: datetime) -> Receipt:
        """A command arrives now."""
        return Receipt(now.astimezone(self.zone))

    def new_id(self, receipt: Receipt) -> UUID:
        """An id for what this command makes, ordered by time."""
        return uuid7(receipt.at)

    def check_body(self, faults: Faults, body: Body, receipt: Receipt) -> None:
        """The campaign runs and is the one that is meant; simulated data only where allowed."""
        check_open(faults, self.campaign, receipt.day)
        if body.campaign not in (None, self.plan.campaign):
            faults.add(
                "/campaign",
                f"Ở đây đang chạy đợt {self.plan.campaign}; hãy sửa hoặc bỏ trường này.",
                f"The campaign that runs here is {self.plan.campaign}: correct or omit this.",
                rule="campaign.same",
            )
        if body.simulated and not self._allow_simulated:
            faults.add(
                "/simulated",
                "Hệ thống chính thức không nhận dữ liệu mô phỏng; hãy bỏ trường này.",
                "Production takes no simulated data: leave this out.",
                rule="data.simulated",
            )

    def check_sender(self, faults: Faults, body: Body, unit: str, receipt: Receipt) -> Unit | None:
        """The same, and the unit is known and exists on the day of receipt; else None."""
        self.check_body(faults, body, receipt)
        return check_unit(faults, self.campaign, unit, receipt.day)
