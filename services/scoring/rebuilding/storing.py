"""Facts from the topics into an empty database, many at a time, not counted yet.

What stands on the topics twice is stored once. Each batch is one transaction, together with the
positions behind it: whenever it is broken off, it goes on from there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from services.chassis.database import Database, Transaction
from services.chassis.judgement import judge_batch
from services.chassis.records import last_offsets
from services.chassis.topic_reader import TopicReader
from services.scoring.contest import Contest
from services.scoring.counting.ingest import Ingest
from services.scoring.facts import store as fact_store
from services.scoring.facts.fact import ReceivedFact, received
from services.scoring.rebuilding.mark import Positions, mark

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


async def store(reader: TopicReader, database: Database, contest: Contest, told: Told) -> Stored:
    """Store all facts up to the end that the topics have now.

    A batch is judged while the one before is being written.
    """
    stored = Stored()
    judge = Ingest(lambda: contest, lambda _: None).judge
    writing = asyncio.create_task(_nothing())
    try:
        async for records in reader.to_the_end():
            judged = await judge_batch(records, judge)
            facts = [received(event) for event in judged.events.values()]
            reached = {place: last + 1 for place, last in last_offsets(tuple(records)).items()}
            stored.new += await writing
            writing = asyncio.create_task(_write(database, contest.campaign, facts, reached))
            stored.read += len(records)
            stored.set_aside += len(judged.faults)
            told(len(records))
        stored.new += await writing
    finally:
        writing.cancel()
        await asyncio.wait([writing])
    return stored


async def _nothing() -> int:
    return 0


async def _write(
    database: Database, campaign: str, facts: Sequence[ReceivedFact], reached: Positions
) -> int:
    """One batch; how many of its facts were not there."""
    try:
        async with _unhurried(database) as tx:
            new = await fact_store.copy(tx, campaign, facts)
            await mark(tx, reached)
    except asyncpg.UniqueViolationError:  # some are there: the daily statement passes over them
        async with _unhurried(database) as tx:
            taken = await fact_store.take(tx, campaign, facts)
            new = len(facts) if taken is None else len(taken)
            await mark(tx, reached)
    return new


@asynccontextmanager
async def _unhurried(database: Database) -> AsyncIterator[Transaction]:
    """A transaction that a crash of PostgreSQL may undo as a whole, with those after it: the
    positions go with the facts, so they are read again. Nobody waits for the disk meanwhile."""
    async with database.transaction() as tx:
        await tx.execute("SET LOCAL synchronous_commit = off")
        yield tx
