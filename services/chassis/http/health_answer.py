"""The answers of the health routes."""

from typing import Literal

from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

from services.chassis.observability.health import Health


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


def health_answer(failing: dict[str, str], health: Health) -> JSONResponse:
    """The answer of a health route: what fails, what is degraded, what there is to know."""
    degraded = health.degraded()
    body = {
        "status": "failing" if failing else "degraded" if degraded else "ok",
        "failing": failing,
        "degraded": degraded,
        "about": health.about(),
    }
    return JSONResponse(body, 503 if failing else 200)
