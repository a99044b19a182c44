"""HTTP: what was sent so far."""

from services.chassis.base import Chassis
from services.chassis.http import Router, access
from services.notifications.statistics import queries
from services.notifications.statistics.schemas import StatisticsOut


def router(chassis: Chassis) -> Router:
    """The route."""
    api = Router(prefix="/v1", tags=["statistics"])

    @api.get("/statistics", openapi_extra=access("board", "ops"))
    async def read_statistics() -> StatisticsOut:
        """Mails and webhooks by state, and subscriptions that are on and off."""
        async with chassis.database.transaction() as tx:
            return await queries.statistics(tx)

    return api
