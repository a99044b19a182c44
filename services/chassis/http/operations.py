"""Routes that every service has beside its API: health, metrics, and the simulated clock."""

from datetime import datetime
from typing import Any

from fastapi import Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse, JSONResponse

from services.chassis.base import Chassis
from services.chassis.clock import SimulatedClock
from services.chassis.http.auth import access
from services.chassis.http.idempotency import Once
from services.chassis.http.page import POLICY, api_page
from services.chassis.http.router import Router
from services.chassis.problems import CONFLICT, Fault, Refusal
from services.chassis.storage.database import Transaction


class HealthOut(BaseModel):
    """What is wrong, by name; nothing when all is well."""

    status: str = Field(examples=["ok"], description="`ok` or `failing`.")
    failing: dict[str, str] = Field(examples=[{}], description="Check and reason.")


class ClockIn(BaseModel):
    """Where to set the clock."""

    model_config = ConfigDict(extra="forbid")
    now: AwareDatetime = Field(examples=["2020-06-11T09:00:00+07:00"])


class ClockOut(BaseModel):
    """Where the clock stands."""

    now: datetime = Field(examples=["2020-06-11T02:00:00Z"])


def operations_router(chassis: Chassis) -> Router:
    """Liveness, readiness, metrics, and the page for people."""
    router = Router(tags=["operations"])
    unwell: dict[int | str, dict[str, Any]] = {
        503: {"model": HealthOut, "description": "Failing; the reasons stand in the body."}
    }

    @router.get(
        "/health/live", openapi_extra=access.public, response_model=HealthOut, responses=unwell
    )
    async def live() -> JSONResponse:
        """Whether every loop makes progress. 503: restart the process."""
        return _health(chassis.health.live())

    @router.get(
        "/health/ready", openapi_extra=access.public, response_model=HealthOut, responses=unwell
    )
    async def ready() -> JSONResponse:
        """Whether database, broker, topics and assignment are there. 503: send no requests."""
        return _health(await chassis.health.ready())

    @router.get("/metrics", openapi_extra=access.public, response_class=Response)
    async def metrics() -> Response:
        """Prometheus text format; docs/metrics.md says what each metric means."""
        return Response(
            chassis.metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8"
        )

    @router.get("/docs", openapi_extra=access.public, response_class=HTMLResponse)
    async def docs(request: Request) -> HTMLResponse:
        """This API as a page for people; `/openapi.json` is for machines."""
        page = api_page(request.app.openapi())
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})

    return router


def clock_router(clock: SimulatedClock) -> Router:
    """The simulated clock. Mounted only where there is one: never in production."""
    router = Router(prefix="/v1", tags=["operations"])

    @router.get("/clock", openapi_extra=access("ops"))
    async def read_clock() -> ClockOut:
        """Where the simulated clock stands."""
        return ClockOut(now=clock.now())

    @router.post("/clock", openapi_extra=access("ops", refuses=[CONFLICT]), response_model=ClockOut)
    async def move_clock(body: ClockIn, once: Once) -> Response:
        """Move the simulated clock, forwards only."""

        async def move(tx: Transaction) -> tuple[int, ClockOut]:
            stands = await clock.move(tx, body.now)
            if stands > body.now:
                fault = Fault(
                    "/now",
                    f"Đồng hồ đã ở {stands.isoformat()}; chỉ có thể đi tới.",
                    f"The clock stands at {stands.isoformat()} and only goes forwards.",
                )
                raise Refusal(CONFLICT, [fault])
            return 200, ClockOut(now=stands)

        return await once(move)

    return router


def _health(failing: dict[str, str]) -> JSONResponse:
    status = "failing" if failing else "ok"
    return JSONResponse({"status": status, "failing": failing}, 503 if failing else 200)
