"""HTTP: subscriptions, made and found and ended."""

from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.chassis.base import Chassis
from services.chassis.http import Caller, Once, Router, access
from services.chassis.http.idempotency import REPLAYED
from services.chassis.http.idempotency_store import change_answers
from services.chassis.problems import CONFLICT, FAULTY, NOT_FOUND
from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.notifications.secret_encryption import new_webhook_secret
from services.notifications.settings import NotificationsSettings
from services.notifications.subscriptions import service
from services.notifications.subscriptions.schemas import (
    Limit,
    SubscriptionList,
    SubscriptionMade,
    SubscriptionOut,
    forgetting,
)
from services.notifications.subscriptions.subscription_request import SubscriptionRequest, faults_of
from services.notifications.subscriptions.visibility import may_subscribe, visibility_scope


def router(chassis: Chassis, settings: NotificationsSettings, campaign: Campaign) -> Router:
    """The routes."""
    api = Router(prefix="/v1/subscriptions", tags=["subscriptions"])
    tree = campaign.units
    encryption = settings.secret_encryption
    database = chassis.database

    @api.post(
        "",
        status_code=201,
        response_model=SubscriptionMade,
        openapi_extra=access("unit", "district", "board", refuses=[CONFLICT]),
    )
    async def subscribe(body: SubscriptionRequest, caller: Caller, once: Once) -> Response:
        """Ask to be told of events, by e-mail or webhook.

        A webhook's secret is in this answer and nowhere else.
        """
        faults_of(
            body,
            tree,
            mail_is_possible=bool(settings.smtp_host),
            internal_is_allowed=settings.allow_internal_webhooks,
        ).refuse_as(FAULTY)
        if not may_subscribe(caller, body.unit, tree):
            raise service.no_right(body.unit)
        secret = new_webhook_secret() if body.channel == "webhook" else None

        async def store(tx: Transaction) -> tuple[int, SubscriptionMade]:
            made = await service.add(
                tx,
                body,
                caller,
                campaign=campaign.plan.campaign,
                encrypted_secret=encryption.encrypt(secret) if secret else None,
            )
            # What is returned here is kept for repetitions; so the secret is not in it.
            out = SubscriptionOut.of(made, visibility_scope(caller, tree))
            return 201, SubscriptionMade(**out.model_dump())

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

    @api.get("", openapi_extra=access("unit", "district", "board", "ops"))
    async def list_subscriptions(
        caller: Caller,
        unit: Annotated[str | None, Query(description="Only of this unit.")] = None,
        state: Literal["active", "disabled", "deleted"] | None = None,
        after: Annotated[UUID | None, Query(description="`next` of the page before.")] = None,
        limit: Limit = 100,
    ) -> SubscriptionList:
        """Your subscriptions; the Board's and operators' list has everyone's."""
        scope = visibility_scope(caller, tree)
        async with database.transaction() as tx:
            rows = await service.list_subscriptions(
                tx, scope, unit=unit, state=state, after=after, limit=limit
            )
        items = [SubscriptionOut.of(row, scope) for row in rows]
        return SubscriptionList(items=items, next=items[-1].id if len(items) == limit else None)

    @api.get(
        "/{subscription_id}",
        openapi_extra=access("unit", "district", "board", "ops", refuses=[NOT_FOUND]),
    )
    async def read_subscription(subscription_id: UUID, caller: Caller) -> SubscriptionOut:
        """One subscription, with why it was switched off if it was."""
        scope = visibility_scope(caller, tree)
        async with database.transaction() as tx:
            row = await service.find(tx, subscription_id, scope)
        return SubscriptionOut.of(row, scope)

    @api.delete(
        "/{subscription_id}",
        status_code=204,
        openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
    )
    async def unsubscribe(subscription_id: UUID, caller: Caller) -> None:
        """End it. Address, URL, note and secret are forgotten; what was sent stays counted.

        Also in the answers that are kept for repetitions.
        """
        async with database.transaction() as tx:
            row = await service.find(tx, subscription_id, visibility_scope(caller, tree))
            await service.delete(tx, row)
            # After it: a resumption that ran at the same time has committed its answer by now.
            forget = partial(forgetting, subscription=subscription_id)
            await change_answers(tx, str(subscription_id), forget)

    return api
