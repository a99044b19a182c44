"""Subscriptions: the list, a new one, what was sent under it, going on after failures, its end."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.responses import Response

from services.contracts.campaign.units import Unit
from services.portal import subscription_words as words
from services.portal.api import RefusedByServiceError
from services.portal.forms import Form, body_of, posted
from services.portal.pages.scope import CampaignPages, In
from services.portal.visit import NotForYouError

router = APIRouter()

_API = "/v1/subscriptions"
_FIELDS = (
    "/event_types",
    "/unit",
    "/campaign",
    "/channel",
    "/address",
    "/url",
    "/language",
    "/personal_data",
    "/note",
)
_TEXTS = ("/unit", "/channel", "/address", "/url", "/language", "/note")
_EVENT = "event_types."
"""The checkbox of an event is named so, and then as the event."""
_DELIVERIES = 50
"""Of one page."""


@router.get("/dot/{campaign}/thong-bao")
async def subscriptions(scope: In, sau: UUID | None = None) -> Response:
    """Who keeps which; those that were switched off stand first."""
    session = scope.visit.require("unit", "district", "board", "ops")
    api = scope.visit.api
    disabled, active = await asyncio.gather(
        api.get("notifications", _API, state="disabled", limit=200),
        api.get(
            "notifications",
            _API,
            state="active",
            limit=100,
            after=None if sau is None else str(sau),
        ),
    )
    stopped: Sequence[Mapping[str, Any]] = disabled["items"] if sau is None else ()
    return scope.visit.page(
        "subscriptions/list.html",
        scope=scope,
        subscriptions=[*stopped, *active["items"]],
        next=active["next"],
        may_subscribe=session.has("unit", "district", "board"),
        words=words,
    )


@router.get("/dot/{campaign}/thong-bao/moi")
async def new(scope: In) -> Response:
    """The form."""
    scope.visit.require("unit", "district", "board")
    values = {
        "unit": scope.visit.signed_in.unit or "",
        "channel": "email",
        "language": "vi",
        "campaign": scope.known.id,
        **{_EVENT + event: "1" for event in ("deadline-approaching", "deadline-missed")},
    }
    return _form(scope, Form(_FIELDS, values), values)


@router.post("/dot/{campaign}/thong-bao/moi")
async def subscribe(scope: In) -> Response:
    """Subscribe. The answer with a secret is the page itself, not a redirection: the secret is in
    no other answer."""
    visit = scope.visit
    visit.require("unit", "district", "board")
    values = await posted(visit.request)
    body = body_of(values, _TEXTS)
    body["event_types"] = [name.removeprefix(_EVENT) for name in values if name.startswith(_EVENT)]
    if values.get("campaign") != "all":
        body["campaign"] = scope.known.id
    body["personal_data"] = "personal_data" in values
    key = values.get("idempotency_key") or str(uuid4())
    try:
        made = await visit.api.post("notifications", _API, body, key=key)
    except RefusedByServiceError as error:
        if error.status not in (400, 403, 409, 422) or not error.problem:
            raise
        form = Form(_FIELDS, values, error.problem, visit.language)
        return _form(scope, form, values)
    if made["channel"] != "webhook":
        return visit.lead_to(f"{scope.base}/thong-bao/{made['id']}?xong=moi")
    return visit.page("subscriptions/secret.html", status=201, scope=scope, made=made)


@router.get("/dot/{campaign}/thong-bao/{subscription_id}")
async def subscription(
    scope: In, subscription_id: UUID, truoc: UUID | None = None, xong: str | None = None
) -> Response:
    """One with what was sent; `xong` says what was done last."""
    api, path = scope.visit.api, f"{_API}/{subscription_id}"
    one, deliveries = await asyncio.gather(
        api.get("notifications", path),
        api.get(
            "notifications",
            f"{path}/deliveries",
            before=None if truoc is None else str(truoc),
            limit=_DELIVERIES,
        ),
    )
    return scope.visit.page(
        "subscriptions/one.html",
        scope=scope,
        one=one,
        deliveries=deliveries,
        done=xong,
        first_page=truoc is None,
        may_change=scope.visit.signed_in.has("unit", "district", "board"),
        key=str(uuid4()),
        words=words,
    )


@router.post("/dot/{campaign}/thong-bao/{subscription_id}/tiep-tuc")
async def resume(scope: In, subscription_id: UUID) -> Response:
    """Switch it on again."""
    visit = scope.visit
    values = await posted(visit.request)
    await visit.api.post(
        "notifications",
        f"{_API}/{subscription_id}/resumption",
        {"failed_too": "failed_too" in values},
        key=values.get("idempotency_key") or str(uuid4()),
    )
    return visit.lead_to(f"{scope.base}/thong-bao/{subscription_id}?xong=tiep-tuc")


@router.get("/dot/{campaign}/thong-bao/{subscription_id}/xoa")
async def ask_deletion(scope: In, subscription_id: UUID) -> Response:
    """The question before it ends."""
    one = await scope.visit.api.get("notifications", f"{_API}/{subscription_id}")
    return scope.visit.page("subscriptions/delete.html", scope=scope, one=one, words=words)


@router.post("/dot/{campaign}/thong-bao/{subscription_id}/xoa")
async def delete(scope: In, subscription_id: UUID) -> Response:
    """End it."""
    await scope.visit.api.delete("notifications", f"{_API}/{subscription_id}")
    return scope.visit.lead_to(f"{scope.base}/thong-bao")


def _form(scope: CampaignPages, form: Form, values: Mapping[str, str]) -> Response:
    return scope.visit.page(
        "subscriptions/form.html",
        status=422 if form.summary else 200,
        scope=scope,
        f=form,
        values=values,
        units=_units(scope),
        words=words,
        key=str(uuid4()),
    )


def _units(scope: CampaignPages) -> Sequence[Unit]:
    """Those of which the reader may ask to be told; whether it may, the service decides."""
    session = scope.visit.signed_in
    tree = scope.known.campaign.units.on(scope.visit.today)
    if session.has("board"):
        return list(tree)
    own = scope.known.unit(session.unit)
    if own is None:
        raise NotForYouError
    if session.has("district") and own.code in tree:
        return list(tree.subtree(own.code))
    return [own]
