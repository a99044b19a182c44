"""A unit's points line by line, each down to its facts and its legal source."""

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.pages.scope import In

router = APIRouter()


@router.get("/dot/{campaign}/don-vi/{code}/diem")
async def points(scope: In, code: str, tai: str | None = None) -> Response:
    """The points of a unit now, or as of a moment (`tai`)."""
    unit = scope.unit_of(code)
    answer = await scope.visit.api.get(
        "scoring", f"{scope.api_path}/units/{unit.code}/points", as_of=tai
    )
    return scope.visit.page("points.html", scope=scope, unit=unit, points=answer)
