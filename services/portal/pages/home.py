"""The first page: for a unit what it owes next, for the Board the campaign at a glance."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.obligation_states import by_urgency, state_of
from services.portal.pages.scope import CampaignPages, In
from services.portal.visit import Here, NotForYouError, part

router = APIRouter()


@router.get("/")
async def first(here: Here) -> Response:
    """Leads to the campaign of today."""
    if here.session is None:
        return here.page("welcome.html")
    if not here.session.may_work:
        return here.page("errors/no_role.html", status=403)
    known = await here.campaign()
    if known is None:
        return here.page("no_campaign.html")
    return here.lead_to(f"/dot/{known.id}")


@router.get("/dot/{campaign}")
async def home(scope: In) -> Response:
    """One campaign, as who is here sees it."""
    session = scope.visit.signed_in
    if session.has("board"):
        return await _board(scope)
    if session.unit is not None:
        return await _unit(scope)
    raise NotForYouError


async def _unit(scope: CampaignPages) -> Response:
    unit, api = scope.unit_of(None), scope.visit.api
    owed, points, essays = await asyncio.gather(
        part(api.get("submissions", f"{scope.api_path}/obligations", unit=unit.code)),
        part(api.get("scoring", f"{scope.api_path}/units/{unit.code}/points")),
        part(api.get("submissions", f"{scope.api_path}/essays", unit=unit.code, limit=500)),
    )
    rows = by_urgency(
        [state_of(one, scope.visit.today) for one in (owed.value or {}).get("obligations", ())]
    )
    return scope.visit.page(
        "home.html",
        scope=scope,
        unit=unit,
        owed=owed,
        rows=rows,
        points=points,
        recent=_recent(essays.value),
        essays=essays,
    )


def _recent(page: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return list(reversed(page["essays"]))[:5] if page else []


async def _board(scope: CampaignPages) -> Response:
    api = scope.visit.api
    statistics, standings = await asyncio.gather(
        part(api.get("submissions", f"{scope.api_path}/statistics")),
        part(api.get("scoring", f"{scope.api_path}/standings")),
    )
    return scope.visit.page("board.html", scope=scope, statistics=statistics, standings=standings)
