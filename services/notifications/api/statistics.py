"""HTTP: what was sent so far."""

from services.chassis.base import Chassis
from services.chassis.http import Router, access
from services.notifications.api import reports
from services.notifications.api.bodies import StatisticsOut


def router(chassis: Chassis) -> Router:
    """The route."""
    api = Router(prefix="/v1", tags=["statistics"])

    @api.get("/statistics", openapi_extra=access("board", "ops"))
    async def read_statistics() -> StatisticsOut:
        """Mails and webhooks by state, and subscriptions that are on and off."""
        async with chassis.database.transaction() as tx:
            return await reports.statistics(tx)

    return api
