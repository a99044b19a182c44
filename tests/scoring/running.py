"""The running way on a real database, batch by batch, without Kafka."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NoReturn
from weakref import WeakKeyDictionary

from services.campaigns.registry import CampaignChangedError, CampaignRegistry
from services.campaigns.take import lock_head
from services.chassis.clock import SystemClock
from services.chassis.observability.metrics import Metrics
from services.chassis.retry import PermanentError
from services.chassis.storage.database import Database
from services.chassis.storage.outbox import decode_headers
from services.contracts.envelope import Event, decode
from services.contracts.events import CampaignFact, Fact, PointsRecomputed
from services.contracts.rules.loader import read_rules
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.digest import campaign_digest
from services.scoring.points.guard import verify
from services.scoring.points.queries import clusters_due
from services.scoring.points.recompute import at_once, recompute
from services.scoring.rule_sets import adopt
from services.scoring.scored_campaign import ScoredCampaign, scored_campaign
from services.scoring.tallies.ingest import Ingest
from services.scoring.tallies.put_to_work import put_to_work


def campaigns_of(database: Database) -> CampaignRegistry[ScoredCampaign]:
    """The campaigns that a database has, as a service reads them; one registry a database."""
    if database not in REGISTRIES:
        REGISTRIES[database] = CampaignRegistry(database, scored_campaign)
    return REGISTRIES[database]


REGISTRIES: WeakKeyDictionary[Database, CampaignRegistry[ScoredCampaign]] = WeakKeyDictionary()


async def campaign_now(database: Database, campaign: str = "hanoi-2020") -> ScoredCampaign:
    """A campaign in its newest state."""
    registry = campaigns_of(database)
    await registry.refresh()
    return await registry.of(campaign)


async def snapshot_now(database: Database, campaign: str = "hanoi-2020") -> CampaignSnapshot:
    """What its points are computed by."""
    snapshot = (await campaign_now(database, campaign)).snapshot(datetime.now(UTC))
    assert snapshot is not None
    return snapshot


async def announce(database: Database, fact: Fact, *, now: datetime | None = None) -> None:
    """What the follower brings, and what the sweep then does."""
    async with database.transaction() as tx:
        await adopt.take(tx, fact)
    if isinstance(fact, CampaignFact):
        await put_to_work_in(database, fact.campaign, now=now)


async def adopts(
    database: Database,
    written: str,
    *,
    campaign: str = "hanoi-2020",
    since: datetime | None = None,
    now: datetime | None = None,
) -> int:
    """The Board adopts a rule set, in force from now on or since another moment, and it is put to
    work where that is over; its number."""
    at = now or datetime.now(UTC)
    rules = read_rules(written.encode())
    adoption = adopt.Adoption(rules, written, "Văn bản mẫu", "Lý do mẫu", since or at, at)
    async with database.transaction() as tx:
        await lock_head(tx, campaign)
        row = await adopt.adopt(tx, campaign, adoption)
    await put_to_work_in(database, campaign, now=now)
    return row.number


async def put_to_work_in(
    database: Database, campaign: str = "hanoi-2020", *, now: datetime | None = None
) -> bool:
    """What a sweep does first; whether another rule set is at work now."""
    while True:
        found = await campaign_now(database, campaign)
        try:
            async with database.transaction() as tx:
                done = await put_to_work(tx, found, now or datetime.now(UTC))
        except CampaignChangedError:  # a service on this database did it at this moment
            continue
        await campaigns_of(database).refresh()
        return done


class UnknownForGood:
    """There is no follower that could still bring what is not known."""

    def refuse_campaign(self, campaign: str) -> NoReturn:
        raise PermanentError("unknown-campaign", campaign)

    def refuse_unit(self, campaign: str, unit: str) -> NoReturn:
        raise PermanentError("unknown-unit", f"{campaign} {unit}")


async def take(database: Database, batch: Sequence[Event]) -> int:
    """One batch, as the consumer handles it; how many events were new."""
    ingest = Ingest(campaigns_of(database), UnknownForGood(), SystemClock(), lambda _: None)
    async with database.transaction() as tx:
        for event in batch:
            ingest.check(event)
        new = await ingest.handle(tx, batch)
    return len(new)


async def take_all(
    database: Database, batches: Iterable[Sequence[Event]], consumers: int = 1
) -> None:
    """Batches, dealt out to consumers that work side by side."""
    dealt = list(batches)

    async def consume(mine: list[Sequence[Event]]) -> None:
        for batch in mine:
            await take(database, batch)

    await asyncio.gather(*(consume(dealt[i::consumers]) for i in range(consumers)))


async def guarded(
    database: Database, snapshot: CampaignSnapshot, metrics: Metrics | None = None
) -> list[str]:
    """What the guard finds and mends."""
    units = [unit.code for unit in snapshot.units]
    return await verify(database, snapshot, units, metrics, pause_s=0)


async def recompute_due(
    database: Database, snapshot: CampaignSnapshot, *, publish: bool = True
) -> None:
    """Score every cluster that is behind."""
    async with database.transaction() as tx:
        due = await clusters_due(tx, snapshot)
    for some in at_once(due):
        async with database.transaction() as tx:
            await recompute(tx, snapshot, some, now=datetime.now(UTC), publish=publish)


async def digest(database: Database, snapshot: CampaignSnapshot) -> str:
    """The digest of the standings as they are stored."""
    async with database.transaction() as tx:
        rows = await tx.fetch(
            "SELECT cluster, digest FROM clusters WHERE campaign = $1", snapshot.campaign
        )
    return campaign_digest({row["cluster"]: row["digest"] for row in rows})


async def points_facts(database: Database) -> list[PointsRecomputed]:
    """What was said about points, in order."""
    async with database.transaction() as tx:
        rows = await tx.fetch(
            "SELECT key, headers, value FROM event_log WHERE topic LIKE '%points-recomputed%'"
            " ORDER BY seq"
        )
    events = [decode(row["key"], decode_headers(row["headers"]), row["value"]) for row in rows]
    assert all(isinstance(one, Event) for one in events)
    return [one.data for one in events if isinstance(one.data, PointsRecomputed)]  # type: ignore[union-attr]
