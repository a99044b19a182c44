"""HTTP: figures, reported and read."""

from typing import Annotated

from fastapi import Query, Response

from services.chassis.http import Caller, CurrentChassis, Router, access
from services.chassis.problems import NOT_FOUND
from services.submissions.command import Command
from services.submissions.context import Context
from services.submissions.figures.catalogue import catalogue_of
from services.submissions.figures.rights import require_reporter
from services.submissions.figures.schemas import (
    CatalogueOut,
    FigureAccepted,
    FigureIn,
    FigurePage,
)
from services.submissions.figures.service import page_of_figures, report_figure
from services.submissions.rights import readable_unit

router = Router(prefix="/v1/campaigns/{campaign}/figures", tags=["figures"])


@router.post(
    "",
    status_code=201,
    response_model=FigureAccepted,
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
)
async def report(body: FigureIn, caller: Caller, command: Command) -> Response:
    """Report a number that a criterion counts; the same name and period replaces it.

    Which ones there are, and who reports them, is the plan's catalogue.
    """
    context, receipt = command.context, command.receipt
    require_reporter(caller, body.name, body.unit, context.campaign, receipt.day)
    return await command(lambda tx: report_figure(tx, context, body, receipt))


@router.get(
    "/catalogue",
    openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]),
)
async def catalogue(context: Context) -> CatalogueOut:
    """The figures that the plan asks for: title, kind, range, periods, and who reports them."""
    return catalogue_of(context.campaign)


@router.get("", openapi_extra=access("unit", "district", "board", refuses=[NOT_FOUND]))
async def page(
    *,
    unit: Annotated[str, Query(max_length=32, examples=["STP"])],
    caller: Caller,
    chassis: CurrentChassis,
    context: Context,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    after: Annotated[
        str | None, Query(max_length=120, description="`next` of the page before.")
    ] = None,
) -> FigurePage:
    """The latest report of each of a unit's figures, by name and period."""
    day = context.day(chassis.clock.now())
    readable = readable_unit(caller, unit, context.campaign.units, day)
    async with chassis.database.transaction() as tx:
        return await page_of_figures(tx, context, readable.code, day, limit=limit, after=after)
