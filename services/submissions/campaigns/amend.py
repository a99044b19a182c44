"""The Board amends a campaign: another version of its plan and its units, from now on."""

from services.campaigns.take import take_version
from services.campaigns.withdrawn import refuse_withdrawn
from services.chassis.problems import FAULTY, Faults, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.events import CampaignFact
from services.submissions.campaigns.announce import announced_fact, publish_documents
from services.submissions.campaigns.check import CheckedDocuments
from services.submissions.campaigns.schemas import AmendmentIn, CampaignAmended
from services.submissions.context import CampaignContext, Receipt
from services.submissions.obligations.amend import Amended, amend_obligations
from services.submissions.obligations.amendment_rules import check_amendment, check_changes
from services.submissions.obligations.amendments import Notice
from services.submissions.orders.queries import orders_of
from services.submissions.problems import AMENDED_MEANWHILE


async def amend_campaign(
    tx: Transaction,
    context: CampaignContext,
    body: AmendmentIn,
    checked: CheckedDocuments,
    receipt: Receipt,
) -> tuple[int, CampaignAmended]:
    """Amend it by documents that were checked. Its row is locked alone.

    Raises Refusal: 409 for a campaign that was withdrawn, or has another version than the one that
    was amended; 422 where somebody would become late.
    """
    refuse_withdrawn(context.announced)
    newest = context.announced.versions[-1].version
    if body.version != newest:
        raise Refusal(
            AMENDED_MEANWHILE,
            detail=(
                f"Phiên bản mới nhất của đợt thi đua là {newest}, không phải {body.version}. Xem"
                " lại phiên bản mới nhất rồi sửa đổi từ phiên bản đó.",
                f"The newest version of the campaign is {newest}, not {body.version}: read it, and"
                " amend that one.",
            ),
        )
    campaign = checked.campaign
    faults = Faults()
    orders = await orders_of(tx, context.id, context.campaign.units)
    moved = orders.general(context.plan.obligations)
    check_changes(faults, context.campaign, campaign)
    check_amendment(faults, context.plan, campaign.plan, moved, receipt.day)
    faults.refuse_as(FAULTY)
    version = newest + 1
    fact = announced_fact(
        checked, version, body.files, document=body.document, reason=body.reason, now=receipt.at
    )
    notice = Notice(version, body.document, body.reason, receipt.at, receipt.account)
    done = Amended()

    async def on_version(tx: Transaction, _fact: CampaignFact) -> None:
        nonlocal done
        done = await amend_obligations(tx, context, campaign, notice)

    await take_version(tx, fact, on_version)
    await publish_documents(tx, fact)
    await tx.publish_all(done.facts)
    await tx.publish_all(done.essays)
    return 201, CampaignAmended(
        campaign=fact.campaign,
        version=version,
        announced_at=fact.announced_at,
        units=len(campaign.units),
        owed=done.owed,
        released=done.released,
        days_moved=done.moved,
        essays_reassessed=len(done.essays),
        advice=list(checked.advice),
    )
