"""Facts from the topics into an empty database, many at a time, not counted yet.

What stands on the topics twice is stored once. Each batch is one transaction, together with the
positions behind it: whenever it is broken off, it goes on from there.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import asyncpg

from services.chassis.broker.offsets import last_offsets
from services.chassis.broker.topic_reader import TopicReader
from services.chassis.consuming.classify import classify_batch
from services.scoring.campaign_snapshot import CampaignSnapshot
from services.scoring.facts import store as fact_store
from services.scoring.facts.fact import Row, row_of
from services.scoring.rebuilding.checkpoint import Positions, mark
from services.scoring.rebuilding.throttle import Throttle
from services.scoring.tallies.ingest import Ingest

Told = Callable[[int], None]
"""Called with the number of records (or units) that were dealt with since."""


@dataclass
class Stored:
    """What became of the records of some partitions."""

    read: int = 0
    new: int = 0
    set_aside: int = 0

    def add(self, other: "Stored") -> None:
        """Of other partitions."""
        self.read += other.read
        self.new += other.new
        self.set_aside += other.set_aside


_AT_ONCE = 64
"""Records that are judged and made rows before the next are. What a record is in between is dropped
while the processor still has it at hand: a tenth less of its time."""


async def store(
    reader: TopicReader, unhurried: Throttle, snapshot: CampaignSnapshot, told: Told
) -> Stored:
    """Store all facts up to the end that the topics have now.

    A batch is judged while the one before is being written.
    """
    stored = Stored()
    check = Ingest(lambda: snapshot, lambda _: None).check
    writing = asyncio.create_task(_nothing())
    try:
        async for records in reader.to_the_end():
            if not records:  # nobody had anything yet
                told(0)  # which fails in a process whose parent died: also one that waits is to end
                continue
            rows: set[Row] = set()
            for start in range(0, len(records), _AT_ONCE):
                judged = await classify_batch(records[start : start + _AT_ONCE], check)
                rows.update(row_of(event) for event in judged.events.values())
                stored.set_aside += len(judged.faults)
            reached = {place: last + 1 for place, last in last_offsets(records).items()}
            stored.new += await writing
            writing = asyncio.create_task(_write(unhurried, snapshot.campaign, rows, reached))
            stored.read += len(records)
            told(len(records))
        stored.new += await writing
    finally:
        writing.cancel()
        await asyncio.wait([writing])
    return stored


async def _nothing() -> int:
    return 0


async def _write(unhurried: Throttle, campaign: str, rows: set[Row], reached: Positions) -> int:
    """One batch; how many of its facts were not there."""
    try:
        async with unhurried.transaction() as tx:
            await fact_store.copy(tx, campaign, rows)
            await mark(tx, reached)
        return len(rows)
    except asyncpg.UniqueViolationError:  # some are there: the daily statement passes over them
        async with unhurried.transaction() as tx:
            new = await fact_store.take(tx, campaign, list(rows))
            await mark(tx, reached)
        return len(rows) if new is None else len(new)
