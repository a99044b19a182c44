"""Routes that every service has beside its API: liveness, readiness, metrics, and the page."""

from typing import Any, Literal

from fastapi import Request, Response
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse

from services.chassis.http.auth import access
from services.chassis.http.context import CurrentChassis
from services.chassis.http.page import POLICY, api_page
from services.chassis.http.router import Router
from services.chassis.observability.health import Health

router = Router(tags=["operations"])


class HealthOut(BaseModel):
    """What is wrong, by name; nothing when all is well."""

    status: Literal["ok", "degraded", "failing"] = Field(
        examples=["ok"], description="`degraded`: it serves, and something needs attention."
    )
    failing: dict[str, str] = Field(examples=[{}], description="Check and reason.")
    degraded: dict[str, str] = Field(
        examples=[{"relay": "failed once: KafkaConnectionError"}],
        description="What works worse than it is meant to, and why; requests are served.",
    )
    about: dict[str, str] = Field(
        examples=[{"campaigns": "hanoi-2020"}],
        description="What there is to know besides, as which campaigns the service has.",
    )


_UNWELL: dict[int | str, dict[str, Any]] = {
    503: {"model": HealthOut, "description": "Failing; the reasons are in the body."}
}


@router.get(
    "/health/live", openapi_extra=access.public, response_model=HealthOut, responses=_UNWELL
)
async def live(chassis: CurrentChassis) -> JSONResponse:
    """Whether everything it promised makes progress. 503: restart the process."""
    return _health(chassis.health.live(), chassis.health)


@router.get(
    "/health/ready", openapi_extra=access.public, response_model=HealthOut, responses=_UNWELL
)
async def ready(chassis: CurrentChassis) -> JSONResponse:
    """Whether HTTP can be served. 503: send no requests. A broker that is away: degraded."""
    return _health(await chassis.health.ready(), chassis.health)


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


def _health(failing: dict[str, str], health: Health) -> JSONResponse:
    degraded = health.degraded()
    body = {
        "status": "failing" if failing else "degraded" if degraded else "ok",
        "failing": failing,
        "degraded": degraded,
        "about": health.about(),
    }
    return JSONResponse(body, 503 if failing else 200)
