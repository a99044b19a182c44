"""HTTP: commendation proposals."""

from fastapi import Response

from services.chassis.http import Caller, Router, access
from services.chassis.problems import NOT_FOUND
from services.submissions.command import Command
from services.submissions.proposals.schemas import ProposalIn, ProposalReceived
from services.submissions.proposals.service import propose_commendation
from services.submissions.rights import require_sender

router = Router(prefix="/v1/campaigns/{campaign}", tags=["proposals"])


@router.post(
    "/commendation-proposals",
    status_code=201,
    response_model=ProposalReceived,
    openapi_extra=access("unit", "district", refuses=[NOT_FOUND]),
)
async def propose(body: ProposalIn, caller: Caller, command: Command) -> Response:
    """Propose that an exemplar be commended."""
    context, receipt = command.context, command.receipt
    require_sender(caller, body.unit, context.campaign.units, receipt.day)
    return await command(lambda tx: propose_commendation(tx, context, body, receipt))
