"""What a unit has to do, with the document's own words, and how each stands."""

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.obligation_states import by_urgency, state_of
from services.portal.pages.scope import In

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
        "obligations.html", scope=scope, unit=unit, rows=rows, ended=answer["ended"]
    )
