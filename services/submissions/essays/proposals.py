"""Commendation proposals: what a unit adds that no deadline asks for."""

from services.chassis.problems import FAULTY, Faults
from services.chassis.storage.database import Transaction
from services.contracts.events import CommendationProposed
from services.contracts.events.essays import ExemplarName
from services.submissions.desk.answers import ProposalTaken
from services.submissions.desk.commands import ProposalIn
from services.submissions.desk.desk import Desk, Receipt
from services.submissions.desk.standing import check_entry_level
from services.submissions.essays.rules import check_exemplar_name
from services.submissions.models import CommendationProposal


async def propose_commendation(
    tx: Transaction, desk: Desk, body: ProposalIn, receipt: Receipt
) -> tuple[int, ProposalTaken]:
    """Keep a unit's proposal; like an essay it comes from the upper level. Raises Refusal.

    The exemplar's address is not kept: nothing here needs it.
    """
    faults = Faults()
    unit = desk.check_sender(faults, body, body.unit, receipt)
    if unit is not None:
        check_entry_level(faults, desk.campaign, unit)
    check_exemplar_name(faults, body.exemplar.name)
    faults.refuse_as(FAULTY)
    proposal_id = desk.new_id(receipt)
    tx.session.add(
        CommendationProposal(
            proposal_id=proposal_id,
            campaign=desk.plan.campaign,
            unit=body.unit,
            exemplar_kind=body.exemplar.kind,
            exemplar_name=body.exemplar.name,
            level=body.level,
            proposed_at=receipt.at,
            simulated=body.simulated,
        )
    )
    await tx.publish(
        CommendationProposed(
            campaign=desk.plan.campaign,
            unit=body.unit,
            simulated=body.simulated,
            proposal_id=proposal_id,
            exemplar=ExemplarName(kind=body.exemplar.kind, name=body.exemplar.name),
            level=body.level,
            proposed_at=receipt.at,
        )
    )
    return 201, ProposalTaken(proposal_id=proposal_id, unit=body.unit, proposed_at=receipt.at)
