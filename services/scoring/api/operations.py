"""What operators ask: how long a fact takes to become points."""

from datetime import UTC, datetime

from services.chassis.http import Router, access
from services.scoring.api.views import LatencyOut
from services.scoring.points.latency import Latencies


def router(latencies: Latencies) -> Router:
    """The routes; `since` is when this was called."""
    api = Router(prefix="/v1", tags=["operations"])
    since = datetime.now(UTC)

    @api.get("/latency", openapi_extra=access("ops"))
    async def read_latency() -> LatencyOut:
        """Exact percentiles of acceptance to visible points, of this replica since its start."""
        p50, p99, longest = latencies.percentiles(50, 99, 100)
        return LatencyOut(
            samples=latencies.count,
            kept=latencies.kept,
            p50_ms=_ms(p50),
            p99_ms=_ms(p99),
            longest_ms=_ms(longest),
            since=since,
        )

    return api


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)
