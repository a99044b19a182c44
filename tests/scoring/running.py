"""The running way on a real database, batch by batch, without Kafka."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from services.chassis.storage.database import Database
from services.chassis.storage.outbox import decode_headers
from services.contracts.envelope import Event, decode
from services.contracts.events import PointsRecomputed
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.engine.digest import campaign_digest
from services.scoring.points.queries import clusters_due
from services.scoring.points.recompute import at_once, recompute
from services.scoring.tallies.ingest import Ingest


async def take(database: Database, snapshot: CampaignSnapshot, batch: Sequence[Event]) -> int:
    """One batch, as the consumer handles it; how many events were new."""
    ingest = Ingest(lambda: snapshot, lambda _: None)
    async with database.transaction() as tx:
        for event in batch:
            ingest.check(event)
        new = await ingest.handle(tx, batch)
    return len(new)


async def take_all(
    database: Database,
    snapshot: CampaignSnapshot,
    batches: Iterable[Sequence[Event]],
    consumers: int = 1,
) -> None:
    """Batches, dealt out to consumers that work side by side."""
    dealt = list(batches)

    async def consume(mine: list[Sequence[Event]]) -> None:
        for batch in mine:
            await take(database, snapshot, batch)

    await asyncio.gather(*(consume(dealt[i::consumers]) for i in range(consumers)))


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
