"""What submissions does about a version of a campaign that it finds on the topic and does not have:
its database is new, or was restored to an earlier moment.

Its own announcements are taken in the transaction that publishes them (`announce.py`).
"""

from services.campaigns.models import CampaignHead
from services.campaigns.registry import UnknownCampaignError, announced_until
from services.campaigns.take import take_version
from services.chassis.aside import aside
from services.chassis.storage.database import Transaction
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import PLAN, UNITS, load_campaign
from services.contracts.events import CampaignAnnounced, CampaignFact
from services.submissions.context import CampaignContext
from services.submissions.obligations.amend import amend_obligations
from services.submissions.obligations.amendments import Notice
from services.submissions.obligations.seed import remove_obligations, seed_obligations
from services.submissions.orders.queries import orders_of


async def follow(tx: Transaction, fact: CampaignFact) -> bool:
    """Take a version; whether it was new.

    Raises CampaignProblems for one that this version of the service can't read, or whose
    predecessor it can't: nothing is stored of it, so that a newer one does all that follows from
    it, what units owe included."""
    return await take_version(tx, fact, _on_version)


async def _on_version(tx: Transaction, fact: CampaignFact) -> None:
    """What it publishes is on its topics already."""
    if not isinstance(fact, CampaignAnnounced):
        await remove_obligations(tx, fact.campaign)
        return
    campaign = await aside(_load, fact)
    head = await tx.session.get_one(CampaignHead, fact.campaign)
    try:
        before = await announced_until(tx, head, before=fact.version)
    except UnknownCampaignError:
        await seed_obligations(tx, campaign)
        return
    orders = await orders_of(tx, fact.campaign, before.newest.units)
    context = CampaignContext(before, orders, allow_simulated=False)
    at = fact.announced_at.astimezone(campaign.plan.zone)
    notice = Notice(fact.version, fact.document, fact.reason or fact.document, at)
    await amend_obligations(tx, context, campaign, notice)


def _load(fact: CampaignAnnounced) -> Campaign:
    return load_campaign({PLAN: fact.plan.encode(), UNITS: fact.units.encode()})
