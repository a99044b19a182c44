"""A unit takes an essay back. Locks: the unit's obligations first, then the essay."""

from uuid import UUID

from services.chassis.problems import FAULTY, Faults
from services.chassis.storage.database import Transaction
from services.contracts.events import EssayWithdrawn
from services.submissions.context import CampaignContext, Receipt
from services.submissions.essays.obligations import lock_essay_obligations, without_essay
from services.submissions.essays.queries import essay_of, lock_active
from services.submissions.essays.schemas import EssayChanged, WithdrawalIn
from services.submissions.obligations.known_days import set_known_days
from services.submissions.obligations.late_acts import day_of_act


async def withdraw_essay(
    tx: Transaction, context: CampaignContext, essay_id: UUID, body: WithdrawalIn, receipt: Receipt
) -> tuple[int, EssayChanged]:
    """Take an entry back: it counts nowhere from then on.

    Raises Refusal. An obligation that it alone fulfilled is owed again (`without_essay`).
    """
    faults = Faults()
    context.check_body(faults, body, receipt)
    faults.refuse_as(FAULTY)
    sent = await essay_of(tx, context, essay_id)
    unit, contest = sent.unit, sent.contest
    day = await day_of_act(tx, context, unit, receipt)
    holder = context.campaign.units.holder(unit, day)
    code = holder.code if holder else unit
    obligations = await lock_essay_obligations(tx, context, code, contest)
    essay = await lock_active(tx, essay_id)
    essay.withdrawn_at = receipt.at
    essay.withdrawal_reason = body.reason
    essay.version += 1
    await tx.session.flush()  # what is asked below must not find it any more
    await tx.publish(
        EssayWithdrawn(
            campaign=context.plan.campaign,
            unit=unit,
            simulated=body.simulated or essay.simulated,
            essay_id=essay_id,
            contest=contest,
            version=essay.version,
            withdrawn_at=receipt.at,
            reason=body.reason,
        )
    )
    for obligation in obligations:
        await without_essay(
            tx,
            context,
            obligation,
            essay,
            receipt,
            day=day,
            reason=body.reason,
            simulated=body.simulated or essay.simulated,
        )
    simulated = body.simulated or essay.simulated
    facts = await set_known_days(tx, context, obligations, receipt.at, simulated=simulated)
    await tx.publish_all(facts)
    return 200, EssayChanged(
        essay_id=essay_id, unit=unit, version=essay.version, status="withdrawn"
    )
