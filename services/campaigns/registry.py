"""What a service makes of each campaign, in memory, and never by another version than the
database's.

    context = await campaigns.of("hanoi-2020")          # read, or read anew after a change
    async with database.transaction() as tx:
        await require_current(tx, context.id, context.generation)

A replica learns of a change by NOTIFY, at the latest when it locks the campaign's row: then it
stands back with a failure that passes, and reads the campaign before its next try.

SQL by hand: `require_current` is on the way of every command and every batch of facts.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Generic, Protocol, TypeVar

import structlog
from sqlmodel import col, select

from services.campaigns.announced import AnnouncedCampaign, announced_of
from services.campaigns.models import CampaignHead, CampaignVersion
from services.campaigns.set_aside import SetAside, first_line
from services.campaigns.take import lock_head, turn_of
from services.chassis.aside import aside
from services.chassis.loops.loop import Loop
from services.chassis.retry import TransientError
from services.chassis.storage.database import Database, Transaction
from services.contracts.campaign.problems import CampaignProblems

_log = structlog.get_logger(__name__)

MOST_BY_QUESTIONS = 16
"""Campaigns in memory, up to which those stay there that were only asked about. One has a few MB, a
tree of 20,000 units some 50, and ended ones stay readable for ever."""

_LOOK_EVERY_S = 15.0
"""Between looks that no NOTIFY asked for."""


# The queue first, then the row: many at once, but not beside a change. The row's lock reads what a
# change committed while this waited, which the statement's snapshot does not have yet.
_LOCK = """
WITH queued AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared(hashtextextended(turn, 0)) FROM unnest($2::text[]) turn
)
SELECT campaign, generation
  FROM campaigns, (SELECT count(*) FROM queued) AS all_queued
 WHERE campaign = ANY($1::text[])
 ORDER BY campaign FOR KEY SHARE OF campaigns
"""


class UnknownCampaignError(LookupError):
    """No campaign of this id was announced here, or none that can be used."""


class UnreadableCampaignError(UnknownCampaignError):
    """A campaign was announced that this version of the service can't read."""


class CampaignChangedError(TransientError):
    """A campaign is another one than this replica has in memory: read it, then try once more."""


class Made(Protocol):
    """What a service makes of a campaign."""

    @property
    def id(self) -> str:
        """Id of the campaign."""

    @property
    def generation(self) -> int:
        """Of the state it was made of."""


T = TypeVar("T", bound=Made)

Make = Callable[[Transaction, AnnouncedCampaign], Awaitable[T]]
"""Makes what the service needs of a campaign; may read the service's own tables.

Raises UnreadableCampaignError where it can't."""


