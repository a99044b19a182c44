"""HTTP: figures, reported and read."""

from typing import Annotated

from fastapi import Query, Response

from services.chassis.base import Chassis
from services.chassis.http import Caller, Once, Router, access
from services.chassis.problems import NOT_FOUND
from services.submissions.desk.answers import FigurePage, FigureTaken
from services.submissions.desk.commands import FigureIn
from services.submissions.desk.desk import Desk
from services.submissions.desk.rights import readable_unit, require_reporter
from services.submissions.reports import figures


def router(chassis: Chassis, desk: Desk) -> Router:
    """The routes."""
    api = Router(prefix="/v1/figures", tags=["figures"])
    clock, database = chassis.clock, chassis.database

    @api.post(
        "",
        status_code=201,
        response_model=FigureTaken,
        openapi_extra=access("unit", "district", "board"),
    )
    async def report(body: FigureIn, caller: Caller, once: Once) -> Response:
        """Report a number that a criterion counts; the same name and period replaces it.

        A unit reports its own, a district also its communes', the Board those that it keeps itself.
        """
        receipt = desk.receipt(clock.now())
        require_reporter(caller, body.unit, desk.campaign.units)
        return await once(lambda tx: figures.report_figure(tx, desk, body, receipt))

    @api.get("", openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]))
    async def page(
        unit: Annotated[str, Query(max_length=32, examples=["STP"])],
        caller: Caller,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        after: Annotated[
            str | None, Query(max_length=120, description="`next` of the page before.")
        ] = None,
    ) -> FigurePage:
        """The figures of a unit as they stand, by name and period."""
        readable = readable_unit(caller, unit, desk.campaign.units)
        async with database.transaction() as tx:
            return await figures.figures_of(tx, desk, readable.code, limit=limit, after=after)

    return api
