"""What all endpoints of notifications need beside the chassis. It knows no feature."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends

from services.chassis.http import context_of
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.units import UnitTree
from services.notifications.settings import NotificationsSettings


@dataclass(frozen=True, slots=True)
class NotificationsContext:
    """One per application."""

    settings: NotificationsSettings
    plan: Plan
    units: UnitTree
    wake: Callable[[], None]
    """Wakes the senders of this process: something may be due."""

    def day(self, now: datetime) -> date:
        """The local day."""
        return now.astimezone(self.plan.zone).date()


Context = Annotated[NotificationsContext, Depends(context_of(NotificationsContext))]
"""Parameter type of an endpoint."""
