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
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, Protocol, TypeVar

import structlog
from sqlmodel import col, select

from services.campaigns.announced import AnnouncedCampaign, AnnouncedVersion
from services.campaigns.models import CampaignHead, CampaignVersion
from services.chassis.aside import aside
from services.chassis.loops.loop import Loop
from services.chassis.retry import TransientError
from services.chassis.storage.database import Database, Transaction
from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.loader import PLAN, UNITS, load_campaign
from services.contracts.campaign.problems import CampaignProblems

_log = structlog.get_logger(__name__)

_LOOK_EVERY_S = 15.0
"""Between looks that no NOTIFY asked for."""


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
"""Makes what the service needs of a campaign; may read the service's own tables."""


class CampaignRegistry(Generic[T]):
    """All campaigns of a service, each made when it is first asked for. `loop` keeps up."""

    def __init__(self, database: Database, make: Make[T]) -> None:
        """To be woken by NOTIFY on `take.CHANNEL`: `listener.on(CHANNEL, registry.loop.wake)`."""
        self._database = database
        self._make = make
        self._generations: dict[str, int] = {}
        self._made: dict[str, T] = {}
        self._unreadable: dict[str, str] = {}
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
        if campaign not in self._generations:
            await self.refresh()
        made = self._made.get(campaign)
        if made is not None and made.generation >= self._generations.get(campaign, 0):
            return made
        if campaign not in self._generations:
            raise UnknownCampaignError(campaign)
        async with self._making.setdefault(campaign, asyncio.Lock()):
            made = self._made.get(campaign)
            if made is None or made.generation < self._generations[campaign]:
                made = await self._read(campaign)
        return made

    async def all(self) -> list[T]:
        """What the service makes of each campaign that can be used, by id."""
        found = []
        for campaign in sorted(self._generations):
            try:
                found.append(await self.of(campaign))
            except UnknownCampaignError:
                continue
        return found

    def known(self) -> frozenset[str]:
        """Ids of the campaigns that there are, as far as this replica knows."""
        return frozenset(self._generations)

    def stale(self, campaign: str) -> None:
        """Somebody saw another state of it: it is read anew when it is next asked for."""
        self._made.pop(campaign, None)
        self._generations.pop(campaign, None)

    async def require_current(self, tx: Transaction, made: T) -> None:
        """Hold off changes of the campaign until the transaction ends.

        To be called before every other lock of the transaction. Raises CampaignChangedError where
        the campaign is not as `made` has it.
        """
        await self.require_all_current(tx, [made])

    async def require_all_current(self, tx: Transaction, made: Iterable[T]) -> None:
        """The same for what one transaction does for several campaigns."""
        made = list(made)
        present = await lock_generations(tx, {one.id for one in made})
        if changed := sorted({one.id for one in made if present.get(one.id) != one.generation}):
            for campaign in changed:
                self.stale(campaign)
            raise CampaignChangedError(f"changed meanwhile: {', '.join(changed)}")

    def degraded(self) -> str | None:
        """Which campaigns can't be read by this version of the service."""
        if not self._unreadable:
            return None
        return "; ".join(f"{name}: {why}" for name, why in sorted(self._unreadable.items()))

    async def _read(self, campaign: str) -> T:
        async with self._database.transaction() as tx:
            head = await tx.session.get(CampaignHead, campaign)
            versions = select(CampaignVersion).where(CampaignVersion.campaign == campaign)
            rows = (await tx.session.exec(versions.order_by(col(CampaignVersion.version)))).all()
            if head is None or not any(row.plan for row in rows):
                raise UnknownCampaignError(campaign)
            try:
                announced = await aside(_announced, head, list(rows))
            except CampaignProblems as error:
                # It was checked before it was announced: by an older version, or a newer one.
                self._unreadable[campaign] = f"{len(error.problems)} problems, {error.problems[0]}"
                _log.error("campaign can't be read", campaign=campaign, problems=str(error))
                raise UnreadableCampaignError(campaign) from error
            made = await self._make(tx, announced)
        self._unreadable.pop(campaign, None)
        self._made[campaign] = made
        self._generations[campaign] = made.generation
        return made


async def require_generation(tx: Transaction, campaign: str, generation: int) -> None:
    """Lock a campaign's row against changes; raises CampaignChangedError where it changed."""
    present = (await lock_generations(tx, [campaign])).get(campaign)
    if present != generation:
        raise CampaignChangedError(f"{campaign} is at {present}, not at {generation}")


async def lock_generations(tx: Transaction, campaigns: Iterable[str]) -> dict[str, int]:
    """Lock campaigns against changes, in the order of their ids: the generation of each that there
    is."""
    rows = await tx.fetch(
        # KEY SHARE: many at once, but not beside the FOR UPDATE of a change.
        """
        SELECT campaign, generation FROM campaigns WHERE campaign = ANY($1::text[])
         ORDER BY campaign FOR KEY SHARE
        """,
        list(campaigns),
    )
    return {row["campaign"]: row["generation"] for row in rows}


def _announced(head: CampaignHead, rows: list[CampaignVersion]) -> AnnouncedCampaign:
    """Raises CampaignProblems where the newest version can't be read. Older ones that can't be are
    left out: nobody acts by them."""
    versions = []
    for row in rows:
        if row.plan is None or row.units is None:
            continue
        try:
            campaign = _load(row.plan, row.units)
        except CampaignProblems:
            if row is _newest(rows):
                raise
            continue
        versions.append(AnnouncedVersion(row.version, campaign, row.document, row.reason, row.at))
    withdrawn = rows[-1].at if rows[-1].plan is None else None
    return AnnouncedCampaign(head.campaign, head.generation, versions, withdrawn)


def _newest(rows: list[CampaignVersion]) -> CampaignVersion:
    return next(row for row in reversed(rows) if row.plan is not None)


def _load(plan: str, units: str) -> Campaign:
    return load_campaign({PLAN: plan.encode(), UNITS: units.encode()})
