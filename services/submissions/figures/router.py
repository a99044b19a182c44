"""HTTP: figures, reported and read."""

from fastapi import Response

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
from services.submissions.paging import PartAsked, UnitAsked

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
    unit: UnitAsked, part: PartAsked, chassis: CurrentChassis, context: Context
) -> FigurePage:
    """The latest report of each of a unit's figures, by name and period."""
    async with chassis.database.transaction() as tx:
        return await page_of_figures(
            tx, context, unit.code, unit.day, limit=part.limit, after=part.after
        )
