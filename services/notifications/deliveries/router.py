"""HTTP: what was sent under a subscription, and going on after a failure."""

from collections.abc import Callable
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.chassis.base import Chassis
from services.chassis.http import Caller, Once, Principal, Router, access
from services.chassis.problems import CONFLICT, NOT_FOUND, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.campaign.units import UnitTree
from services.notifications.deliveries import queries
from services.notifications.deliveries.schemas import DeliveryList, ResumptionIn, ResumptionOut
from services.notifications.deliveries.wakeup import announce
from services.notifications.subscriptions import service
from services.notifications.subscriptions.schemas import Limit, SubscriptionOut
from services.notifications.subscriptions.visibility import visibility_scope


def router(chassis: Chassis, tree: UnitTree, *, wake: Callable[[], None] = lambda: None) -> Router:
    """The routes. `wake` tells the senders of this process that something may be due."""
    api = Router(prefix="/v1/subscriptions", tags=["deliveries"])
    database = chassis.database

    @api.get(
        "/{subscription_id}/deliveries",
        openapi_extra=access("unit", "district", "board", "ops", refuses=[NOT_FOUND]),
    )
    async def list_deliveries(
        subscription_id: UUID,
        caller: Caller,
        state: Literal["pending", "held", "accepted", "failed", "cancelled"] | None = None,
        before: Annotated[UUID | None, Query(description="`next` of the page before.")] = None,
        limit: Limit = 50,
    ) -> DeliveryList:
        """What was sent, newest first, with every attempt and how it ended."""
        async with database.transaction() as tx:
            row = await service.find(tx, subscription_id, visibility_scope(caller, tree))
            return await queries.deliveries_of(tx, row.id, state=state, before=before, limit=limit)

    @api.post(
        "/{subscription_id}/resumption",
        response_model=ResumptionOut,
        openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND, CONFLICT]),
    )
    async def resume(
        subscription_id: UUID, body: ResumptionIn, caller: Caller, once: Once
    ) -> Response:
        """Switch a disabled subscription on again; on an active one, put back what failed."""

        async def effect(tx: Transaction) -> tuple[int, ResumptionOut]:
            return 200, await _resumed(tx, subscription_id, body, caller)

        response = await once(effect)
        wake()
        return response

    async def _resumed(
        tx: Transaction, subscription_id: UUID, body: ResumptionIn, caller: Principal
    ) -> ResumptionOut:
        scope = visibility_scope(caller, tree)
        row = await service.find(tx, subscription_id, scope)
        if row.state == "deleted":
            raise Refusal(
                CONFLICT,
                detail=(
                    "Đăng ký đã bị xoá; hãy tạo đăng ký mới.",
                    "The subscription was deleted: make a new one.",
                ),
            )
        put_back = await service.resume(tx, row, failed_too=body.failed_too)
        if put_back:
            await announce(tx)
        return ResumptionOut(subscription=SubscriptionOut.of(row, scope), put_back=put_back)

    return api
