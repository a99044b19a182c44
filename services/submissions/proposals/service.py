"""Commendation proposals: what a unit adds; a plan may ask for some by a day."""

from services.chassis.problems import FAULTY, Faults
from services.chassis.storage.database import Transaction
from services.contracts.campaign.asked_acts import PROPOSED
from services.contracts.events import CommendationProposed
from services.contracts.events.essays import ExemplarName
from services.submissions.context import CampaignContext, Receipt
from services.submissions.eligibility import check_entry_level
from services.submissions.essays.rules import check_exemplar_name
from services.submissions.models import CommendationProposal
from services.submissions.obligations.known_days import set_known_days
from services.submissions.obligations.settle import lock_counting, settle_and_publish
from services.submissions.obligations.spans import not_counted
from services.submissions.obligations.submission import Submission
from services.submissions.proposals.schemas import ProposalIn, ProposalReceived


async def propose_commendation(
    tx: Transaction, context: CampaignContext, body: ProposalIn, receipt: Receipt
) -> tuple[int, ProposalReceived]:
    """Keep a unit's proposal; like an essay it comes from the upper level. Raises Refusal.

    The exemplar's address is not kept: nothing here needs it.
    """
    faults = Faults()
    unit = context.check_sender(faults, body, body.unit, receipt)
    levels = context.plan.entry_levels
    if unit is not None and levels is not None:
        check_entry_level(faults, context.campaign, unit, receipt.day, levels)
    check_exemplar_name(faults, body.exemplar.name)
    faults.refuse_as(FAULTY)
    owed = await lock_counting(tx, context, body.unit, PROPOSED, receipt.day)
    proposal_id = receipt.command_id
    tx.session.add(
        CommendationProposal(
            proposal_id=proposal_id,
            campaign=context.plan.campaign,
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
            campaign=context.plan.campaign,
            unit=body.unit,
            simulated=body.simulated,
            proposal_id=proposal_id,
            exemplar=ExemplarName(kind=body.exemplar.kind, name=body.exemplar.name),
            level=body.level,
            proposed_at=receipt.at,
        )
    )
    await settle_and_publish(tx, context, owed, receipt.at)
    await tx.publish_all(await set_known_days(tx, context, owed, receipt.at))
    act = Submission("commendation-proposed", proposal_id, receipt.at, simulated=body.simulated)
    return 201, ProposalReceived(
        proposal_id=proposal_id,
        unit=body.unit,
        proposed_at=receipt.at,
        not_counted=not_counted(owed, act, context.zone),
    )
