"""The simulated clock over HTTP. Served only where there is one: never in production."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.clock import SimulatedClock
from services.chassis.http.auth import access
from services.chassis.http.context import context_of
from services.chassis.http.fields import Moment
from services.chassis.http.idempotency import Once
from services.chassis.http.router import Router
from services.chassis.problems import CONFLICT, Fault, Refusal
from services.chassis.storage.database import Transaction

router = Router(prefix="/v1", tags=["operations"])

CurrentClock = Annotated[SimulatedClock, Depends(context_of(SimulatedClock))]


class ClockIn(BaseModel):
    """Where to set the clock."""

    model_config = ConfigDict(extra="forbid")
    now: Moment = Field(examples=["2020-06-11T09:00:00+07:00"])


class ClockOut(BaseModel):
    """The time of the clock."""

    now: datetime = Field(examples=["2020-06-11T02:00:00Z"])


@router.get("/clock", openapi_extra=access("ops"))
async def read_clock(clock: CurrentClock) -> ClockOut:
    """The time of the simulated clock."""
    return ClockOut(now=clock.now())


@router.post("/clock", openapi_extra=access("ops", refuses=[CONFLICT]), response_model=ClockOut)
async def move_clock(body: ClockIn, clock: CurrentClock, once: Once) -> Response:
    """Move the simulated clock, forwards only."""

    async def move(tx: Transaction) -> tuple[int, ClockOut]:
        moved_to = await clock.move(tx, body.now)
        if moved_to > body.now:
            fault = Fault(
                "/now",
                f"Đồng hồ đang ở {moved_to.isoformat()}. Chỉ chỉnh được về sau.",
                f"The clock is at {moved_to.isoformat()} and only goes forwards.",
            )
            raise Refusal(CONFLICT, [fault])
        return 200, ClockOut(now=moved_to)

    return await once(move)
