"""A version of a campaign becomes one of this service's, in the caller's transaction, once."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from services.campaigns.models import CampaignHead, CampaignVersion
from services.chassis.storage.database import Transaction
from services.contracts.events import CampaignAnnounced, CampaignFact, CampaignWithdrawn

CHANNEL = "thidua_campaigns"
"""NOTIFY channel that tells the replicas of a service that a campaign is another one now."""

OnVersion: TypeAlias = Callable[[Transaction, CampaignFact], Awaitable[None]]
"""What a service does about a new version, in the same transaction; the campaign's row is locked.

It is called for the newest version only: whole documents need no others before them."""


async def take_version(tx: Transaction, fact: CampaignFact, on_version: OnVersion) -> bool:
    """Store a version that is new here and do what the service does about it; False where it was
    there before. Replicas may take it side by side."""
    await lock_head(tx, fact.campaign)
    stored = select(CampaignVersion.version).where(CampaignVersion.campaign == fact.campaign)
    known = (await tx.session.exec(stored)).all()
    if fact.version in known:
        return False
    tx.session.add(_row(fact))
    await tx.session.flush()
    await renew(tx, fact.campaign)
    if fact.version > max(known, default=0):
        await on_version(tx, fact)
    return True


async def lock_head(tx: Transaction, campaign: str) -> CampaignHead:
    """The campaign's row, made where there is none, until the transaction ends: meanwhile nobody
    takes facts of it or counts by it."""
    begun = {"campaign": campaign, "generation": 0}
    await tx.session.exec(insert(CampaignHead).values(begun).on_conflict_do_nothing())
    return await tx.session.get_one(CampaignHead, campaign, with_for_update=True)


async def renew(tx: Transaction, campaign: str) -> None:
    """What services make of the campaign is another thing from the commit on. Its row is locked."""
    head = await tx.session.get_one(CampaignHead, campaign)
    head.generation += 1
    await tx.session.flush()
    await tx.execute(f"NOTIFY {CHANNEL}")


def _row(fact: CampaignFact) -> CampaignVersion:
    if not isinstance(fact, CampaignAnnounced | CampaignWithdrawn):
        raise TypeError(f"{type(fact).__name__} is no version of a campaign")
    row = CampaignVersion(
        campaign=fact.campaign,
        version=fact.version,
        document=fact.document,
        reason=fact.reason,
        at=fact.moment,
    )
    if isinstance(fact, CampaignAnnounced):
        row.plan, row.units = fact.plan, fact.units
    return row
