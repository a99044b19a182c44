"""The Board gives an essay its mark."""

from uuid import UUID

from services.chassis.problems import FAULTY, Faults
from services.chassis.storage.database import Transaction
from services.contracts.campaign.asked_acts import ESSAY_SUBMITTED
from services.contracts.events import EssayJudged
from services.contracts.wording import number_en, number_vi
from services.submissions.context import CampaignContext, Receipt
from services.submissions.essays.obligations import submission_of
from services.submissions.essays.queries import essay_of, lock_active
from services.submissions.essays.schemas import EssayChanged, JudgementIn
from services.submissions.obligations.counting import ActChanged
from services.submissions.obligations.known_days import set_known_days
from services.submissions.obligations.settle import lock_counting, settle_and_publish


async def judge_essay(
    tx: Transaction, context: CampaignContext, essay_id: UUID, body: JudgementIn, receipt: Receipt
) -> tuple[int, EssayChanged]:
    """Give an entry its mark; a later mark replaces an earlier one.

    By a lower one an obligation may be owed again (`settle`). Raises Refusal.
    """
    faults = Faults()
    context.check_body(faults, body, receipt)
    found = await essay_of(tx, context, essay_id)
    unit, contest = found.unit, context.plan.contest(found.contest)
    scale = contest.mark if contest else None
    if scale is not None and not scale.min <= body.mark <= scale.max:
        faults.add(
            "/mark",
            f"Điểm {number_vi(body.mark)} ngoài thang điểm. Nhập từ {number_vi(scale.min)} đến"
            f" {number_vi(scale.max)}.",
            f"The mark {number_en(body.mark)} is outside the scale of {number_en(scale.min)} to"
            f" {number_en(scale.max)}.",
            rule="essays.mark",
        )
    faults.refuse_as(FAULTY)
    owed = await lock_counting(tx, context, unit, ESSAY_SUBMITTED, receipt.day)
    essay = await lock_active(tx, essay_id)
    was = submission_of(essay, context.zone)
    essay.mark, essay.prize, essay.judged_at = body.mark, body.prize, receipt.at
    essay.version += 1
    await tx.publish(
        EssayJudged(
            campaign=context.plan.campaign,
            unit=unit,
            simulated=body.simulated or essay.simulated,
            essay_id=essay_id,
            contest=essay.contest,
            version=essay.version,
            mark=body.mark,
            prize=body.prize,
            judged_at=receipt.at,
        )
    )
    reason = f"Bài dự thi được chấm {number_vi(body.mark)} điểm"
    simulated = body.simulated or essay.simulated
    changed = ActChanged(
        essay.submitted_at,
        "essay-judged",
        reason,
        simulated=simulated,
        was=was,
        now=submission_of(essay, context.zone),
    )
    await settle_and_publish(tx, context, owed, receipt.at, changed)
    facts = await set_known_days(tx, context, owed, receipt.at, simulated=simulated)
    await tx.publish_all(facts)
    return 200, EssayChanged(
        essay_id=essay_id,
        unit=unit,
        version=essay.version,
        status="submitted",
        mark=body.mark,
        prize=body.prize,
    )