class CampaignRegistry(Generic[T]):
    """All campaigns of a service, each made when it is first asked for. `loop` keeps up."""

    def __init__(
        self, database: Database, make: Make[T], set_aside: SetAside | None = None
    ) -> None:
        """To be woken by NOTIFY on `take.CHANNEL`: `listener.on(CHANNEL, registry.loop.wake)`.

        `set_aside`: campaigns that can't be used because the follower could not take a version."""
        self._database = database
        self._make = make
        self._set_aside = set_aside or SetAside()
        self._generations: dict[str, int] = {}
        self._made: dict[str, T] = {}
        self._unreadable: dict[str, tuple[int, str]] = {}
        """Generation and reason, by campaign."""
        self._making: dict[str, asyncio.Lock] = {}
        self.loop = Loop("campaigns", self.refresh, every_s=_LOOK_EVERY_S)

    async def refresh(self) -> None:
        """Look which campaigns there are now, and in which state. Raises the database's errors."""
        async with self._database.transaction() as tx:
            heads = (await tx.session.exec(select(CampaignHead))).all()
        self._generations = {head.campaign: head.generation for head in heads}

    async def of(self, campaign: str) -> T:
        """What the service makes of a campaign, by the newest state that is known here.

        Raises UnknownCampaignError, UnreadableCampaignError, and the database's errors.
        """
        if (made := self._current(campaign)) is not None:
            return made
        if campaign not in self._generations:
            await self._look_for(campaign)
        async with self._making.setdefault(campaign, asyncio.Lock()):
            return self._current(campaign) or await self._read(campaign)

    async def all(self) -> list[T]:
        """What the service makes of each campaign that can be used, by id."""
        found = []
        for campaign in sorted(self._generations):
            try:
                found.append(await self.of(campaign))
            except UnknownCampaignError:
                continue
        return found

    async def each(self) -> AsyncIterator[T]:
        """The same one after the other, for a question about all that work needs no more: of those
        that were not in memory only the first few stay there."""
        for campaign in sorted(self._generations, reverse=True):
            worked_by = campaign in self._made
            try:
                made = await self.of(campaign)
            except UnknownCampaignError:
                continue
            if not worked_by and len(self._made) > MOST_BY_QUESTIONS:
                self.stale(campaign)
            yield made

    def known(self) -> frozenset[str]:
        """Ids of the campaigns that there are, as far as this replica knows."""
        return frozenset(self._generations)

    def require_taken(self, campaign: str) -> None:
        """Raises TransientError while the topic has a version that was not taken here: whatever is
        made now would get its number."""
        if (why := self._set_aside.why(campaign)) is not None:
            raise TransientError(f"{campaign}: {why}")

    def stale(self, campaign: str) -> None:
        """Somebody saw another state of it: it is read anew when it is next asked for."""
        self._made.pop(campaign, None)

    async def require_current(self, tx: Transaction, made: Made) -> None:
        """Hold off changes of the campaign until the transaction ends.

        To be called before every other lock of the transaction. Raises CampaignChangedError where
        the campaign is not as `made` has it.
        """
        await self.require_all_current(tx, [made])

    async def require_all_current(self, tx: Transaction, made: Iterable[Made]) -> None:
        """The same for what one transaction does for several campaigns."""
        made = list(made)
        present = await lock_generations(tx, {one.id for one in made})
        if changed := sorted({one.id for one in made if present.get(one.id) != one.generation}):
            for campaign in changed:
                self.stale(campaign)
            raise CampaignChangedError(f"changed meanwhile: {', '.join(changed)}")

    async def require_current_alone(self, tx: Transaction, made: Made) -> None:
        """The same for whoever changes the campaign: until the transaction ends nobody else acts by
        it, and those who wait then find another generation."""
        head = await lock_head(tx, made.id)
        if head.generation != made.generation:
            self.stale(made.id)
            raise CampaignChangedError(f"changed meanwhile: {made.id}")

    def degraded(self) -> str | None:
        """Which campaigns can't be read by this version of the service."""
        found = {name: why for name, (_, why) in self._unreadable.items()}
        found |= {name: self._set_aside.why(name) or "" for name in self._set_aside.campaigns()}
        sentences = (f"{name} can't be read: {why}" for name, why in sorted(found.items()))
        return "; ".join(sentences) or None

    def _current(self, campaign: str) -> T | None:
        """What is in memory, where no newer state is known. Raises UnreadableCampaignError."""
        if (aside := self._set_aside.why(campaign)) is not None:
            raise UnreadableCampaignError(f"{campaign}: {aside}")
        newest = self._generations.get(campaign, 0)
        generation, why = self._unreadable.get(campaign, (-1, ""))
        if generation >= newest > 0:
            raise UnreadableCampaignError(f"{campaign}: {why}")
        made = self._made.get(campaign)
        return made if made is not None and made.generation >= newest else None

    async def _look_for(self, campaign: str) -> None:
        """One campaign that is not known yet. Raises UnknownCampaignError."""
        async with self._database.transaction() as tx:
            head = await tx.session.get(CampaignHead, campaign)
        if head is None:
            raise UnknownCampaignError(campaign)
        self._generations[campaign] = head.generation

    async def _read(self, campaign: str) -> T:
        async with self._database.transaction() as tx:
            head = await tx.session.get(CampaignHead, campaign)
            if head is None:
                raise UnknownCampaignError(campaign)
            try:
                announced = await announced_until(tx, head)
                made = await self._make(tx, announced)
            except (CampaignProblems, UnreadableCampaignError) as error:
                # It was checked before it was announced: by an older version, or a newer one.
                self._unreadable[campaign] = head.generation, first_line(error)
                self._generations[campaign] = head.generation
                _log.error("campaign can't be read", campaign=campaign, problems=str(error))
                raise UnreadableCampaignError(f"{campaign}: {first_line(error)}") from error
        self._unreadable.pop(campaign, None)
        self._made[campaign] = made
        self._generations[campaign] = made.generation
        return made


async def announced_until(
    tx: Transaction, head: CampaignHead, *, before: int | None = None
) -> AnnouncedCampaign:
    """A campaign as it was announced so far, or before a version.

    Raises UnknownCampaignError where there is no such version, CampaignProblems where the newest
    one can't be read.
    """
    versions = select(CampaignVersion).where(CampaignVersion.campaign == head.campaign)
    if before is not None:
        versions = versions.where(col(CampaignVersion.version) < before)
    rows = (await tx.session.exec(versions.order_by(col(CampaignVersion.version)))).all()
    if not any(row.plan for row in rows):
        raise UnknownCampaignError(head.campaign)
    return await aside(announced_of, head, list(rows))


async def require_generation(tx: Transaction, campaign: str, generation: int) -> None:
    """Lock a campaign's row against changes; raises CampaignChangedError where it changed."""
    present = (await lock_generations(tx, [campaign])).get(campaign)
    if present != generation:
        raise CampaignChangedError(f"{campaign} is at {present}, not at {generation}")


async def lock_generations(tx: Transaction, campaigns: Iterable[str]) -> dict[str, int]:
    """Lock campaigns against changes, in the order of their ids: the generation of each that there
    is."""
    ids = sorted(set(campaigns))
    rows = await tx.fetch(_LOCK, ids, [turn_of(campaign) for campaign in ids])
    return {row["campaign"]: row["generation"] for row in rows}
