"""All replicas of scoring work by one rule set and one unit list: those that were adopted last.

In a rolling deploy two replicas run with different files. If both worked, each would find the
other's results due, and points would change back and forth. So a start adopts what it was started
with, and a replica that was started with something else does no work until it is restarted
(docs/decisions/0069-the-last-start-decides-the-rules.md).

SQL by hand: `require_current` is on the way of every batch of facts.
"""

from services.chassis.retry import TransientError
from services.chassis.storage.database import Transaction
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.models import CampaignState


class SupersededError(TransientError):
    """Another rule set or unit list was adopted since this replica was started."""


async def require_current(tx: Transaction, snapshot: CampaignSnapshot) -> None:
    """Hold off adoptions until the transaction ends. Raises SupersededError after another one.

    To be taken before every other lock of the transaction, as `lock_campaign` is.
    """
    adopted = await tx.fetchval(
        # KEY SHARE: many at once, but not beside the FOR UPDATE of an adoption.
        "SELECT generation FROM campaigns WHERE campaign = $1 FOR KEY SHARE",
        snapshot.campaign,
    )
    if adopted != snapshot.generation:
        raise SupersededError(REASON)


async def is_current(tx: Transaction, snapshot: CampaignSnapshot) -> bool:
    """The same without a lock."""
    state = await tx.session.get(CampaignState, snapshot.campaign)
    return state is not None and state.generation == snapshot.generation


async def lock_campaign(tx: Transaction, campaign: str) -> CampaignState:
    """The campaign's row until the transaction ends: one adoption or publication at a time."""
    return await tx.session.get_one(CampaignState, campaign, with_for_update=True)


REASON = (
    "another rule set or unit list was adopted since this replica was started: it takes no facts"
    " and scores nothing until it is restarted with that one (or restarted, to adopt its own)"
)
