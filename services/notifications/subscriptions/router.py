"""HTTP: subscriptions are created, listed, resumed and deleted."""

from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.chassis.http import Caller, CurrentChassis, Once, Router, access
from services.chassis.http.idempotency import REPLAYED
from services.chassis.http.idempotency_store import change_answers
from services.chassis.problems import CONFLICT, FAULTY, NOT_FOUND
from services.chassis.storage.database import Transaction
from services.notifications.channels.registry import CHANNELS
from services.notifications.context import Context
from services.notifications.secret_encryption import new_webhook_secret
from services.notifications.subscriptions import service
from services.notifications.subscriptions.campaigns import campaigns_asked_for
from services.notifications.subscriptions.schemas import (
    Limit,
    SubscriptionList,
    SubscriptionMade,
    SubscriptionOut,
    forgetting,
)
from services.notifications.subscriptions.subscription_request import SubscriptionRequest, faults_of
from services.notifications.subscriptions.visibility import Scope, may_subscribe

router = Router(prefix="/v1/subscriptions", tags=["subscriptions"])


@router.post(
    "",
    status_code=201,
    response_model=SubscriptionMade,
    openapi_extra=access("unit", "district", "board", refuses=[CONFLICT]),
)
async def subscribe(
    *,
    body: SubscriptionRequest,
    caller: Caller,
    once: Once,
    chassis: CurrentChassis,
    context: Context,
    scope: Scope,
) -> Response:
    """Ask for events, by e-mail or webhook.

    A webhook's secret is in this answer and nowhere else.
    """
    now = chassis.clock.now()
    campaigns = await campaigns_asked_for(
        context.campaigns, body, lambda one: may_subscribe(caller, body.unit, [one], now)
    )
    faults_of(body, campaigns, context.settings).refuse_as(FAULTY)
    if not may_subscribe(caller, body.unit, campaigns, now):
        trees = [campaign.units for campaign in campaigns]
        raise service.no_right(next(tree[body.unit] for tree in trees if body.unit in tree))
    secret = new_webhook_secret() if CHANNELS[body.channel].signs else None
    encrypted = context.settings.secret_encryption.encrypt(secret) if secret else None

    async def store(tx: Transaction) -> tuple[int, SubscriptionMade]:
        if body.campaign is not None:
            await context.campaigns.require_all_current(tx, campaigns)
        made = await service.add(tx, body, caller, encrypted_secret=encrypted)
        # What is returned here is kept for repetitions; so the secret is not in it.
        return 201, SubscriptionMade(**SubscriptionOut.of(made, scope).model_dump())

    response = await once(store)
    if secret is None or REPLAYED in response.headers:
        return response
    shown = SubscriptionMade.model_validate_json(bytes(response.body))
    shown.secret = secret
    return Response(
        shown.model_dump_json(),
        response.status_code,
        headers={"Cache-Control": "no-store"},
        media_type="application/json",
    )


@router.get("", openapi_extra=access("unit", "district", "board", "ops"))
async def list_subscriptions(
    scope: Scope,
    chassis: CurrentChassis,
    *,
    campaign: Annotated[
        str | None, Query(description="Only those that get events of this campaign.")
    ] = None,
    unit: Annotated[str | None, Query(description="Only of this unit.")] = None,
    state: Literal["active", "disabled", "deleted"] | None = None,
    after: Annotated[UUID | None, Query(description="`next` of the page before.")] = None,
    limit: Limit = 100,
) -> SubscriptionList:
    """Your subscriptions; the Board's and operators' list has everyone's."""
    async with chassis.database.transaction() as tx:
        rows = await service.list_subscriptions(
            tx, scope, campaign=campaign, unit=unit, state=state, after=after, limit=limit
        )
    items = [SubscriptionOut.of(row, scope) for row in rows]
    return SubscriptionList(items=items, next=items[-1].id if len(items) == limit else None)


@router.get(
    "/{subscription_id}",
    openapi_extra=access("unit", "district", "board", "ops", refuses=[NOT_FOUND]),
)
async def read_subscription(
    subscription_id: UUID, scope: Scope, chassis: CurrentChassis
) -> SubscriptionOut:
    """One subscription, with why it was switched off if it was."""
    async with chassis.database.transaction() as tx:
        row = await service.find(tx, subscription_id, scope)
    return SubscriptionOut.of(row, scope)


@router.delete(
    "/{subscription_id}",
    status_code=204,
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
)
async def unsubscribe(subscription_id: UUID, scope: Scope, chassis: CurrentChassis) -> None:
    """End it. Address, URL, note and secret are forgotten; what was sent stays counted.

    Also in the answers that are kept for repetitions.
    """
    async with chassis.database.transaction() as tx:
        row = await service.find(tx, subscription_id, scope)
        await service.delete(tx, row)
        # After it: a resumption that ran at the same time has committed its answer by now.
        forget = partial(forgetting, subscription=subscription_id)
        await change_answers(tx, str(subscription_id), forget)
