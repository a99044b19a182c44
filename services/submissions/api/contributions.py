"""HTTP: commendation proposals and figures."""

from fastapi import Response

from services.chassis.base import Chassis
from services.chassis.http import Caller, Once, Router, access, require_unit
from services.submissions import contributions
from services.submissions.answers import FigureTaken, ProposalTaken
from services.submissions.commands import FigureIn, ProposalIn
from services.submissions.desk import Desk


def router(chassis: Chassis, desk: Desk) -> Router:
    """The routes."""
    api = Router(prefix="/v1", tags=["contributions"])
    clock = chassis.clock

    @api.post(
        "/commendation-proposals",
        status_code=201,
        response_model=ProposalTaken,
        openapi_extra=access("unit", "district"),
    )
    async def propose(body: ProposalIn, caller: Caller, once: Once) -> Response:
        """Propose that an exemplar be commended."""
        receipt = desk.receipt(clock.now())
        require_unit(caller, body.unit)
        return await once(lambda tx: contributions.propose_commendation(tx, desk, body, receipt))

    @api.post(
        "/figures",
        status_code=201,
        response_model=FigureTaken,
        openapi_extra=access("unit", "district", "board"),
    )
    async def figure(body: FigureIn, caller: Caller, once: Once) -> Response:
        """Report a number that a criterion counts; the same name and period replaces it.

        A unit reports its own; the Board enters those that it keeps itself.
        """
        receipt = desk.receipt(clock.now())
        if not caller.has("board"):
            require_unit(caller, body.unit)
        return await once(lambda tx: contributions.report_figure(tx, desk, body, receipt))

    return api
