"""HTTP: what a unit owes, and how a district's communes stand."""

from typing import Annotated

from fastapi import Path, Query

from services.chassis.base import Chassis
from services.chassis.http import Caller, Router, access
from services.chassis.problems import NOT_FOUND
from services.submissions.desk.answers import CommunesOut, ObligationOut, Obligations
from services.submissions.desk.desk import Desk
from services.submissions.desk.rights import readable_unit
from services.submissions.reports.communes import aggregate_of


def router(chassis: Chassis, desk: Desk) -> Router:
    """The routes."""
    api = Router(prefix="/v1", tags=["obligations"])
    clock, database = chassis.clock, chassis.database

    @api.get("/obligations", openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]))
    async def obligations(
        unit: Annotated[str, Query(max_length=32, examples=["SNV"])], caller: Caller
    ) -> Obligations:
        """Everything that a unit owes and how it stands."""
        readable = readable_unit(caller, unit, desk.campaign.units)
        async with database.transaction() as tx:
            states = await desk.obligations.of_units(tx, [readable.code])
        return Obligations(
            unit=readable.code, obligations=[ObligationOut.of(state) for state in states]
        )

    @api.get(
        "/units/{code}/communes",
        openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
    )
    async def communes(
        code: Annotated[str, Path(max_length=32, examples=["Q009"])], caller: Caller
    ) -> CommunesOut:
        """A district's communes: form, lateness, what is missing, and the sums.

        Its own conference report carries the sums of its moment.
        """
        unit = readable_unit(caller, code, desk.campaign.units)
        day = desk.receipt(clock.now()).day
        async with database.transaction() as tx:
            return await aggregate_of(tx, desk, unit, day)

    return api
