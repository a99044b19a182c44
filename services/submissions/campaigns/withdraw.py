"""The Board takes a campaign back before it opens: nobody owes anything by it."""

from services.campaigns.take import take_version
from services.campaigns.withdrawn import refuse_withdrawn
from services.chassis.problems import Refusal
from services.chassis.storage.database import Transaction
from services.contracts.events import CampaignFact, CampaignWithdrawn
from services.contracts.wording import day_en, day_vi
from services.submissions.campaigns.schemas import CampaignChanged, CampaignWithdrawalIn
from services.submissions.context import CampaignContext, Receipt
from services.submissions.obligations.seed import remove_obligations
from services.submissions.problems import CAMPAIGN_OPENED


async def withdraw_campaign(
    tx: Transaction, context: CampaignContext, body: CampaignWithdrawalIn, receipt: Receipt
) -> tuple[int, CampaignChanged]:
    """Withdraw a campaign that has not opened. Its row is locked.

    Raises Refusal (409) for one that has opened or was withdrawn before.
    """
    refuse_withdrawn(context.announced)
    plan = context.plan
    if receipt.day >= plan.opens:
        raise Refusal(
            CAMPAIGN_OPENED,
            detail=(
                f"Đợt thi đua đã bắt đầu tiếp nhận từ ngày {day_vi(plan.opens)}, không rút lại"
                " được. Miễn cho từng đơn vị, hoặc ban hành bản sửa đổi.",
                f"The campaign has been open since {day_en(plan.opens)}: release units by waivers,"
                " or amend it.",
            ),
        )
    fact = CampaignWithdrawn(
        campaign=context.id,
        version=context.announced.versions[-1].version + 1,
        document=body.document,
        reason=body.reason,
        withdrawn_at=receipt.at,
    )
    await take_version(tx, fact, _nobody_owes_it)
    await tx.publish(fact)
    return 200, CampaignChanged(
        campaign=fact.campaign, version=fact.version, changed_at=fact.withdrawn_at
    )


async def _nobody_owes_it(tx: Transaction, fact: CampaignFact) -> None:
    await remove_obligations(tx, fact.campaign)
