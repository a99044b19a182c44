"""A version of a campaign becomes one of this service's, in the caller's transaction, once."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import func, select

from services.campaigns.models import CampaignHead, CampaignVersion
from services.chassis.storage.database import Transaction
from services.contracts.events import CampaignAnnounced, CampaignFact, CampaignWithdrawn

CHANNEL = "thidua_campaigns"
"""NOTIFY channel that tells the replicas of a service that a campaign is another one now."""

OnVersion: TypeAlias = Callable[[Transaction, CampaignFact], Awaitable[None]]
"""What a service does about a new version, in the same transaction; the campaign's row is locked.

It is called for the newest version only: whole documents need no others before them."""


class OtherDocumentError(ValueError):
    """The database has another document under this number than the topic.

    As after a database was begun anew, or restored, and used before it had read the topics. Each
    service goes by the one that it met first, until its database is made anew from the topics."""


async def take_version(tx: Transaction, fact: CampaignFact, on_version: OnVersion) -> bool:
    """Store a version that is new here and do what the service does about it; False where it was
    there before. Replicas may take it side by side."""
    if fact.version in await _stored(tx, fact.campaign):
        return False  # without a lock: a follower that starts meets all that is long there
    await lock_head(tx, fact.campaign)
    known = await _stored(tx, fact.campaign)
    if fact.version in known:
        return False
    tx.session.add(version_row(fact))
    await tx.session.flush()
    await renew(tx, fact.campaign)
    if fact.version > max(known, default=0):
        await on_version(tx, fact)
    return True


async def lock_head(tx: Transaction, campaign: str) -> CampaignHead:
    """The campaign's row, made where there is none, until the transaction ends: meanwhile nobody
    takes facts of it or counts by it.

    Whoever acts by the campaign from now on waits behind this (`registry.lock_generations`).
    """
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", turn_of(campaign))
    begun = {"campaign": campaign, "generation": 0}
    await tx.session.exec(insert(CampaignHead).values(begun).on_conflict_do_nothing())
    return await tx.session.get_one(CampaignHead, campaign, with_for_update=True)


def turn_of(campaign: str) -> str:
    """Name of the lock at which changes of a campaign and transactions that act by it queue.

    The row's own locks are no queue: who may share one goes ahead of who waits for it alone, and on
    a busy evening a change would wait for ever.
    """
    return f"campaign {campaign}"


async def renew(tx: Transaction, campaign: str) -> None:
    """What services make of the campaign is another thing from the commit on. Its row is locked."""
    head = await tx.session.get_one(CampaignHead, campaign)
    head.generation += 1
    await tx.session.flush()
    await tx.execute(f"NOTIFY {CHANNEL}")


async def has_version(tx: Transaction, campaign: str, version: int) -> bool:
    """Whether the service has it."""
    return version in await _stored(tx, campaign)


async def _stored(tx: Transaction, campaign: str) -> Sequence[int]:
    stored = select(CampaignVersion.version).where(CampaignVersion.campaign == campaign)
    return (await tx.session.exec(stored)).all()


async def require_same(tx: Transaction, fact: CampaignFact) -> None:
    """Raises OtherDocumentError where a version that is stored is another one.

    By digests, which PostgreSQL makes: documents of megabytes stay there.
    """
    documents = (CampaignVersion.plan, CampaignVersion.units)
    stored = select(*(func.sha256(func.convert_to(one, "UTF8")) for one in documents)).where(
        CampaignVersion.campaign == fact.campaign, CampaignVersion.version == fact.version
    )
    found = [raw.hex() if raw else None for raw in (await tx.session.exec(stored)).one()]
    theirs: list[str | None] = [None, None]
    if isinstance(fact, CampaignAnnounced):
        theirs = [fact.plan_digest, fact.units_digest]
    if found != theirs:
        raise OtherDocumentError(f"{fact.campaign}, version {fact.version}")


def version_row(fact: CampaignFact) -> CampaignVersion:
    """A version as it is kept."""
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
