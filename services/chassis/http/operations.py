"""Routes that every service has beside its API: liveness, readiness, metrics, and the page."""

from typing import Any

from fastapi import Request, Response
from starlette.responses import HTMLResponse, JSONResponse

from services.chassis.http.auth import access
from services.chassis.http.context import CurrentChassis
from services.chassis.http.health_answer import HealthOut, health_answer
from services.chassis.http.page import POLICY, api_page
from services.chassis.http.router import Router

router = Router(tags=["operations"])


_UNWELL: dict[int | str, dict[str, Any]] = {
    503: {"model": HealthOut, "description": "Failing; the reasons are in the body."}
}


@router.get(
    "/health/live", openapi_extra=access.public, response_model=HealthOut, responses=_UNWELL
)
async def live(chassis: CurrentChassis) -> JSONResponse:
    """Whether everything it promised makes progress. 503: restart the process."""
    return health_answer(chassis.health.live(), chassis.health)


@router.get(
    "/health/ready", openapi_extra=access.public, response_model=HealthOut, responses=_UNWELL
)
async def ready(chassis: CurrentChassis) -> JSONResponse:
    """Whether HTTP can be served. 503: send no requests. A broker that is away: degraded."""
    return health_answer(await chassis.health.ready(), chassis.health)


@router.get("/metrics", openapi_extra=access.public, response_class=Response)
async def metrics(chassis: CurrentChassis) -> Response:
    """Prometheus text format; docs/metrics.md says what each metric means."""
    return Response(
        chassis.metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8"
    )


@router.get("/docs", openapi_extra=access.public, response_class=HTMLResponse)
async def docs(request: Request) -> HTMLResponse:
    """This API as a page for people; `/openapi.json` is for machines."""
    page = api_page(request.app.openapi())
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})
