"""Units: find one, and its whole file."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.obligation_states import by_urgency, state_of
from services.portal.pages.scope import In
from services.portal.unit_search import found, in_order
from services.portal.visit import NoSuchPageError, part

router = APIRouter()

_MOST_SHOWN = 200
_ESSAYS_READ = 500
"""Of a unit at most, to count them and to show the newest."""
_ESSAYS_SHOWN = 5


@router.get("/dot/{campaign}/don-vi")
async def units(scope: In, tim: str = "", cum: str = "") -> Response:
    """Find units by name, initials or code (`tim`), or list a cluster (`cum`)."""
    scope.visit.require("board")
    plan, tree = scope.known.campaign.plan, scope.known.campaign.units.on(scope.visit.today)
    if tim.strip():
        shown = found(tree, tim)
    elif cum:
        shown = in_order(unit for unit in tree if unit.cluster == cum)
    else:
        roots = {unit.code for unit in tree if unit.parent is None}
        shown = in_order(unit for unit in tree if unit.parent in roots)
    return scope.visit.page(
        "units/list.html",
        scope=scope,
        asked=tim.strip(),
        cluster=cum,
        clusters=sorted({unit.cluster for unit in tree if unit.cluster} & set(plan.clusters)),
        found=shown[:_MOST_SHOWN],
        more=len(shown) > _MOST_SHOWN,
        tree=tree,
    )


@router.get("/dot/{campaign}/don-vi/{code}")
async def file(scope: In, code: str) -> Response:
    """Everything about one unit; what a service does not know of it is left out."""
    unit, api = scope.known.campaign.units.get(code), scope.visit.api
    if unit is None:
        raise NoSuchPageError
    owed, essays, reports, points = await asyncio.gather(
        part(api.get("submissions", f"{scope.api_path}/obligations", unit=code)),
        part(api.get("submissions", f"{scope.api_path}/essays", unit=code, limit=_ESSAYS_READ)),
        part(api.get("submissions", f"{scope.api_path}/reports", unit=code)),
        part(api.get("scoring", f"{scope.api_path}/units/{code}/points"), absent=True),
    )
    rows = [state_of(one, scope.visit.today) for one in (owed.value or {}).get("obligations", ())]
    sent: list[Mapping[str, Any]] = (essays.value or {}).get("essays", [])
    return scope.visit.page(
        "units/file.html",
        scope=scope,
        unit=unit,
        parent=scope.known.unit(unit.parent),
        owed=owed,
        rows=by_urgency(rows),
        essays=essays,
        sent=sent,
        newest=sent[: -_ESSAYS_SHOWN - 1 : -1],
        unmarked=[one for one in sent if one["mark"] is None and one["status"] == "submitted"],
        reports=reports,
        points=points,
        simulated=any(one["simulated"] for one in sent)
        or bool(points.value and points.value["simulated"]),
    )
