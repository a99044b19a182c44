"""HTTP: commendation proposals."""

from fastapi import Response

from services.chassis.http import Caller, CurrentChassis, Once, Router, access, require_unit
from services.submissions.context import Context
from services.submissions.proposals.schemas import ProposalIn, ProposalReceived
from services.submissions.proposals.service import propose_commendation

router = Router(prefix="/v1", tags=["proposals"])


@router.post(
    "/commendation-proposals",
    status_code=201,
    response_model=ProposalReceived,
    openapi_extra=access("unit", "district"),
)
async def propose(
    body: ProposalIn, caller: Caller, once: Once, chassis: CurrentChassis, context: Context
) -> Response:
    """Propose that an exemplar be commended."""
    receipt = context.receipt(chassis.clock.now(), once.command_id)
    require_unit(caller, body.unit)
    return await once(lambda tx: propose_commendation(tx, context, body, receipt))
