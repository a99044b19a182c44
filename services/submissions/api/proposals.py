"""HTTP: commendation proposals."""

from fastapi import Response

from services.chassis.base import Chassis
from services.chassis.http import Caller, Once, Router, access, require_unit
from services.submissions.desk.answers import ProposalTaken
from services.submissions.desk.commands import ProposalIn
from services.submissions.desk.desk import Desk
from services.submissions.essays import proposals


def router(chassis: Chassis, desk: Desk) -> Router:
    """The route."""
    api = Router(prefix="/v1", tags=["proposals"])
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
        return await once(lambda tx: proposals.propose_commendation(tx, desk, body, receipt))

    return api
