"""HTTP: what was sent so far."""

from services.chassis.http import CurrentChassis, Router, access
from services.notifications.statistics import queries
from services.notifications.statistics.schemas import DeliveryStatisticsOut

router = Router(prefix="/v1", tags=["statistics"])


@router.get("/statistics", openapi_extra=access("board", "ops"))
async def read_statistics(chassis: CurrentChassis) -> DeliveryStatisticsOut:
    """Deliveries by channel and state, and subscriptions that are on and off."""
    async with chassis.database.transaction() as tx:
        return await queries.statistics(tx)
