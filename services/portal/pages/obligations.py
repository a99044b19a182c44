"""What a unit has to do, with the document's own words, and how each stands."""

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.obligation_states import by_urgency, state_of
from services.portal.pages.scope import In
from services.portal.visit import NoSuchPageError
from services.portal.ways import ways_of

router = APIRouter()


@router.get("/dot/{campaign}/noi-dung")
async def obligations(scope: In, don_vi: str | None = None) -> Response:
    """Everything that a unit owes."""
    unit = scope.unit_of(don_vi)
    answer = await scope.visit.api.get(
        "submissions", f"{scope.api_path}/obligations", unit=unit.code
    )
    rows = by_urgency([state_of(one, scope.visit.today) for one in answer["obligations"]])
    return scope.visit.page(
        "obligations.html", scope=scope, unit=unit, rows=rows, ended=answer["ended"], ways=ways_of
    )


@router.get("/dot/{campaign}/noi-dung/{obligation}")
async def one(scope: In, obligation: str, don_vi: str | None = None) -> Response:
    """One of them: the document's words, its days and those that were moved, what was done."""
    unit = scope.unit_of(don_vi)
    answer = await scope.visit.api.get(
        "submissions", f"{scope.api_path}/obligations", unit=unit.code
    )
    rows = [state_of(each, scope.visit.today) for each in answer["obligations"]]
    shown = next((each for each in rows if each.obligation["obligation"] == obligation), None)
    if shown is None:
        raise NoSuchPageError
    plan = scope.known.campaign.plan
    planned = next((each for each in plan.obligations if each.id == obligation), None)
    return scope.visit.page(
        "obligation.html",
        scope=scope,
        unit=unit,
        one=shown,
        rows=rows,
        planned={option.id: option for option in planned.options} if planned else {},
        ways=ways_of(plan, obligation),
    )
