"""What all endpoints of notifications need beside the chassis. It knows no feature."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from services.chassis.http import context_of
from services.notifications.campaign import Registry
from services.notifications.settings import NotificationsSettings


@dataclass(frozen=True, slots=True)
class NotificationsContext:
    """One per application."""

    settings: NotificationsSettings
    campaigns: Registry
    wake: Callable[[], None]
    """Wakes the senders of this process: something may be due."""


Context = Annotated[NotificationsContext, Depends(context_of(NotificationsContext))]
"""Parameter type of an endpoint."""
