"""What the endpoints of notifications need beside the chassis."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from services.chassis.http import Caller, context_of
from services.contracts.campaign.plan import Plan
from services.contracts.campaign.units import UnitTree
from services.notifications.settings import NotificationsSettings
from services.notifications.subscriptions.visibility import VisibilityScope, visibility_scope


@dataclass(frozen=True, slots=True)
class NotificationsContext:
    """One per application."""

    settings: NotificationsSettings
    plan: Plan
    units: UnitTree
    wake: Callable[[], None]
    """Wakes the senders of this process: something may be due."""


Context = Annotated[NotificationsContext, Depends(context_of(NotificationsContext))]


def _scope(caller: Caller, context: Context) -> VisibilityScope:
    return visibility_scope(caller, context.units)


Scope = Annotated[VisibilityScope, Depends(_scope)]
"""Parameter type: which subscriptions the caller may see."""
