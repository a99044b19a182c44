"""Commendation proposals and figures: what a unit adds that no deadline asks for."""

from services.chassis.database import Transaction
from services.chassis.problems import FAULTY, Faults
from services.contracts.events import CommendationProposed, FigureReported
from services.contracts.events.essays import ExemplarName
from services.submissions.answers import FigureTaken, ProposalTaken
from services.submissions.commands import FigureIn, ProposalIn
from services.submissions.desk import Desk, Receipt
from services.submissions.entry_rules import check_exemplar_name
from services.submissions.models import CommendationProposal
from services.submissions.standing import check_entry_level


async def propose_commendation(
    tx: Transaction, desk: Desk, body: ProposalIn, receipt: Receipt
) -> tuple[int, ProposalTaken]:
    """Keep a unit's proposal; it goes the way of essays, through the upper level. Raises Refusal.

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


async def report_figure(
    tx: Transaction, desk: Desk, body: FigureIn, receipt: Receipt
) -> tuple[int, FigureTaken]:
    """Keep a figure; one of the same unit, name and period is replaced. Raises Refusal."""
    faults = Faults()
    desk.check_sender(faults, body, body.unit, receipt)
    faults.refuse_as(FAULTY)
    version: int = await tx.fetchval(
        """
        INSERT INTO figures AS f (campaign, unit, name, period, version, value, target, evidence,
                                  reported_at, simulated)
        VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9)
        ON CONFLICT (campaign, unit, name, period) DO UPDATE
           SET version = f.version + 1, value = excluded.value, target = excluded.target,
               evidence = excluded.evidence, reported_at = excluded.reported_at,
               simulated = excluded.simulated
        RETURNING version
        """,
        desk.plan.campaign,
        body.unit,
        body.name,
        body.period,
        body.value,
        body.target,
        body.evidence,
        receipt.at,
        body.simulated,
    )
    await tx.publish(
        FigureReported(
            campaign=desk.plan.campaign,
            unit=body.unit,
            simulated=body.simulated,
            version=version,
            figure=f"{body.name}:{body.period}",
            name=body.name,
            period=body.period,
            value=body.value,
            target=body.target,
            evidence=body.evidence,
            reported_at=receipt.at,
        )
    )
    return 201, FigureTaken(
        unit=body.unit,
        name=body.name,
        period=body.period,
        version=version,
        reported_at=receipt.at,
    )
