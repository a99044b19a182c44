"""HTTP: what was sent under a subscription, and going on after a failure."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.chassis.http import CurrentChassis, Once, Router, access
from services.chassis.problems import CONFLICT, NOT_FOUND, Refusal
from services.chassis.storage.database import Transaction
from services.notifications.context import Context
from services.notifications.deliveries import queries
from services.notifications.deliveries.schemas import DeliveryList, ResumptionIn, ResumptionOut
from services.notifications.deliveries.take import announce
from services.notifications.subscriptions import service
from services.notifications.subscriptions.schemas import Limit, SubscriptionOut
from services.notifications.subscriptions.visibility import Scope

router = Router(prefix="/v1/subscriptions", tags=["deliveries"])


@router.get(
    "/{subscription_id}/deliveries",
    openapi_extra=access("unit", "district", "board", "ops", refuses=[NOT_FOUND]),
)
async def list_deliveries(
    subscription_id: UUID,
    scope: Scope,
    chassis: CurrentChassis,
    *,
    state: Literal["pending", "held", "accepted", "failed", "cancelled"] | None = None,
    before: Annotated[UUID | None, Query(description="`next` of the page before.")] = None,
    limit: Limit = 50,
) -> DeliveryList:
    """What was sent, newest first, with every attempt and how it ended."""
    async with chassis.database.transaction() as tx:
        row = await service.find(tx, subscription_id, scope)
        return await queries.deliveries_of(tx, row.id, state=state, before=before, limit=limit)


@router.post(
    "/{subscription_id}/resumption",
    response_model=ResumptionOut,
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND, CONFLICT]),
)
async def resume(
    subscription_id: UUID, body: ResumptionIn, once: Once, context: Context, scope: Scope
) -> Response:
    """Switch a disabled subscription on; on an active one, put back what failed."""

    async def effect(tx: Transaction) -> tuple[int, ResumptionOut]:
        row = await service.find(tx, subscription_id, scope)
        if row.state == "deleted":
            raise Refusal(
                CONFLICT,
                detail=(
                    "Đăng ký đã bị xóa. Tạo đăng ký mới.",
                    "The subscription was deleted: make a new one.",
                ),
            )
        put_back = await service.resume(tx, row, failed_too=body.failed_too)
        if put_back:
            await announce(tx)
        return 200, ResumptionOut(subscription=SubscriptionOut.of(row, scope), put_back=put_back)

    response = await once(effect)
    context.wake()
    return response
