"""Health and metrics, as every process has them."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from services.chassis.http.health_answer import health_answer
from services.chassis.observability.health import Health
from services.chassis.observability.metrics import Metrics

router = APIRouter()


@router.get("/health/live")
async def live(request: Request) -> JSONResponse:
    """Whether what runs beside HTTP makes progress. 503: restart the process."""
    health: Health = request.app.state.health
    return health_answer(health.live(), health)


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """Whether pages can be served; a service that is away takes away its part of them alone."""
    health: Health = request.app.state.health
    return health_answer(await health.ready(), health)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text format; docs/metrics.md says what each metric means."""
    found: Metrics = request.app.state.metrics
    return Response(found.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")
