"""Routes that every service has beside its API: liveness, readiness, metrics, and the page."""

from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse

from services.chassis.http.auth import access
from services.chassis.http.context import CurrentChassis
from services.chassis.http.page import POLICY, api_page
from services.chassis.http.router import Router

router = Router(tags=["operations"])


class HealthOut(BaseModel):
    """What is wrong, by name; nothing when all is well."""

    status: str = Field(examples=["ok"], description="`ok` or `failing`.")
    failing: dict[str, str] = Field(examples=[{}], description="Check and reason.")


_UNWELL: dict[int | str, dict[str, Any]] = {
    503: {"model": HealthOut, "description": "Failing; the reasons stand in the body."}
}


@router.get(
    "/health/live", openapi_extra=access.public, response_model=HealthOut, responses=_UNWELL
)
async def live(chassis: CurrentChassis) -> JSONResponse:
    """Whether every loop makes progress. 503: restart the process."""
    return _health(chassis.health.live())


@router.get(
    "/health/ready", openapi_extra=access.public, response_model=HealthOut, responses=_UNWELL
)
async def ready(chassis: CurrentChassis) -> JSONResponse:
    """Whether database, broker, topics and assignment are there. 503: send no requests."""
    return _health(await chassis.health.ready())


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


def _health(failing: dict[str, str]) -> JSONResponse:
    status = "failing" if failing else "ok"
    return JSONResponse({"status": status, "failing": failing}, 503 if failing else 200)
