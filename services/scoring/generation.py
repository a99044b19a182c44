"""All replicas of scoring work by one state of a campaign: the one that its row names.

Whoever counts or scores takes the row's shared lock first and compares the number that it was made
of with the present one; a replica that is behind stands back until it has read the campaign anew
(docs/decisions/0081-a-rule-set-is-adopted.md).
"""

from services.campaigns.registry import CampaignChangedError, require_generation
from services.campaigns.take import lock_head
from services.chassis.storage.database import Transaction
from services.scoring.campaign_snapshot import CampaignSnapshot


async def require_current(tx: Transaction, snapshot: CampaignSnapshot) -> None:
    """Hold off changes of the campaign until the transaction ends.

    To be taken before every other lock of the transaction. Raises CampaignChangedError where the
    campaign is not as the snapshot has it.
    """
    await require_generation(tx, snapshot.campaign, snapshot.generation)


async def lock_current(tx: Transaction, campaign: str, generation: int) -> None:
    """The campaign's row until the transaction ends: one change or publication at a time, and
    nobody counts meanwhile. Raises CampaignChangedError as `require_current` does."""
    head = await lock_head(tx, campaign)
    if head.generation != generation:
        raise CampaignChangedError(f"{campaign} is at {head.generation}, not at {generation}")
