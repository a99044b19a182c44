"""What is asked about campaigns: all of them, and a version as it was announced."""

from services.campaigns.models import CampaignVersion
from services.chassis.problems import NOT_FOUND, Refusal
from services.chassis.storage.database import Transaction
from services.contracts.campaign.loader import PLAN, UNITS
from services.submissions.campaigns.schemas import VersionOut
from services.submissions.context import CampaignContext


async def version_of(tx: Transaction, context: CampaignContext, version: int) -> VersionOut:
    """One version with its documents. Raises Refusal (404) for one that there is not."""
    row = await tx.session.get(CampaignVersion, (context.id, version))
    if row is None:
        raise Refusal(
            NOT_FOUND,
            detail=(
                f"Đợt thi đua này không có phiên bản {version}.",
                f"The campaign has no version {version}.",
            ),
        )
    files = None if row.plan is None else {PLAN: row.plan, UNITS: row.units or ""}
    return VersionOut(
        campaign=context.id,
        version=row.version,
        document=row.document,
        reason=row.reason,
        at=row.at.astimezone(context.zone),
        files=files,
    )
