"""The documents of a campaign, as they were announced or amended."""

from sqlmodel import col, select

from services.campaigns.models import CampaignVersion
from services.chassis.storage.database import Transaction
from services.contracts.campaign.loader import PLAN, UNITS


async def newest_files(tx: Transaction, campaign: str) -> dict[str, bytes]:
    """plan.yaml and units.csv as written; a withdrawal has none of its own. Raises NoResultFound
    where the campaign was never announced here."""
    wanted = (
        select(CampaignVersion)
        .where(CampaignVersion.campaign == campaign, col(CampaignVersion.plan).is_not(None))
        .order_by(col(CampaignVersion.version).desc())
        .limit(1)
    )
    row = (await tx.session.exec(wanted)).one()
    return {PLAN: (row.plan or "").encode(), UNITS: (row.units or "").encode()}


async def files_of(tx: Transaction, campaign: str, version: int) -> dict[str, bytes]:
    """The same of one version, which has documents."""
    row = await tx.session.get_one(CampaignVersion, (campaign, version))
    return {PLAN: (row.plan or "").encode(), UNITS: (row.units or "").encode()}
